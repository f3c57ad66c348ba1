"""The ledger of training hours as a table, the same on the screen and in a file."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.records.hours import Year
from academy.records.models import TrainingHours
from academy.reports.tables import hours as written


def heads() -> list[str]:
    return [_("What for"), _("Earned on"), _("From"), _("Training hours"), _("Reason")]


def rows(entries: list[TrainingHours]) -> list[Row]:
    return [
        [_title(entry), entry.earned_on, entry.get_source_display(), entry.hours, entry.reason]
        for entry in entries
    ]


def table(year: Year) -> dict[str, Any]:
    columns = [{"label": label, "numeric": n == 3} for n, label in enumerate(heads())]
    shown = [
        [{"text": text or "—"} for text in (title, date_format(day, "DATE_FORMAT"), source, written(amount), reason)]
        for title, day, source, amount, reason in rows(year.entries)  # type: ignore[misc]
    ]
    total = [{"text": text} for text in (_("Together"), "", "", written(year.total), "")]
    return {"columns": columns, "rows": shown, "total": total}


def _title(entry: TrainingHours) -> str:
    return entry.title or _("Correction")
