"""The ledger of training hours as a table, the same on the screen and in a file."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.records.hours import Year
from academy.records.models import TrainingHours
from academy.reports.rows import hours as written


def heads() -> list[str]:
    return [_("What for"), _("Earned on"), _("From"), _("Reason"), _("Training hours")]


def rows(entries: list[TrainingHours]) -> list[Row]:
    return [
        [_title(entry), entry.earned_on, entry.get_source_display(), entry.reason, entry.hours]
        for entry in entries
    ]


def table(year: Year) -> dict[str, Any]:
    columns = [{"label": label, "numeric": label == heads()[-1]} for label in heads()]
    return {"columns": columns, "rows": [_cells(entry) for entry in year.entries]}


def _cells(entry: TrainingHours) -> list[dict[str, str]]:
    day = date_format(entry.earned_on, "DATE_FORMAT")
    words = (_title(entry), day, entry.get_source_display(), entry.reason or "—", written(entry.hours))
    return [{"text": text} for text in words]


def _title(entry: TrainingHours) -> str:
    return entry.title or _("Correction")
