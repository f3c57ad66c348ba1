"""What events come to: held, person-times, persons, hours, enterprises guided."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from academy.accounts.models import User
from academy.events import closing, signing
from academy.events.models import Event
from academy.events.signing import How, Said
from academy.organisations.models import Enterprise
from academy.organisations.scope import Scope, scope_of
from academy.reports.figures import Figures
from academy.reports.filters import Filters
from academy.reports.tables import Tables
from tests.factories import (
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    MembershipFactory,
    UserFactory,
)
from tests.gatherings import official

pytestmark = pytest.mark.django_db
CITY = Scope(whole=True)
# half past eleven at night in Shanghai, on the last of October
NIGHT = datetime(2026, 10, 31, 15, 30, tzinfo=UTC)


NUMBERS = ("held", "person_times", "persons", "hours", "guided")


def asked(scope: Scope, **query: str) -> Tables:
    address = QueryDict(mutable=True)
    address.update({"from": "2026-10", "to": "2026-11", **query})
    filters = Filters(address, scope)
    return Tables(filters, Figures(filters.choice, filters.snapshot))


def numbers(scope: Scope, **query: str) -> list[Any]:
    values = asked(scope, **query).figures.values
    return [values[name] for name in NUMBERS]


def held(
    kind: str, begins: datetime, people: list[User], guided: Iterable[Enterprise] = (), **more: Any
) -> Event:
    event = EventFactory(kind=kind, begins_at=begins, **more)
    for user in people:
        signing.sign_in(event, user, Said(How.CODE), begins + timedelta(minutes=1))
    return closing.close(event, event.organiser, event.ends_at, guided=guided)


@pytest.fixture
def city() -> dict[str, Any]:
    """Two districts; one person who goes to everything, one whose account was merged into another, one shop guided twice
    and once more under its other name."""
    east, west = DistrictFactory(name="东关区"), DistrictFactory(name="西川区")
    street = DistrictFactory(name="东门街道", parent=east)
    cook = MembershipFactory(enterprise__district=east).user
    waiter = MembershipFactory(enterprise__district=west).user
    twin = MembershipFactory(enterprise__district=west).user
    shop = EnterpriseFactory(district=street)
    twins_shop = EnterpriseFactory(district=street)
    held("training", NIGHT, [cook, waiter], district=east)
    held("talk", NIGHT + timedelta(hours=1), [cook, twin], district=west)
    held("guidance", NIGHT + timedelta(days=3), [cook], [shop, twins_shop], district=street)
    held("guidance", NIGHT + timedelta(days=9), [], [shop], district=street)
    undone = held("talk", NIGHT + timedelta(days=20), [waiter], district=west)
    signing.undo(undone.sign_ins.get(), "没来", undone.organiser, NIGHT + timedelta(days=21))
    signing.sign_in(EventFactory(begins_at=NIGHT), cook, Said(How.CODE), NIGHT)
    User.objects.filter(pk=twin.pk).update(merged_into=waiter)
    Enterprise.objects.filter(pk=twins_shop.pk).update(merged_into=shop)
    return {"east": east, "west": west}


def test_persons_person_times_and_enterprises_are_three_numbers(city: dict[str, Any]) -> None:
    """The talk from which everybody was taken off again was none."""
    assert numbers(CITY) == [4, 5, 2, Decimal(10), 1]


def test_a_day_ends_at_midnight_in_shanghai(city: dict[str, Any]) -> None:
    assert numbers(CITY, to="2026-10")[:2] == [1, 2]
    assert numbers(CITY, **{"from": "2026-11"})[:2] == [3, 3]
    months = [line for line in asked(CITY).month().lines if line.tally.person_times]
    assert [(line.tally.person_times, line.guided) for line in months] == [(2, 0), (3, 1)]


def test_by_kind(city: dict[str, Any]) -> None:
    assert {kind: numbers(CITY, kind=kind) for kind in Event.Kind.values} == {
        "training": [1, 2, 2, Decimal(4), 0],
        "talk": [1, 2, 2, Decimal(4), 0],
        "guidance": [2, 1, 1, Decimal(2), 1],
    }


def test_by_district_a_street_counts_for_its_county_and_people_where_they_work(city: dict[str, Any]) -> None:
    lines = asked(CITY).district().lines
    assert {line.label: (line.tally.person_times, line.tally.persons, line.guided) for line in lines} == {
        "东关区": (3, 1, 1),
        "西川区": (2, 1, 0),
    }


def test_everybody_counts_what_is_theirs(city: dict[str, Any]) -> None:
    """Events count for those whose people were there, whoever held them."""
    east, west = (numbers(scope_of(official(city[name]))) for name in ("east", "west"))
    assert (east[0], east[1], east[-1]) == (4, 3, 1)
    assert (west[0], west[1], west[-1]) == (2, 2, 0)
    assert numbers(scope_of(official(CityFactory())))[1] == 5
    assert numbers(scope_of(UserFactory())) == [0, 0, 0, Decimal(0), 0]
