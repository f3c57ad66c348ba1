from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from academy.accounts.models import User
from academy.records.attending import attend, withdraw
from academy.records.hours import year_of
from academy.records.models import Attendance, Statement, Verb
from academy.records.refusals import RefusedError
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
# half past midnight in Shanghai
AT = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)


@pytest.fixture
def worker() -> User:
    user: User = MembershipFactory().user
    return user


def was_there(user: User) -> Attendance:
    return attend(user, event_key="event:3", event_title="秋季约谈", kind="talk", hours=Decimal("1.5"), at=AT)


def hours(user: User) -> Decimal:
    return year_of(user, 2026).total


def test_who_is_signed_in_twice_was_there_once(worker: User) -> None:
    first, again = was_there(worker), was_there(worker)
    assert first == again
    assert (first.district_name, first.enterprise_key) == ("东关区", worker.memberships.get().enterprise_id)
    assert first.attended_on == date(2026, 11, 1)
    assert hours(worker) == Decimal("1.5")
    assert Statement.objects.filter(user=worker, verb=Verb.ATTENDED).count() == 1


def test_what_was_entered_by_mistake_is_withdrawn_and_stays(worker: User) -> None:
    official = UserFactory()
    for _twice in range(2):
        withdraw(
            was_there(worker) if not _twice else Attendance.objects.get(), reason="同名的人", by=official
        )
    assert hours(worker) == 0
    assert Attendance.objects.count() == 1
    assert not Attendance.objects.standing().exists()
    assert Statement.objects.filter(verb=Verb.CORRECTED, object_key="event:3").count() == 1


def test_who_was_there_after_all_counts_again(worker: User) -> None:
    withdraw(was_there(worker), reason="同名的人", by=UserFactory())
    was_there(worker)
    assert Attendance.objects.standing().count() == 1
    assert hours(worker) == Decimal("1.5")


def test_a_withdrawal_says_why(worker: User) -> None:
    with pytest.raises(RefusedError):
        withdraw(was_there(worker), reason=" ", by=UserFactory())
    assert Attendance.objects.standing().count() == 1
