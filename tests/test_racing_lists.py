"""Staff lists and merges at the same moment: each is decided once, and nothing points in a circle."""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from academy.accounts.models import User
from academy.organisations.inviting import invite, take_up
from academy.organisations.joining import join
from academy.organisations.managing import appoint
from academy.organisations.models import Enterprise, EnterpriseManager, Invitation, JoinRequest, Membership
from academy.organisations.requests import accept, come, withdraw
from academy.records.merging import merge_enterprises, merge_people, undo
from academy.records.models import PersonMerge
from academy.records.refusals import RefusedError
from tests.conftest import AtOnce
from tests.factories import EnterpriseFactory, MembershipFactory, PostFactory, StaffFactory, UserFactory

AT_ONCE = 6
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
Together = Callable[..., list[Any]]
Ask = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def together(at_once: AtOnce) -> Together:
    """What each of several acts came to, a value or what was raised."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        waiting = deque(acts)
        return at_once(lambda: waiting.popleft()(), len(acts))

    return run


@pytest.fixture
def afterwards(at_once: AtOnce) -> Ask:
    """What the database that they shared holds now."""

    def ask(question: Callable[[], Any]) -> Any:
        answer = at_once(question, 1)[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


@pytest.fixture
def kitchen() -> Enterprise:
    return EnterpriseFactory()


@pytest.fixture
def manager(kitchen: Enterprise) -> User:
    return appoint(UserFactory(), kitchen, StaffFactory()).user


def of(user: User) -> Any:
    return Membership.objects.filter(user=user)


def test_asked_many_times_at_once_it_is_one_request(
    together: Together, afterwards: Ask, kitchen: Enterprise, manager: User
) -> None:
    user, post = UserFactory(), PostFactory()
    outcomes = together(*[lambda: come(user, kitchen, post).pk] * AT_ONCE)
    assert len(set(outcomes)) == 1
    assert afterwards(JoinRequest.objects.count) == 1


def test_confirmed_and_withdrawn_at_once_one_of_both_holds(
    together: Together, afterwards: Ask, kitchen: Enterprise, manager: User
) -> None:
    asked = come(UserFactory(), kitchen, PostFactory())
    assert isinstance(asked, JoinRequest)
    outcomes = together(*[lambda: accept(asked, manager), lambda: withdraw(asked)] * 3)
    assert sorted(outcomes) == [False] * 5 + [True]
    accepted = afterwards(JoinRequest.objects.get).accepted
    assert afterwards(of(asked.user).count) == int(accepted)


def test_a_text_message_lets_in_once(
    together: Together, afterwards: Ask, kitchen: Enterprise, manager: User
) -> None:
    user, post = UserFactory(), PostFactory()
    invitation = invite(kitchen, manager, post=post, phone=user.phone or "")
    outcomes = together(*[lambda: take_up(invitation, user, post).pk] * AT_ONCE)
    assert len(set(outcomes)) == 1
    assert afterwards(of(user).count) == 1


def test_invited_and_appointed_at_once_they_are_so_once(
    together: Together, afterwards: Ask, kitchen: Enterprise, manager: User
) -> None:
    user, by = UserFactory(), StaffFactory()
    together(*[lambda: invite(kitchen, manager), lambda: appoint(user, kitchen, by)] * 3)
    assert afterwards(Invitation.objects.count) == 1
    assert afterwards(EnterpriseManager.objects.filter(user=user).count) == 1


def test_merged_crosswise_at_once_one_is_refused(together: Together, afterwards: Ask) -> None:
    one, other, by = UserFactory(), UserFactory(), StaffFactory()
    outcomes = together(
        lambda: merge_people(one, other, by=by, reason="同一个人"),
        lambda: merge_people(other, one, by=by, reason="同一个人"),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["PersonMerge", "RefusedError"]
    assert afterwards(User.objects.exclude(merged_into=None).count) == 1


def test_merged_and_undone_many_times_at_once_it_is_done_once(together: Together, afterwards: Ask) -> None:
    one, other, by = UserFactory(), UserFactory(), StaffFactory()
    MembershipFactory(user=one)
    together(*[lambda: merge_people(one, other, by=by, reason="同一个人")] * AT_ONCE)
    assert afterwards(PersonMerge.objects.count) == 1
    assert afterwards(of(other).count) == 1
    made = afterwards(PersonMerge.objects.get)
    together(*[lambda: undo(made, by)] * AT_ONCE)
    assert afterwards(of(other).count) == 0
    assert afterwards(of(one).get).left_at is None


def test_who_joins_while_the_enterprise_is_merged_is_at_the_one_that_is_kept(
    together: Together, afterwards: Ask
) -> None:
    twice, kept, by, post = EnterpriseFactory(), EnterpriseFactory(), StaffFactory(), PostFactory()
    users = UserFactory.create_batch(4)
    joining = [lambda user=user: come(user, twice, post) for user in users]
    outcomes = together(*joining, lambda: merge_enterprises(twice, kept, by=by, reason="登记了两次"))
    assert not [one for one in outcomes if isinstance(one, RefusedError | AssertionError)]
    current = afterwards(lambda: set(Membership.objects.current().values_list("user", "enterprise")))
    assert current == {(user.pk, kept.pk) for user in users}


def test_who_moves_while_the_enterprise_is_merged_is_nowhere_twice(
    together: Together, afterwards: Ask
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    twice, kept, away, by = EnterpriseFactory(), EnterpriseFactory(), EnterpriseFactory(), StaffFactory()
    staff = [MembershipFactory(enterprise=twice) for _ in range(4)]
    moving = [lambda one=one: join(one.user, away, one.post) for one in staff]
    together(*moving, lambda: merge_enterprises(twice, kept, by=by, reason="登记了两次"))
    assert afterwards(lambda: Membership.objects.current().filter(enterprise=twice).count()) == 0
