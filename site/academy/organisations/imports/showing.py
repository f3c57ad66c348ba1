"""An import and its rows in words, for the page and for the report."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academy.core.cells import Cell, bare
from academy.core.sheets import Column
from academy.organisations.imports.judging import Kind
from academy.organisations.imports.people import PERSON
from academy.organisations.imports.places import NAME
from academy.organisations.models import ImportRow, ImportRowQuerySet, RegisterImport

State, RowState = RegisterImport.State, ImportRow.State
RESULT, WHY, NUMBER = "结果", "说明", "行号"
# rows of which something was understood that is not written as it is kept; not a state, for they are good or bad besides
NOTED = "noted"
AT_A_TIME = 2000
DONE = {
    RowState.NEW: gettext_lazy("added"),
    RowState.CHANGED: gettext_lazy("changed"),
    RowState.UNCHANGED: gettext_lazy("unchanged"),
    RowState.WRONG: gettext_lazy("not imported"),
}
TO_BE = {
    RowState.NEW: gettext_lazy("will be added"),
    RowState.CHANGED: gettext_lazy("will be changed"),
    RowState.UNCHANGED: gettext_lazy("stays as it is"),
    RowState.WRONG: gettext_lazy("has mistakes"),
}


def words_of(batch: RegisterImport) -> dict[Any, Any]:
    """Whoever keeps one staff list puts nobody new on it."""
    words = DONE if batch.applied_at else TO_BE
    new = _("has been invited") if batch.applied_at else _("will be invited")
    return words | {RowState.NEW: new} if batch.enterprise_id else words


def counts(rows: ImportRowQuerySet) -> Counter[str]:
    found = rows.order_by().values("state").annotate(n=Count("pk"))
    return Counter({row["state"]: row["n"] for row in found})


def tabs(batch: RegisterImport, counted: Counter[str]) -> list[dict[str, Any]]:
    return [{"state": state, "words": words, "n": counted[state]} for state, words in words_of(batch).items()]


def chosen(rows: ImportRowQuerySet, wanted: str) -> ImportRowQuerySet:
    if wanted == NOTED:
        return rows.noted()
    return rows.filter(state=wanted) if wanted in RowState.values else rows


def listed(batch: RegisterImport, rows: Iterable[ImportRow]) -> list[dict[str, Any]]:
    words = words_of(batch)
    return [
        {
            "number": row.number,
            "state": words[RowState(row.state)],
            "name": _name(row),
            "changes": [(head, *pair) for head, pair in row.changes.items()],
            "problems": row.problems,
            "notes": row.notes,
        }
        for row in rows
    ]


def report_columns(kind: Kind) -> list[Column]:
    """Those of the template and what became of the row, so that a report put right can be sent in again."""
    more = Column(head=NUMBER, width=8), Column(head=RESULT, width=12), Column(head=WHY, width=60)
    return [*kind.fields, *more]


def report(batch: RegisterImport, kind: Kind, rows: ImportRowQuerySet) -> Iterator[list[Cell]]:
    words = words_of(batch)
    for row in rows.iterator(chunk_size=AT_A_TIME):
        cells = [bare(row.cells.get(one.head, "")) for one in kind.fields]
        yield [*cells, row.number, str(words[RowState(row.state)]), _why(row)]


def cell_columns() -> list[Column]:
    return [
        Column(head=NUMBER, width=8),
        Column(head=_("Who"), width=32),
        Column(head=_("Column"), width=20),
        Column(head=_("In the cell"), width=32, is_text=True),
        Column(head=_("Mistake or note"), width=12),
        Column(head=WHY, width=60),
    ]


def cells(rows: ImportRowQuerySet) -> Iterator[list[Cell]]:
    """Each cell that is wrong, or was understood otherwise than it is written, in a line of its own."""
    mistake, note = _("a mistake"), _("a note")
    for row in rows.exclude(problems=[], notes=[]).iterator(chunk_size=AT_A_TIME):
        found = [(mistake, *one) for one in row.problems] + [(note, *one) for one in row.notes]
        for what, head, words in found:
            yield [row.number, _name(row), head, bare(row.cells.get(head, "")), what, words]


def _name(row: ImportRow) -> str:
    return bare(row.cells.get(PERSON, "") or row.cells.get(NAME, ""))


def _why(row: ImportRow) -> str:
    wrong = [_said(*pair) for pair in row.problems]
    notes = [_said(*pair) for pair in row.notes]
    changed = [
        f"{head}：{before or _('(empty)')} → {after or _('(empty)')}"
        for head, (before, after) in row.changes.items()
    ]
    return "；".join((wrong or changed) + notes)


def _said(head: str, words: str) -> str:
    return f"{head}：{words}" if head else words
