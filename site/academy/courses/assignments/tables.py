"""The tables of assignments, on the page and as files."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.core.templatetags.look import thousands
from academy.courses.assignments.counting import STATES, Tally, of
from academy.courses.assignments.forms import NOT_STATED
from academy.courses.models import Assignee, Assignment

Cells = list[dict[str, Any]]
Sheet = tuple[Row, Iterable[Row]]
GROUPS = {"district": ("district_name",), "enterprise": ("enterprise_key", "enterprise_name")}


def listed(rows: Iterable[tuple[Assignment, list[Any]]]) -> dict[str, Any]:
    return {"columns": _columns(list_heads(), {3, 4, 5}), "rows": [_linked(one, row) for one, row in rows]}


def list_heads() -> list[str]:
    return [
        _("Assignment"),
        _("For whom"),
        _("To be done by"),
        _("Persons"),
        _("Done"),
        _("Late"),
        _("State"),
    ]


def list_row(one: Assignment, tally: Tally, is_own: bool) -> list[Any]:
    """What the rule says of other parts of the city is for whoever sees them."""
    audience = one.audience if is_own else _("your part of it")
    return [one.title, audience, one.due_on, tally.persons, tally.done, tally.late, state_of(one)]


def state_of(one: Assignment) -> str:
    if one.cancelled_at:
        return _("Cancelled")
    if one.ready_at is None:
        return _("Being assigned")
    return _("Open, takes in more") if one.takes_in else _("Open")


def grouped(rows: Iterable[Mapping[str, Any]], group: str, address: str) -> dict[str, Any]:
    """A line for each district or enterprise; every number leads to the people whom it counts."""
    lines = [tally_cells(_label(row, group), of(row), address, _choice(row, group)) for row in rows]
    return {"columns": _columns(tally_heads(group), set(range(1, 8))), "rows": lines}


def grouped_sheet(rows: QuerySet[Any, dict[str, Any]], group: str) -> Sheet:
    lines = ([_label(row, group), *of(row), of(row).percent] for row in rows.iterator(chunk_size=2000))
    return [*tally_heads(group)], lines


def tally_heads(group: str) -> list[str]:
    head = _("District") if group == "district" else _("Enterprise")
    return [head, _("Persons"), *(str(label) for label in STATES.values()), _("Done, percent")]


def tally_cells(label: str, tally: Tally, address: str, choice: Mapping[str, Any]) -> Cells:
    persons = {"text": thousands(tally.persons), "url": _to(address, choice)}
    numbers = [
        {"text": thousands(getattr(tally, state)), "url": _to(address, {**choice, "state": state})}
        for state in STATES
    ]
    return [
        {"text": label},
        persons,
        *numbers,
        {"text": "—" if tally.percent is None else f"{tally.percent}%"},
    ]


def people(page: Iterable[Assignee], row_url: str = "") -> dict[str, Any]:
    """`row_url` names the page of one assignee, where whoever looks may open it."""
    lines = []
    for one in page:
        cells: Cells = [{"text": "—" if cell in ("", None) else cell} for cell in person_row(one)]
        if row_url:
            cells[0]["url"] = reverse(row_url, args=[one.assignment_id, one.pk])
        lines.append(cells)
    return {"columns": _columns(people_heads(), set()), "rows": lines}


def people_heads() -> list[str]:
    return [
        _("Name"), _("Phone number"), _("Enterprise"), _("District"), _("Post"), _("State"), _("To be done by"),
        _("Done on"),
    ]  # fmt: skip


def person_row(one: Any) -> list[Any]:
    return [
        one.person_name, one.user.masked_phone, one.enterprise_name, one.district_name, one.post_name,
        str(STATES[one.state]), one.due_on, done_on(one),
    ]  # fmt: skip


def done_on(one: Assignee) -> Any:
    return timezone.localdate(one.done_at, timezone.get_default_timezone()) if one.done_at else None


def own(rows: Iterable[Mapping[str, Any]], enterprise: int) -> dict[str, Any]:
    """The assignments of one enterprise, for whoever keeps its staff list."""
    lines = []
    for row in rows:
        url, tally = reverse("own_assignments:people", args=[enterprise, row["assignment"]]), of(row)
        day = date_format(row["assignment__due_on"], "DATE_FORMAT")
        numbers = tally_cells(row["assignment__title"], tally, url, {})[:-1]
        lines.append([{**numbers[0], "url": url}, {"text": day}, *numbers[1:]])
    return {"columns": _columns(own_heads(), set(range(2, 8))), "rows": lines}


def own_heads() -> list[str]:
    return [_("Assignment"), _("To be done by"), _("Persons"), *(str(label) for label in STATES.values())]


def own_row(row: Mapping[str, Any]) -> list[Any]:
    return [row["assignment__title"], row["assignment__due_on"], *of(row)]


def _label(row: Mapping[str, Any], group: str) -> str:
    return row[f"{group}_name"] or _("Not stated")


def _choice(row: Mapping[str, Any], group: str) -> dict[str, Any]:
    if group == "district":
        return {"district": row["district_name"] or NOT_STATED}
    return {"place": row["enterprise_key"] or ""}


def _to(address: str, choice: Mapping[str, Any]) -> str:
    return f"{address}?{urlencode(choice)}" if choice else address


def _linked(one: Assignment, row: list[Any]) -> Cells:
    cells: Cells = [
        {"text": thousands(cell) if isinstance(cell, int) else "—" if cell in ("", None) else cell}
        for cell in row
    ]
    cells[0]["url"] = reverse("assignments:one", args=[one.pk])
    return cells


def _columns(heads: list[str], numeric: set[int]) -> list[dict[str, Any]]:
    return [{"label": head, "numeric": n in numeric} for n, head in enumerate(heads)]
