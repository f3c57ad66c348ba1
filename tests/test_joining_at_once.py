"""Coming, moving and leaving by many at once: the worker's own row orders them."""

from itertools import cycle
from typing import Any

import pytest

from academy.accounts.models import User
from academy.organisations.joining import choose, join, leave, move
from academy.organisations.models import Membership
from tests.conftest import AtOnce
from tests.factories import EnterpriseFactory, MembershipFactory, PostFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def counted(at_once: AtOnce, user: User) -> tuple[int, int]:
    """Present places and all, as those see them who did it."""

    def count() -> tuple[int, int]:
        return Membership.objects.current().filter(user=user).count(), user.memberships.count()

    [found] = at_once(count, 1)
    return found  # type: ignore[no-any-return]


def test_the_same_place_is_joined_once(at_once: AtOnce) -> None:
    user, place, post = UserFactory(), EnterpriseFactory(), PostFactory()
    assert len(set(at_once(lambda: join(user, place, post).pk, 8))) == 1
    assert counted(at_once, user) == (1, 1)


def test_each_of_several_places_is_kept(at_once: AtOnce) -> None:
    user, post, places = UserFactory(), PostFactory(), cycle(EnterpriseFactory.create_batch(4))
    at_once(lambda: join(user, next(places), post), 8)
    assert counted(at_once, user) == (4, 4)


def test_who_moves_to_several_places_at_once_is_in_one(at_once: AtOnce) -> None:
    user, post, places = MembershipFactory().user, PostFactory(), cycle(EnterpriseFactory.create_batch(4))
    at_once(lambda: move(user, next(places), post), 4)
    assert counted(at_once, user) == (1, 5)


def test_a_post_is_changed_and_the_place_left_in_some_order(at_once: AtOnce) -> None:
    first, post = MembershipFactory(), PostFactory(name="食品安全员")
    acts: Any = cycle(
        [
            lambda: join(first.user, first.enterprise, post),
            lambda: leave(first.user, first.enterprise),
            lambda: choose(first.user, first.enterprise),
        ]
    )
    found = at_once(lambda: next(acts)(), 6)
    assert not [result for result in found if isinstance(result, Exception)]
    assert counted(at_once, first.user)[0] <= 1
