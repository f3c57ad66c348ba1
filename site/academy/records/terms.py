"""How long a certificate holds. Terms are months of the calendar, counted in Shanghai days."""

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)
# how long before its end a certificate may be renewed
WINDOW = timedelta(days=60)


def last_day(first: date, months: int) -> date | None:
    """The last day of a term that begins on `first`; none where it has no end (0 months).

    It is the day before the same day of the last month (21 November: to 20 November); where that month has no such
    day, its own last day (31 January, one month: to 28 February).
    """
    if not months:
        return None
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    return date(year, month + 1, first.day) - DAY if first.day <= length else date(year, month + 1, length)


def is_time_to_renew(ends: date | None, day: date) -> bool:
    return ends is not None and ends - day <= WINDOW


def first_day(day: date, last_ends: date | None) -> date:
    """Who renews a little early loses nothing: the new term begins when the last one is over."""
    early = last_ends and day <= last_ends and is_time_to_renew(last_ends, day)
    return last_ends + DAY if last_ends and early else day
