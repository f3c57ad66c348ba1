"""Nobody sees, counts, exports or guesses an event, or a person, that is not theirs."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.events import signing
from academy.events.models import Event, Invited, SignIn
from academy.events.signing import How, Said
from academy.organisations.models import District, EnterpriseManager
from tests.factories import (
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    MembershipFactory,
    UserFactory,
)
from tests.gatherings import client_of, drawing, official, send, url

pytestmark = pytest.mark.django_db
SEEN = ("one", "sign_ins", "print", "desk", "found", "edit", "cancel", "invite", "close", "screen", "code")
WRITTEN = ("receive", "edit", "cancel", "invite", "uninvite", "close", "photos", "screen")


@pytest.fixture
def east() -> District:
    made: District = DistrictFactory(name="东关区")
    return made


@pytest.fixture
def west() -> District:
    made: District = DistrictFactory(name="西川区")
    return made


@pytest.fixture
def event(west: District) -> Event:
    made: Event = EventFactory(district=west, title="西川区约谈", state="running")
    return made


def signed_in(event: Event) -> SignIn:
    user = MembershipFactory(enterprise__district=event.district).user
    return signing.sign_in(event, user, Said(How.SIGNATURE, signature=b"x"), timezone.now())


def outsiders(east: District, event: Event) -> list[Client]:
    """An official of another district, one of none, a manager of an enterprise there, and a worker there."""
    enterprise = EnterpriseFactory(district=event.district)
    manager, worker = UserFactory(), MembershipFactory(enterprise=enterprise).user
    EnterpriseManager.objects.create(user=manager, enterprise=enterprise)
    return [client_of(user) for user in (official(east), official(None), manager, worker)]


def test_an_event_of_another_district_is_not_there(east: District, event: Event) -> None:
    sign_in = signed_in(event)
    before = Event.objects.values().get(pk=event.pk)
    for client in outsiders(east, event):
        for name in SEEN:
            assert client.get(url(event, name)).status_code in (403, 404), name
        for name in WRITTEN:
            answer = client.post(url(event, name), {"reason": "x", "title": "x", "whom": "people"})
            assert answer.status_code in (403, 404), name
        for name in ("sign_in", "signature"):
            assert client.get(url(event, name, sign_in.pk)).status_code in (403, 404), name
        assert client.post(url(event, "undo", sign_in.pk), {"reason": "x"}).status_code in (403, 404)
        assert client.get(url(event, "sign_ins") + "?format=csv").status_code in (403, 404)
    assert Event.objects.values().get(pk=event.pk) == before
    assert event.sign_ins.standing().count() == 1


def test_the_list_and_its_file_hold_ones_own_events_only(east: District, event: Event) -> None:
    EventFactory(district=east, title="东关区培训")
    client, listed = client_of(official(east)), reverse("staff_events:list")
    for query in ({}, {"district": event.district_id}, {"q": "西川"}):
        assert "西川区约谈" not in client.get(listed, query).content.decode().replace('value="西川"', "")
        assert "西川区约谈" not in b"".join(client.get(listed, {**query, "format": "csv"})).decode()
    assert "东关区培训" in client.get(listed).content.decode()
    assert "西川区约谈" in client_of(official(CityFactory())).get(listed).content.decode()


def test_a_signature_or_photo_is_not_reached_through_another_event(east: District, event: Event) -> None:
    sign_in, own = signed_in(event), EventFactory(district=east)
    client = client_of(official(east))
    for name in ("sign_in", "signature"):
        assert client.get(url(own, name, sign_in.pk)).status_code == 404
    assert client.post(url(own, "undo", sign_in.pk), {"reason": "x"}).status_code == 404


def test_an_event_is_not_planned_in_or_moved_to_another_district(
    east: District, west: District, event: Event
) -> None:
    client = client_of(official(east))
    data = {
        "kind": "talk",
        "title": "越界",
        "district": west.pk,
        "place": "x",
        "begins_at": "2096-11-30T09:00",
        "ends_at": "2096-11-30T10:00",
        "hours": 1,
    }
    assert client.post(reverse("staff_events:new"), data).status_code == 422
    own = EventFactory(district=east)
    assert client.post(url(own, "edit"), data).status_code == 422
    assert not Event.objects.filter(title="越界").exists()


def test_nobody_of_another_district_is_invited(east: District, west: District) -> None:
    MembershipFactory(enterprise__district=west)
    here = MembershipFactory(enterprise__district=east)
    own = EventFactory(district=east)
    client = client_of(official(east))
    assert client.post(url(own, "invite"), {"whom": "people", "district": west.pk}).status_code == 422
    client.post(url(own, "invite"), {"whom": "people"})
    client.post(url(own, "invite"), {"whom": "enterprises"})
    assert {one.user or one.enterprise for one in Invited.objects.all()} == {here.user, here.enterprise}


@pytest.fixture
def there(west: District) -> User:
    """Somebody who works in the other district."""
    user: User = MembershipFactory(
        enterprise__district=west,
        enterprise__name="西川饭店",
        user__name="司马光明",
        user__phone="13911112222",
    ).user
    return user


def test_the_desk_searches_ones_own_people_and_the_invited(east: District, there: User) -> None:
    own = EventFactory(district=east)
    client = client_of(official(east))
    for words in ("司马", "2222", "13911112222"):
        assert "司马" not in client.get(url(own, "found"), {"q": words}).content.decode()
    assert send(client, own, user=there.pk).status_code == 409
    Invited.objects.create(event=own, user=there, person_name=there.name)
    assert "司马光明" in client.get(url(own, "found"), {"q": "司马"}).content.decode()
    assert send(client, own, user=there.pk).status_code == 200


def test_a_phone_number_tells_nothing_about_whose_it_is(east: District, there: User) -> None:
    own = EventFactory(district=east, state="running")
    client = client_of(official(east))
    known = send(client, own, phone=there.phone, name="随便")
    new = send(client, own, phone="13933334444", name="随便")
    assert {**known.json(), "at": ""} == {**new.json(), "at": ""}
    pages: list[Any] = [client.get(url(own, name)).content.decode() for name in ("one", "sign_ins", "desk")]
    pages += [client.get(url(own, "print")).content.decode()]
    pages += [b"".join(client.get(url(own, "sign_ins") + "?format=csv")).decode()]
    for page in pages:
        assert "司马光明" not in page
        assert "西川饭店" not in page
    assert own.sign_ins.filter(user=there).exists()


def test_whoever_signs_in_by_themselves_is_named(east: District, there: User) -> None:
    own = EventFactory(district=east)
    signing.sign_in(own, there, Said(How.CODE), timezone.now())
    assert "西川饭店" in client_of(official(east)).get(url(own, "sign_ins")).content.decode()


def test_strangers_are_sent_to_sign_in(client: Client, event: Event) -> None:
    for name in SEEN:
        assert client.get(url(event, name)).status_code == 302
    assert client.get(reverse("events:mine")).status_code == 302
    assert drawing().startswith("data:image/png")
