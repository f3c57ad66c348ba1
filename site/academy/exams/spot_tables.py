"""The tables of spot exams, on the page and as files."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.core.cells import Cell
from academy.core.exports import Row
from academy.exams import spot
from academy.exams.models import Candidate, SpotExam

Sheet = tuple[Row, Iterable[Row]]


def planned(page: Iterable[SpotExam]) -> dict[str, Any]:
    rows = [
        [
            {"text": one.title, "url": reverse("spot:one", args=[one.pk])},
            *({"text": cell or "—"} for cell in _planned_row(one)[1:]),
        ]
        for one in page
    ]
    return {"columns": _columns(_planned_heads(), {4}), "rows": rows}


def planned_sheet(found: Iterable[SpotExam]) -> Sheet:
    return _planned_heads(), (_planned_row(one) for one in found)


def candidates(page: Iterable[Candidate]) -> dict[str, Any]:
    rows = [[{"text": "—" if cell in ("", None) else cell} for cell in _person(one)] for one in page]
    return {"columns": _columns(_person_heads(), {6}), "rows": rows}


def candidates_sheet(people: Iterable[Candidate]) -> Sheet:
    return _person_heads(), (_person(one) for one in people)


def population_sheet(spot_exam: SpotExam) -> Sheet:
    """Account numbers, in the order in which they were drawn from."""
    return [_("Account")], ([pk] for pk in spot_exam.population)


def grouped(people: Iterable[Candidate], group: str) -> dict[str, Any]:
    rows = [[{"text": "—" if cell is None else cell} for cell in row] for row in _tallied(people, group)]
    heads = _tally_heads(group)
    return {"slug": group, "head": heads[0], "columns": _columns(heads, {1, 2, 3, 4}), "rows": rows}


def grouped_sheet(people: Iterable[Candidate], group: str) -> Sheet:
    return _tally_heads(group), _tallied(people, group)


def _columns(heads: Row, numeric: set[int]) -> list[dict[str, Any]]:
    return [{"label": head, "numeric": n in numeric} for n, head in enumerate(heads)]


def _planned_heads() -> list[str]:
    return [_("Spot exam"), _("Paper"), _("Opens"), _("Closes"), _("Drawn"), _("State")]


def _planned_row(one: Any) -> list[Cell]:
    window = [_minute(one.opens_at), _minute(one.closes_at)]
    return [one.title, one.paper.title, *window, one.drawn, _stage(one, timezone.now())]


def _stage(one: SpotExam, now: datetime) -> str:
    if now >= one.closes_at:
        return _("Over")
    if not one.drawn_at:
        return _("Nobody drawn yet")
    return _("Not open yet") if now < one.opens_at else _("Going on")


def _person_heads() -> list[str]:
    return [
        _("Name"),
        _("Enterprise"),
        _("District"),
        _("Business type"),
        _("Post"),
        _("State"),
        _("Score"),
        _("Handed in at"),
    ]


def _person(one: Any) -> list[Cell]:
    return [
        one.person_name,
        one.enterprise_name,
        one.district_name,
        one.business_type_name,
        one.post_name,
        _state(one),
        one.score,
        _minute(one.ended),
    ]


def _state(one: Any) -> str:
    if one.ended:
        return _("Passed") if one.passed else _("Not passed")
    return _("Sitting now") if one.began else _("Not sat")


def _tally_heads(group: str) -> list[str]:
    names = {
        "post": _("Post"),
        "enterprise": _("Enterprise"),
        "business-type": _("Business type"),
        "district": _("District"),
    }
    return [names[group], _("Drawn"), _("Handed in"), _("Passed"), _("Average score")]


def _tallied(people: Iterable[Candidate], group: str) -> list[list[Cell]]:
    return [[t.label, t.drawn, t.sat, t.passed, t.average] for t in spot.tallies(people, group)]


def _minute(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
