"""What events come to: held, person-times, persons, hours, enterprises guided."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from academy.accounts.models import User
from academy.events import closing, counting, signing
from academy.events.counting import Span
from academy.events.models import Event
from academy.events.signing import How, Said
from academy.organisations.models import Enterprise
from academy.organisations.scope import Scope, scope_of
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
    tally = counting.total(CITY, Span())
    assert tally == (5, 5, 2, Decimal(10), 1)


def test_a_day_ends_at_midnight_in_shanghai(city: dict[str, Any]) -> None:
    october = counting.total(CITY, Span(date(2026, 10, 1), date(2026, 10, 31)))
    assert (october.events, october.person_times) == (1, 2)
    months = counting.by(CITY, Span(), "month")
    assert [(day.month, tally.events, tally.person_times) for day, tally in months.items()] == [
        (10, 1, 2),
        (11, 4, 3),
    ]


def test_by_kind(city: dict[str, Any]) -> None:
    kinds = counting.by(CITY, Span(), "kind")
    assert {kind: (t.events, t.person_times, t.persons, t.enterprises) for kind, t in kinds.items()} == {
        "training": (1, 2, 2, 0),
        "talk": (2, 2, 2, 0),
        "guidance": (2, 1, 1, 1),
    }
    assert counting.total(CITY, Span(kind="guidance")).enterprises == 1


def test_by_district_a_street_counts_for_its_county_and_people_where_they_work(city: dict[str, Any]) -> None:
    districts = counting.by(CITY, Span(), "district")
    assert {name: (t.events, t.person_times, t.persons) for name, t in districts.items()} == {
        "东关区": (3, 3, 1),
        "西川区": (2, 2, 1),
    }


def test_everybody_counts_what_is_theirs(city: dict[str, Any]) -> None:
    east, west = (counting.total(scope_of(official(city[name])), Span()) for name in ("east", "west"))
    assert (east.events, east.person_times, east.enterprises) == (3, 3, 1)
    assert (west.events, west.person_times, west.enterprises) == (2, 2, 0)
    assert counting.total(scope_of(official(CityFactory())), Span()).person_times == 5
    assert counting.total(scope_of(UserFactory()), Span()) == counting.Tally()
