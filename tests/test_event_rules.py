"""What holds of events whatever the moment: codes, two clocks, hours, calendars."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.events import codes
from academy.events.calendars import calendar, folded
from academy.events.models import Event
from academy.events.moments import SKEW, happened
from academy.events.settling import earned

NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)
LATE = timedelta(hours=2)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(minutes=10), timedelta(days=5))


def event(pk: int = 7, **fields: object) -> Event:
    known = {"begins_at": NOON, "ends_at": NOON + timedelta(hours=2), "hours": Decimal(2), "title": "约谈"}
    return Event(pk=pk, **{**known, **fields})


@given(moments, st.floats(0, 14.9))
def test_a_code_holds_in_its_window_and_in_the_next(now: datetime, into: float) -> None:
    start = datetime.fromtimestamp(codes.window(now) * codes.SECONDS, UTC)
    shown = codes.current(event(), start)
    assert codes.holds(event(), shown, start + timedelta(seconds=into))
    assert codes.holds(event(), shown, start + timedelta(seconds=15 + into))
    assert not codes.holds(event(), shown, start + timedelta(seconds=30 + into))
    assert not codes.holds(event(), shown, start - timedelta(seconds=0.1 + into))


@given(moments, st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_code_of_one_event_opens_no_other(now: datetime, one: int, other: int) -> None:
    assert codes.holds(event(other), codes.current(event(one), now), now) == (one == other)


@given(moments)
def test_the_next_code_comes_when_this_one_says(now: datetime) -> None:
    lasts = codes.lasts(now)
    assert timedelta(0) < lasts <= timedelta(seconds=15)
    assert codes.window(now + lasts + timedelta(milliseconds=1)) == codes.window(now) + 1


@given(st.text(max_size=40))
def test_nothing_else_is_a_code(tried: str) -> None:
    real = {codes.code(event(), codes.window(NOON) - back) for back in (0, 1)}
    assert codes.holds(event(), tried, NOON) == (tried.upper() in real)


@given(st.none() | moments, moments, moments, spans)
def test_whatever_a_phone_says_nobody_signs_in_outside_of_the_event(
    claimed: datetime | None, now: datetime, opens: datetime, lasts: timedelta
) -> None:
    at, believed = happened(claimed, now, opens, opens + lasts, LATE)
    assert opens <= at <= max(opens, min(now, opens + lasts))
    if claimed is not None and believed:
        assert opens <= claimed <= now + SKEW
        assert at == max(opens, min(claimed, now, opens + lasts))


@pytest.mark.parametrize(
    ("claimed", "at", "believed"),
    [
        (NOON + timedelta(minutes=5), NOON + timedelta(minutes=5), True),
        (NOON + timedelta(minutes=61), NOON + timedelta(hours=1), True),
        (NOON + timedelta(days=1), NOON + timedelta(hours=1), False),
        (NOON - timedelta(days=400), NOON + timedelta(hours=1), False),
        (None, NOON + timedelta(hours=1), True),
    ],
)
def test_of_two_clocks_the_phones_is_believed_where_it_can_be_right(
    claimed: datetime | None, at: datetime, believed: bool
) -> None:
    now = NOON + timedelta(hours=1)
    assert happened(claimed, now, NOON, NOON + timedelta(hours=2), LATE) == (at, believed)


@given(
    st.timedeltas(timedelta(hours=-3), timedelta(hours=3)), st.timedeltas(timedelta(0), timedelta(hours=5))
)
def test_hours_are_never_more_than_the_event_has(came: timedelta, stayed: timedelta) -> None:
    at = NOON + came
    assert 0 <= earned(event(signs_out=True), at, at + stayed) <= 2
    assert earned(event(), at, at + stayed) == 2


def test_hours_count_until_somebody_signs_out() -> None:
    meeting = event(signs_out=True)
    assert earned(meeting, NOON, NOON + timedelta(hours=2)) == 2
    assert earned(meeting, NOON + timedelta(minutes=5), NOON + timedelta(hours=2)) == 2
    assert earned(meeting, NOON, NOON + timedelta(minutes=50)) == Decimal("0.8")
    assert earned(meeting, NOON, None) == 0


@given(st.text(max_size=300))
def test_a_line_of_a_calendar_is_short_and_whole(words: str) -> None:
    made = folded("".join(sign for sign in words if sign.isprintable()))
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert made.decode().replace("\r\n ", "").rstrip("\r\n") == "".join(s for s in words if s.isprintable())


def test_an_event_goes_into_a_calendar() -> None:
    text = calendar(event(place="三楼，会议室; 东", agenda="一、通报\n二、讨论"), NOON).decode()
    assert "DTSTART:20261126T040000Z\r\n" in text
    assert "LOCATION:三楼，会议室\\; 东\r\n" in text
    assert "DESCRIPTION:一、通报\\n二、讨论\r\n" in text
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
