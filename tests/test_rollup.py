"""Whatever is recorded, withdrawn, merged and written in whatever order: the columns have what the records say."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from academy.accounts.models import User
from academy.core.workers import minute
from academy.organisations.models import Enterprise
from academy.records.models import Attendance, Completion
from academy.reports.columns import Kept, current
from academy.reports.facts import Facts
from academy.reports.loading import load
from academy.reports.models import Month, Watermark
from academy.reports.rollup import differences, rebuild, refresh
from tests.conftest import AtOnce
from tests.factories import CompletionFactory, EnterpriseFactory, UserFactory

# the last hour of a year in Shanghai, in which days and months change
BEGIN = datetime(2025, 12, 31, 15, tzinfo=UTC)
PEOPLE, PLACES = 4, 3


def said(facts: Facts) -> Counter[tuple[Any, ...]]:
    """Every record as a reader of the columns sees it."""
    named = {
        name: [facts.words[name][n] for n in getattr(facts, name)]
        for name in ("kind", "business_type", "post", "subject")
    }
    numbers = [getattr(facts, name).tolist() for name in ("day", "district", "enterprise", "tenths")]
    return Counter(zip(facts.accounts[facts.person].tolist(), *numbers, *named.values(), strict=True))


def attendance(user: User, at: datetime, **fields: Any) -> Attendance:
    fields = {"event_key": "event:1", "kind": "talk", "hours": Decimal("1.5"), "stored_at": at, **fields}
    return Attendance.objects.create(user=user, event_title="约谈", attended_at=at, **fields)


class Counting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = BEGIN
        self.people = UserFactory.create_batch(PEOPLE)
        self.places = EnterpriseFactory.create_batch(PLACES)
        # two processes, which look at different times
        self.kept = [Kept(), Kept()]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @rule(minutes=st.integers(1, 3000))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(
        who=st.integers(0, PEOPLE - 1),
        course=st.integers(1, 3),
        where=st.integers(0, PLACES),
        late=st.integers(0, 99),
    )
    def complete(self, who: int, course: int, where: int, late: int) -> None:
        """Some are sent hours after they happened."""
        place = self.places[where] if where < PLACES else None
        CompletionFactory(
            user=self.people[who],
            course_key=f"course:{course}",
            edition=Completion.objects.count() + 1,
            completed_at=self.now - timedelta(hours=late),
            stored_at=self.now,
            enterprise_key=place and place.pk,
            district_key=place and place.district_id,
            post_name=["厨师", "", "切配"][course - 1],
        )

    @rule(who=st.integers(0, PEOPLE - 1), event=st.integers(1, 2))
    def attend(self, who: int, event: int) -> None:
        there = {"user": self.people[who], "event_key": f"event:{event}"}
        if not Attendance.objects.standing().filter(**there).exists():
            attendance(there["user"], self.now, event_key=there["event_key"])

    @rule(which=st.integers(0, 5))
    def withdraw(self, which: int) -> None:
        pks = list(Attendance.objects.standing().values_list("pk", flat=True))
        Attendance.objects.filter(pk__in=pks[which : which + 1]).update(withdrawn_at=self.now)

    @rule(who=st.integers(0, PEOPLE - 1), other=st.none() | st.integers(0, PEOPLE - 1))
    def merge(self, who: int, other: int | None) -> None:
        """Also undone, with `None`."""
        kept = None if other in (None, who) else self.people[other]
        User.objects.filter(pk=self.people[who].pk).update(merged_into=kept)

    @rule(which=st.integers(1, PLACES - 1), undone=st.booleans())
    def merge_enterprise(self, which: int, undone: bool) -> None:
        kept = None if undone else self.places[which - 1]
        Enterprise.objects.filter(pk=self.places[which].pk).update(merged_into=kept)

    @rule(ago=st.integers(0, 60), anew=st.booleans())
    def write(self, ago: int, anew: bool) -> None:
        (rebuild if anew else refresh)(self.now - timedelta(minutes=ago))
        # what comes later is stored later
        self.now += timedelta(seconds=1)

    @rule(which=st.integers(0, 1))
    def look(self, which: int) -> None:
        found = self.kept[which].current()
        assert said(found) == said(load())
        assert found.tally() == load().tally()
        assert list(found.day) == sorted(found.day)

    @invariant()
    def months_are_right(self) -> None:
        assert list(differences()) == []


TestCounting = pytest.mark.django_db(Counting.TestCase)
TestCounting.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def a_city(db: Any) -> None:
    """Six records in two months; one person has two of them."""
    user = UserFactory()
    for n in range(5):
        CompletionFactory(
            user=user if n < 2 else UserFactory(),
            edition=n + 1,
            completed_at=BEGIN + timedelta(hours=n * 300),
            stored_at=BEGIN + timedelta(hours=n * 300),
        )
    attendance(user, BEGIN)


@pytest.mark.usefixtures("a_city")
def test_a_page_costs_four_queries_at_most() -> None:
    refresh()
    with CaptureQueriesContext(connection) as first:
        Kept().current()
    assert len(first) == 4
    with CaptureQueriesContext(connection) as later:
        assert current() is not None
    assert len(later) <= 4


@pytest.mark.usefixtures("a_city")
def test_what_has_not_changed_is_the_same_object_and_is_not_read_again() -> None:
    refresh()
    kept = Kept()
    first = kept.current()
    with CaptureQueriesContext(connection) as queries:
        assert kept.current() is first
    assert not any('"columns"' in query["sql"] for query in queries)


@pytest.mark.usefixtures("a_city")
def test_only_the_month_that_changed_is_read_again() -> None:
    refresh(BEGIN + timedelta(days=400))
    kept = Kept()
    kept.current()
    later = BEGIN + timedelta(days=401)
    CompletionFactory(completed_at=BEGIN, stored_at=later)
    assert [f"{month:%Y-%m}" for month in refresh(later + timedelta(days=1))] == ["2025-12"]
    with CaptureQueriesContext(connection) as queries:
        assert said(kept.current()) == said(load())
    [reading] = [query["sql"] for query in queries if '"columns"' in query["sql"]]
    assert reading.count(Month.objects.get(month=datetime(2025, 12, 1)).digest) == 1
    assert Month.objects.count() > 1
    assert all(one.digest not in reading for one in Month.objects.exclude(month=datetime(2025, 12, 1)))


@pytest.mark.usefixtures("a_city")
def test_who_has_the_columns_sees_nothing_of_what_came_later() -> None:
    refresh()
    kept = Kept()
    before = kept.current()
    tally = before.tally()
    CompletionFactory()
    after = kept.current()
    assert after.day.base is not None
    assert (before.tally(), len(after)) == (tally, len(before) + 1)


@pytest.mark.usefixtures("a_city")
def test_the_clock_keeps_the_months_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    minute.send(None)
    assert Month.objects.count() == 3
    known = Watermark.objects.get().until
    minute.send(None)
    assert Watermark.objects.get().until == known
    Watermark.objects.update(until=known - timedelta(minutes=4))
    minute.send(None)
    assert Watermark.objects.get().until >= known


@pytest.mark.usefixtures("a_city")
def test_what_is_still_being_stored_stays_out_of_the_months() -> None:
    CompletionFactory()
    refresh()
    assert sum(Month.objects.values_list("count", flat=True)) == 6
    assert Watermark.objects.get().until <= timezone.now() - timedelta(minutes=1)
    assert len(current()) == 7


@pytest.mark.usefixtures("a_city")
def test_the_check_names_every_difference() -> None:
    call_command("rollup", stdout=StringIO())
    # written behind the back of everybody: as if it had been stored long ago
    late = CompletionFactory(course_key="course:77", completed_at=BEGIN, stored_at=BEGIN)
    first = Month.objects.order_by("-month").first()
    assert first is not None
    Month.objects.filter(pk=first.pk).update(columns=b"not packed at all")
    out = StringIO()
    with pytest.raises(CommandError, match=f"{first.count + 1} differences"):
        call_command("rollup", "--check", stdout=out)
    assert f"2025-12: -1 × day 20453, person {late.user_id}" in out.getvalue()
    assert "course:77" in out.getvalue()
    call_command("rollup", "--rebuild", "--check", stdout=out)
    assert "no difference" in out.getvalue()


@pytest.mark.django_db
def test_a_month_whose_attendances_were_all_withdrawn_has_none() -> None:
    there = attendance(UserFactory(), BEGIN)
    refresh(BEGIN + timedelta(days=1))
    Attendance.objects.filter(pk=there.pk).update(withdrawn_at=BEGIN + timedelta(days=2))
    assert len(current()) == 0
    refresh(BEGIN + timedelta(days=3))
    assert [month.count for month in Month.objects.all()] == [0]
    assert len(current()) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_threads_read_and_write_at_once(at_once: AtOnce) -> None:
    for n in range(30):
        CompletionFactory(edition=n, completed_at=BEGIN, stored_at=BEGIN + timedelta(minutes=n))
    kept = Kept()

    def look() -> int:
        refresh(BEGIN + timedelta(minutes=timezone.now().microsecond % 40))
        return len(kept.current())

    assert at_once(look, 8) == [30] * 8
    assert list(differences()) == []
