"""The tables of the overview, each the same on the screen and in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from academy.core.exports import Row
from academy.core.templatetags.look import Bars, thousands
from academy.reports import counting
from academy.reports.counting import Tally
from academy.reports.filters import COLUMNS, NOT_STATED, Filters

MONTHS_DRAWN = 12


class Line(NamedTuple):
    label: str
    tally: Tally
    url: str


class Kind(NamedTuple):
    field: str
    title: Promise
    head: Promise
    rank: Callable[[Tally], int]


KINDS = {
    "district": Kind(
        "district",
        gettext_lazy("By district, from the lowest"),
        gettext_lazy("District"),
        lambda tally: tally.persons,
    ),
    "course": Kind("course", gettext_lazy("By course"), gettext_lazy("Course"), lambda tally: -tally.persons),
    "business-type": Kind(
        "business_type", gettext_lazy("By business type"), gettext_lazy("Business type"), lambda _tally: 0
    ),
}


@dataclass(frozen=True)
class Table:
    slug: str
    title: str
    head: str
    lines: list[Line]
    total: Line

    @property
    def heads(self) -> list[str]:
        return [self.head, _("Persons trained"), _("Person-times trained"), _("Training hours")]

    @property
    def columns(self) -> list[dict[str, Any]]:
        return [{"label": label, "numeric": i > 0} for i, label in enumerate(self.heads)]

    @property
    def rows(self) -> list[list[dict[str, str]]]:
        return [_cells(line) for line in self.lines]

    @property
    def foot(self) -> list[dict[str, str]]:
        return _cells(self.total)

    @property
    def sheet(self) -> list[Row]:
        return [[line.label, *line.tally] for line in [*self.lines, self.total]]


def _cells(line: Line) -> list[dict[str, str]]:
    """Every number leads to the records that it counts."""
    numbers = [thousands(line.tally.persons), thousands(line.tally.person_times), hours(line.tally.hours)]
    return [{"text": text, "url": line.url} for text in [line.label, *numbers]]


def hours(amount: Decimal) -> str:
    """Without a fraction that is none: 1.5, but 12."""
    return f"{amount:,.1f}".removesuffix(".0")


def list_url(filters: Filters, **changes: Any) -> str:
    query = filters.address(**changes)
    return f"{reverse('reports:completions')}{query and '?'}{query}"


def table(slug: str, filters: Filters) -> Table:
    """One table by itself; a name that is not one of ours is not found."""
    total = counting.total(filters.completions())
    if slug == "month":
        return month_table(filters, months(filters), total)
    if slug not in KINDS:
        raise Http404(slug)
    return named_table(slug, filters, total)


def named_table(slug: str, filters: Filters, total: Tally) -> Table:
    kind = KINDS[slug]
    names = filters.within(kind.field)
    counted = counting.by(filters.completions(), COLUMNS[kind.field], names)
    lines = [
        Line(names.get(value, value), tally, list_url(filters, **{kind.field: value or NOT_STATED}))
        for value, tally in sorted(counted.items(), key=lambda item: kind.rank(item[1]))
    ]
    return Table(slug, str(kind.title), str(kind.head), lines, _total(filters, total))


def months(filters: Filters) -> dict[date, Tally]:
    chosen = filters.chosen
    return counting.by_month(filters.completions(), chosen.get("start"), chosen.get("end"))


def month_table(filters: Filters, counted: dict[date, Tally], total: Tally) -> Table:
    lines = [
        Line(_month_name(day), tally, list_url(filters, start=day, end=day)) for day, tally in counted.items()
    ]
    return Table("month", _("By month"), _("Month"), lines, _total(filters, total))


def _total(filters: Filters, total: Tally) -> Line:
    return Line(_("Total"), total, list_url(filters))


def _month_name(day: date) -> str:
    name = date_format(day, "YEAR_MONTH_FORMAT")
    if not _unfinished(day):
        return name
    return _("%(month)s (until day %(day)d)") % {"month": name, "day": timezone.localdate().day}


def _unfinished(month: date) -> bool:
    return month == timezone.localdate().replace(day=1)


def chart(counted: dict[date, Tally]) -> list[Bars]:
    """The last twelve months, as bars; a January says its year."""
    plain = pgettext("date format of a month in a chart", "M")
    january = pgettext("date format of a January in a chart", "M Y")
    return [
        {
            "label": date_format(day, january if day.month == 1 else plain),
            "solid": tally.person_times,
            "outlined": tally.persons,
            "partial": _unfinished(day),
        }
        for day, tally in list(counted.items())[-MONTHS_DRAWN:]
    ]


def chart_note(rows: list[Bars]) -> str:
    if not any(row["partial"] for row in rows):
        return ""
    today = timezone.localdate()
    return _("%(month)s counts only until day %(day)d") % {"month": rows[-1]["label"], "day": today.day}
