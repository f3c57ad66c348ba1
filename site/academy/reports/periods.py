"""The days that are counted, and the same days a year before."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

MONTH, QUARTER, HALF, YEAR = "month", "quarter", "half", "year"
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, of which the running one is not over. `today` is the last day that can have a record."""

    first: date
    last: date
    today: date

    @property
    def until(self) -> date:
        """The last day that is counted so far."""
        return max(self.first, min(self.last, self.today))

    @property
    def is_running(self) -> bool:
        return self.first <= self.today < self.last

    @property
    def year_before(self) -> "Period":
        """The same days a year ago; of a period that is not over, until the same day."""
        end = _year_before(self.until) if self.is_running else _month_end(self.last.year - 1, self.last.month)
        return Period(_year_before(self.first), end, self.today)

    def __str__(self) -> str:
        if (self.first.month, self.last.month) == (1, 12) and self.first.year == self.last.year:
            return _("The year %(year)d") % {"year": self.first.year}
        if self.first.year == self.last.year and (self.first.month, self.last.month) in ((1, 6), (7, 12)):
            return self._half()
        if self._is_a_quarter:
            return _("Quarter %(quarter)d of %(year)d") % {
                "quarter": self.last.month // 3,
                "year": self.last.year,
            }
        names = [date_format(day, "YEAR_MONTH_FORMAT") for day in (self.first, self.last)]
        return (
            names[0]
            if names[0] == names[1]
            else _("%(first)s to %(last)s") % dict(zip(("first", "last"), names, strict=True))
        )

    @property
    def _is_a_quarter(self) -> bool:
        whole = (self.last.month - 2, self.last.year) == (self.first.month, self.first.year)
        return whole and self.last.month % 3 == 0

    def _half(self) -> str:
        words = _("First half of %(year)d") if self.first.month == 1 else _("Second half of %(year)d")
        return words % {"year": self.first.year}


def month(day: date, today: date) -> Period:
    return Period(day.replace(day=1), _month_end(day.year, day.month), today)


def quarter(day: date, today: date) -> Period:
    begin = 1 + (day.month - 1) // 3 * 3
    return Period(date(day.year, begin, 1), _month_end(day.year, begin + 2), today)


def half(day: date, today: date) -> Period:
    begin = 1 if day.month < 7 else 7
    return Period(date(day.year, begin, 1), _month_end(day.year, begin + 5), today)


def year(day: date, today: date) -> Period:
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), today)


def months(first: date, last: date, today: date) -> Period:
    return Period(first.replace(day=1), _month_end(last.year, last.month), today)


NAMED = {MONTH: month, QUARTER: quarter, HALF: half, YEAR: year}
LAST = "last-"


def named(name: str, today: date) -> Period:
    """The one that is running, or the whole one before it."""
    make = NAMED[name.removeprefix(LAST)]
    running = make(today, today)
    return make(running.first - timedelta(1), today) if name.startswith(LAST) else running


def today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def shown(period: Period) -> list[date]:
    """The months of a trend: those of the period, and the ones before them where it has fewer than twelve."""
    last = period.until.replace(day=1)
    first = min(period.first, earlier(last, MONTHS_SHOWN - 1))
    return list(_each(first, last))


def earlier(day: date, count: int) -> date:
    """The first day of the month so many months before."""
    at = day.year * 12 + day.month - 1 - count
    return date(at // 12, at % 12 + 1, 1)


def _each(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first = earlier(first, -1)


def _year_before(day: date) -> date:
    return date(day.year - 1, day.month, min(day.day, monthrange(day.year - 1, day.month)[1]))


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
