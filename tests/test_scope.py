"""Who sees whose: the city's officials, a district's, managers, and nobody else."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.organisations.models import District, Enterprise, EnterpriseManager, Jurisdiction, Membership
from academy.organisations.scope import Scope, scope_of
from academy.records.models import Completion
from tests.factories import (
    CityFactory,
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def districts() -> dict[str, District]:
    city = CityFactory()
    east, west = DistrictFactory(name="东关区"), DistrictFactory(name="西川区")
    street = DistrictFactory(name="东门街道", parent=east)
    return {"city": city, "east": east, "west": west, "street": street}


@pytest.fixture
def places(districts: dict[str, District]) -> dict[str, Enterprise]:
    return {name: EnterpriseFactory(district=districts[name]) for name in ("east", "west", "street")}


@pytest.fixture(autouse=True)
def records(places: dict[str, Enterprise]) -> None:
    """Somebody at work in each place with one completion, and one completion of somebody who works nowhere."""
    for place in places.values():
        membership = MembershipFactory(enterprise=place)
        CompletionFactory(user=membership.user, **membership.snapshot())
    CompletionFactory(enterprise_name="", district_name="")


def official(district: District | None) -> User:
    ensure_roles()
    user: User = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=STAFF))
    if district:
        Jurisdiction.objects.create(user=user, district=district)
    return user


def seen(scope: Scope) -> tuple[int, int, int]:
    register, staff = scope.register(), scope.staff(Membership.objects.all())
    return register.count(), staff.count(), scope.records(Completion.objects.all()).count()


def test_the_city_sees_what_is_nowhere_too(districts: dict[str, District]) -> None:
    assert seen(scope_of(official(districts["city"]))) == (3, 3, 4)
    assert seen(scope_of(UserFactory(is_superuser=True))) == (3, 3, 4)


def test_a_district_sees_its_parts_and_no_other(districts: dict[str, District]) -> None:
    assert seen(scope_of(official(districts["east"]))) == (2, 2, 2)
    assert seen(scope_of(official(districts["street"]))) == (1, 1, 1)


def test_a_manager_sees_the_own_enterprises_until_somebody_else_keeps_them(
    places: dict[str, Enterprise],
) -> None:
    manager = UserFactory()
    kept = EnterpriseManager.objects.create(user=manager, enterprise=places["west"])
    assert seen(scope_of(manager)) == (1, 1, 1)
    kept.until = timezone.now()
    kept.save()
    assert seen(scope_of(manager)) == (0, 0, 0)


def test_who_has_no_part_of_the_city_sees_nothing(districts: dict[str, District]) -> None:
    worker = Membership.objects.earliest("pk").user
    left = official(districts["city"])
    left.is_active = False
    forgotten = UserFactory()
    Jurisdiction.objects.create(user=forgotten, district=districts["city"])
    for nobody in (worker, official(None), left, forgotten, AnonymousUser()):
        assert not scope_of(nobody)
        assert seen(scope_of(nobody)) == (0, 0, 0)


def test_a_record_is_seen_where_it_was_made(
    districts: dict[str, District], places: dict[str, Enterprise]
) -> None:
    """The enterprise moves to another district, and what was learned before stays where it was."""
    Enterprise.objects.filter(pk=places["west"].pk).update(district=districts["east"])
    assert seen(scope_of(official(districts["west"]))) == (0, 0, 1)
    assert seen(scope_of(official(districts["east"]))) == (3, 3, 2)
