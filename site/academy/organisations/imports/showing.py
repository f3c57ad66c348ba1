"""An import and its rows in words, for the page and for the report."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academy.core.cells import Cell, bare
from academy.core.sheets import Column
from academy.organisations.imports.judging import Kind
from academy.organisations.imports.people import PERSON
from academy.organisations.imports.places import NAME
from academy.organisations.models import ImportRow, RegisterImport

State, RowState = RegisterImport.State, ImportRow.State
RESULT, WHY = "结果", "说明"
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


def counts(rows: QuerySet[ImportRow]) -> Counter[str]:
    found = rows.order_by().values("state").annotate(n=Count("pk"))
    return Counter({row["state"]: row["n"] for row in found})


def tabs(batch: RegisterImport, counted: Counter[str]) -> list[dict[str, Any]]:
    return [{"state": state, "words": words, "n": counted[state]} for state, words in words_of(batch).items()]


def listed(batch: RegisterImport, rows: Iterable[ImportRow]) -> list[dict[str, Any]]:
    words = words_of(batch)
    return [
        {
            "number": row.number,
            "state": words[RowState(row.state)],
            "name": bare(row.cells.get(PERSON, "") or row.cells.get(NAME, "")),
            "changes": [(head, *pair) for head, pair in row.changes.items()],
            "problems": row.problems,
        }
        for row in rows
    ]


def report_columns(kind: Kind) -> list[Column]:
    """Those of the template and what became of the row, so that a report put right can be sent in again."""
    return [*kind.fields, Column(head=RESULT, width=12), Column(head=WHY, width=60)]


def report(batch: RegisterImport, kind: Kind, rows: QuerySet[ImportRow]) -> Iterator[list[Cell]]:
    words = words_of(batch)
    for row in rows.iterator(chunk_size=AT_A_TIME):
        cells = [bare(row.cells.get(one.head, "")) for one in kind.fields]
        yield [*cells, str(words[RowState(row.state)]), _why(row)]


def _why(row: ImportRow) -> str:
    wrong = [f"{head}：{words}" if head else words for head, words in row.problems]
    changed = [
        f"{head}：{before or _('(empty)')} → {after or _('(empty)')}"
        for head, (before, after) in row.changes.items()
    ]
    return "；".join(wrong or changed)
