"""The report of a month, a half-year or a year: its sentence, its numbers, its tables and charts, for any kind of paper."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from academy.organisations.scope import Scope
from academy.reports import drawing, periods, shows
from academy.reports.figures import Figures
from academy.reports.filters import Filters
from academy.reports.periods import Period
from academy.reports.rows import Table, hours, share_words
from academy.reports.tables import Tables

SLUG = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|-h([12]))?")
TABLES = ("district", "business-type", "post", "kind", "subject", "month")
TOP = 20


@dataclass(frozen=True)
class Report:
    """`tables` and `pictures` stand in the order of reading. `pictures` makes each when it is asked for."""

    slug: str
    filters: Filters
    figures: Figures
    tables: list[Table]
    source: Tables

    @property
    def period(self) -> Period:
        return self.figures.choice.period

    @property
    def place(self) -> str:
        return shows.place(self.filters)

    @property
    def title(self) -> str:
        return _("Food safety training, %(place)s: %(period)s") % {"place": self.place, "period": self.period}

    @property
    def as_of(self) -> str:
        """Until when is counted, and when that was."""
        said = {
            "day": date_format(self.period.until, "DATE_FORMAT"),
            "time": date_format(localtime(self.figures.snapshot.as_of), "DATETIME_FORMAT"),
        }
        return (
            _("Records until %(day)s. Coverage and certificates as of %(time)s. Days are Beijing time.")
            % said
        )

    @property
    def sentences(self) -> list[str]:
        """What a press officer takes over as it is."""
        values, total = self.figures.values, self.figures.total
        said = {
            "period": _("%(period)s (until %(day)s)") % {"period": self.period, "day": date_format(self.period.until, "DATE_FORMAT")} if self.period.is_running else str(self.period),
            "place": self.place,
            "hours": hours(total.hours),
            **{name: shows.written(values[name]) for name in ("persons", "person_times", "course_times", "event_times", "held", "guided", "valid")},
            "covered": share_words(self.figures.staff.enterprises),
            "canteens": share_words(self.figures.canteens),
        }  # fmt: skip
        return [
            _("In %(period)s, %(place)s trained %(persons)s persons in the catering trade, %(person_times)s person-times.")
            % said,
            _("Of these, %(course_times)s person-times were courses and %(event_times)s person-times were at %(held)s events; together %(hours)s training hours.")
            % said,
            _("%(guided)s enterprises were guided on site. School canteens covered: %(canteens)s; of all enterprises: %(covered)s. Certificates valid today: %(valid)s.")
            % said,
        ]  # fmt: skip

    @property
    def pictures(self) -> dict[str, str]:
        """Name and caption."""
        return {
            "trend": _("Training by month"),
            "districts": _("Enterprises covered, by district"),
            "funnel": _("From beginning to certificate"),
        }

    def picture(self, name: str) -> bytes:
        return drawing.CHARTS[name](self.source)

    def context(self) -> dict[str, Any]:
        return shows.numbers(self.filters, self.figures)

    @property
    def footnotes(self) -> list[str]:
        notes = [
            f"{note['note']}. {note['name']}{_(': ')}{note['words']}" for note in self.context()["notes"]
        ]
        return [
            *notes,
            _(
                "Persons are distinct people: those of several rows may not be added. Training counts for the district, enterprise, business type and post in which somebody worked at that moment, although they or the enterprise have moved since. Days are Beijing time."
            ),
        ]


def period_of(slug: str) -> Period:
    """2026-11, 2026-h2, 2026; a time that is not ours or not begun is not found."""
    said = SLUG.fullmatch(slug)
    if not said:
        raise Http404(slug)
    year, month, half = (int(part) if part else 0 for part in said.groups())
    today, begin = periods.today(), date(year, month or (7 if half == 2 else 1), 1)
    if begin > today:
        raise Http404(slug)
    make = periods.month if month else periods.half if half else periods.year
    return make(begin, today)


def report(slug: str, query: QueryDict, scope: Scope) -> Report:
    """For everything of the scope, or one district of it."""
    period, asked = period_of(slug), QueryDict(mutable=True)
    asked["from"], asked["to"] = f"{period.first:%Y-%m}", f"{period.last:%Y-%m}"
    asked["district"] = query.get("district", "")
    filters = Filters(asked, scope)
    if not filters.is_valid():
        raise Http404(asked["district"])
    figures = Figures(filters.choice, filters.snapshot)
    tables = Tables(filters, figures)
    return Report(slug, filters, figures, [tables.makers[name](TOP) for name in TABLES], tables)


def recent(today: date) -> list[tuple[str, Period]]:
    """Those that are usually asked for: this year and the one before, their halves, and twelve months."""
    years = [(f"{year}", periods.year(date(year, 1, 1), today)) for year in (today.year, today.year - 1)]
    halves = [
        (f"{year}-h{n}", periods.half(date(year, 6 * n - 5, 1), today))
        for year in (today.year, today.year - 1)
        for n in (2, 1)
        if date(year, 6 * n - 5, 1) <= today
    ]
    months = [periods.earlier(today, back) for back in range(12)]
    return [*((f"{day:%Y-%m}", periods.month(day, today)) for day in months), *halves, *years]
