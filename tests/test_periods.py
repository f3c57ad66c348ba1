"""Which days are counted, and which are compared with them."""

from datetime import date, timedelta
from threading import Event

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from academy.reports import kept, periods
from academy.reports.kept import Kept

DAYS = st.dates(date(2001, 1, 1), date(2090, 12, 31))


@given(DAYS, st.sampled_from(sorted(periods.NAMED)))
def test_a_period_is_whole_months_and_holds_its_day(day: date, name: str) -> None:
    period = periods.NAMED[name](day, day)
    assert period.first <= day <= period.last
    assert period.first.day == 1
    assert (period.last + timedelta(days=1)).day == 1
    assert period.until == day


@given(DAYS, st.sampled_from(sorted(periods.NAMED)))
def test_the_one_before_ends_where_the_running_one_begins(day: date, name: str) -> None:
    running, before = periods.named(name, day), periods.named(periods.LAST + name, day)
    assert before.last + timedelta(days=1) == running.first
    assert before == periods.NAMED[name](before.first, day)
    assert not before.is_running


def test_a_quarter_is_called_by_its_number() -> None:
    with translation.override("en"):
        for n, month in enumerate((1, 4, 7, 10), 1):
            assert str(periods.quarter(date(2026, month, 9), date(2026, month, 9))) == f"Quarter {n} of 2026"
        assert "Quarter" not in str(periods.months(date(2026, 2, 1), date(2026, 4, 1), date(2026, 5, 1)))


@given(DAYS, DAYS, st.sampled_from(sorted(periods.NAMED)))
def test_a_year_before_is_as_long_or_ends_on_the_same_day(day: date, today: date, name: str) -> None:
    period = periods.NAMED[name](day, today)
    before = period.year_before
    assert (before.first.year, before.first.month) == (period.first.year - 1, period.first.month)
    end = period.until if period.is_running else period.last
    assert (before.last.year, before.last.month) == (end.year - 1, end.month)
    leap = (end.month, end.day) in ((2, 28), (2, 29))
    assert before.last.day == end.day or leap


@given(DAYS, st.integers(0, 40))
def test_a_trend_has_twelve_months_or_those_of_the_period(day: date, count: int) -> None:
    first = periods.earlier(day, count)
    shown = periods.shown(periods.months(first, day, day))
    assert len(shown) == max(12, count + 1)
    assert shown[-1] == day.replace(day=1)


class Rows(list[int]):
    pass


@pytest.mark.parametrize(("size", "times"), [(kept.FEW - 1, 2), (kept.FEW, 1)])
def test_what_is_large_is_kept_and_what_is_small_is_read_anew(
    size: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = []

    def read() -> Rows:
        reads.append(size)
        return Rows(range(size))

    monkeypatch.setattr(kept, "TIMES", 10_000_000)
    found = Kept(read)
    assert len(found.current()) == len(found.current()) == size
    assert len(reads) == times


def test_what_has_run_out_is_shown_until_it_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "TIMES", 0)
    reading, may_go_on = Event(), Event()
    read: list[Rows] = []

    def take() -> Rows:
        read.append(Rows(range(kept.FEW)))
        if len(read) == 2:
            reading.set()
            assert may_go_on.wait(20)
        return read[-1]

    found = Kept(take)
    first = found.current()
    assert found.current() is first
    assert reading.wait(20)
    assert found.current() is first
    may_go_on.set()
    deadline = Event()
    while found.current() is first and not deadline.wait(0.01):
        pass
    assert found.current() in read[1:]
