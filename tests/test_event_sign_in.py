"""Signing in: by the code on the screen, on the list at the door with and without a network, by signature."""

import base64
import io
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from academy.accounts.models import User
from academy.events import closing, codes, signing
from academy.events.models import Event, Invited, SignIn
from academy.events.signing import How, Said
from academy.records.models import Attendance, Statement, Verb
from tests.factories import EventFactory, MembershipFactory, UserFactory
from tests.gatherings import client_of, drawing, send, url, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    made: Event = EventFactory(state="running")
    return made


@pytest.fixture
def worker() -> User:
    user: User = MembershipFactory().user
    return user


def scanned(event: Event, code: str | None = None) -> str:
    return reverse("events:scanned", args=[event.pk, code or codes.current(event, timezone.now())])


def here(event: Event) -> str:
    return reverse("events:here", args=[event.pk])


def test_whoever_scans_the_code_says_that_they_are_here(event: Event, worker: User) -> None:
    client = client_of(worker)
    page = client.get(scanned(event), follow=True)
    assert page.redirect_chain == [(here(event), 302)]
    assert not event.sign_ins.exists()
    for _twice in range(2):
        client.post(here(event))
    sign_in = event.sign_ins.get()
    assert (sign_in.user, sign_in.how) == (worker, "code")
    assert sign_in.enterprise_name == worker.memberships.get().enterprise.name


def test_a_photo_of_the_code_signs_nobody_in_half_a_minute_later(event: Event, worker: User) -> None:
    client = client_of(worker)
    old = codes.current(event, timezone.now() - timedelta(seconds=31))
    assert client.get(scanned(event, old))["Location"] == reverse("events:late", args=[event.pk])
    assert client.post(here(event)).status_code == 410
    assert client.get(here(event)).status_code == 404
    assert not event.sign_ins.exists()


def test_signing_in_to_the_site_in_between_costs_nothing(
    event: Event, worker: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = client.get(scanned(event), follow=True)
    assert "/accounts/login/" in to.redirect_chain[-1][0]
    now = timezone.now() + timedelta(minutes=10)
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.post(here(event))
    assert event.sign_ins.get().user == worker


def test_a_ticket_does_not_last(event: Event, worker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(worker)
    client.get(scanned(event))
    now = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    assert client.post(here(event)).status_code == 410
    assert not event.sign_ins.exists()


def test_a_ticket_is_for_one_event(event: Event, worker: User) -> None:
    other = EventFactory(state="running")
    client = client_of(worker)
    assert client.get(scanned(other, codes.current(event, timezone.now()))).status_code == 410
    client.get(scanned(event))
    assert client.post(here(other)).status_code == 410


@pytest.mark.parametrize("state", ["planned", "closed", "cancelled"])
def test_nobody_signs_in_by_code_unless_the_event_runs(event: Event, worker: User, state: str) -> None:
    Event.objects.update(state=state, closed_at=timezone.now(), reason="台风")
    client = client_of(worker)
    client.get(scanned(event))
    client.post(here(event))
    assert not event.sign_ins.exists()


def test_guesses_are_counted_and_then_refused(event: Event, worker: User, settings: Any) -> None:
    settings.EVENT_CODE_LIMITS = {"person": "3/day", "address": "5/day"}
    client = client_of(worker)
    answers = [client.get(scanned(event, "A" * 12)).status_code for _ in range(5)]
    assert answers == [410, 410, 410, 429, 429]
    assert client.get(scanned(event)).status_code == 429
    assert client_of(UserFactory()).get(scanned(event)).status_code == 302


def test_leaving_by_the_same_code(worker: User) -> None:
    event = EventFactory(state="running", signs_out=True)
    client = client_of(worker)
    for said in ({}, {"leave": "1"}):
        client.get(scanned(event))
        client.post(here(event), said)
    assert event.sign_ins.get().left_at


def test_the_screen_shows_a_code_only_while_the_event_runs(
    staff_client: Client, event: Event, worker: User
) -> None:
    Event.objects.update(state="planned")
    assert staff_client.get(url(event, "screen")).status_code == 302
    assert staff_client.post(url(event, "screen")).url == url(event, "screen")
    page = staff_client.get(url(event, "screen")).content.decode()
    assert "<svg" in page
    part = staff_client.get(url(event, "code"))
    assert "<svg" in part.content.decode()
    assert "no-store" in part["Cache-Control"]
    Event.objects.update(state="closed", closed_at=timezone.now())
    assert "<svg" not in staff_client.get(url(event, "code")).content.decode()
    assert client_of(worker).get(url(event, "code")).status_code == 403


def test_what_waited_for_an_hour_is_taken_in_once_with_its_time(
    staff_client: Client, event: Event, worker: User
) -> None:
    event.begins_at = timezone.now() - timedelta(hours=1, minutes=30)
    event.save()
    at = timezone.now() - timedelta(hours=1)
    letter = {"key": str(uuid4()), "user": worker.pk, "at": at.isoformat()}
    for _twice in range(3):
        assert send(staff_client, event, **letter).status_code == 200
    sign_in = event.sign_ins.get()
    assert (sign_in.at, sign_in.claimed_at, sign_in.how) == (at, None, "list")
    signing.undo(sign_in, "同名的人", event.organiser, timezone.now())
    assert send(staff_client, event, **letter).json()["undone"]
    assert not event.sign_ins.standing().exists()


def test_what_was_taken_in_stays_so_whatever_becomes_of_the_invitation(
    staff_client: Client, event: Event, worker: User
) -> None:
    letter = {"key": str(uuid4()), "user": worker.pk}
    assert send(staff_client, event, **letter).status_code == 200
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert send(staff_client, event, **letter).status_code == 200


@pytest.mark.parametrize("days", [-400, 3])
def test_a_clock_that_cannot_be_right_is_kept_beside_the_servers(
    staff_client: Client, event: Event, worker: User, days: int
) -> None:
    at = timezone.now() + timedelta(days=days)
    send(staff_client, event, user=worker.pk, at=at.isoformat())
    sign_in = event.sign_ins.get()
    assert event.opens_at <= sign_in.at <= timezone.now()
    assert sign_in.claimed_at == at
    assert str(timezone.localtime(at).year) in staff_client.get(url(event, "sign_ins")).content.decode()


def test_what_comes_after_the_list_was_closed_still_counts(
    staff_client: Client, event: Event, worker: User
) -> None:
    at = timezone.now() - timedelta(minutes=5)
    closing.close(event, event.organiser, timezone.now())
    send(staff_client, event, user=worker.pk, at=at.isoformat())
    assert Attendance.objects.get().attended_at == at


def test_somebody_new_gets_an_account_and_finds_the_record(staff_client: Client, event: Event) -> None:
    assert send(staff_client, event, phone="+86 137 0000 0007", name="新来的小李").status_code == 200
    person = User.objects.get(phone="13700000007")
    assert (person.name, person.phone_verified) == ("新来的小李", False)
    send(staff_client, event, phone="13700000007", name="小李")
    assert event.sign_ins.count() == 1
    closing.close(event, event.organiser, timezone.now())
    assert Attendance.objects.get().person_name == "新来的小李"


@pytest.mark.parametrize(
    "said", [{"phone": "1370000", "name": "小李"}, {"phone": "13700000007", "name": ""}, {"user": 10**9}]
)
def test_who_cannot_be_signed_in_is_named_where_it_stays(
    staff_client: Client, event: Event, said: dict[str, Any]
) -> None:
    answer = send(staff_client, event, **said)
    assert answer.status_code == 409
    assert answer.json()["message"]
    assert not User.objects.filter(phone="13700000007").exists()
    refused = Statement.objects.get(verb=Verb.REFUSED)
    assert refused.object_key == event.key
    assert answer.json()["message"] in staff_client.get(url(event, "desk")).content.decode()


def test_an_account_is_not_left_behind_by_what_is_refused(staff_client: Client) -> None:
    event = EventFactory(begins_at=timezone.now() + timedelta(days=2))
    assert send(staff_client, event, phone="13700000007", name="小李").status_code == 409
    assert not User.objects.filter(phone="13700000007").exists()


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b'{"key": 3}', b'{"key": "x"}', b"\xff", b'{"key": null, "user": true}', b"9" * 5000],
)
def test_nonsense_is_refused_in_words(staff_client: Client, event: Event, body: bytes) -> None:
    answer = staff_client.post(url(event, "receive"), body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["message"]
    half = json.dumps({"key": str(uuid4()), "user": 1, "name": "\ud800"})
    assert staff_client.post(url(event, "receive"), half, content_type="application/json").status_code == 400


def test_a_signature_is_kept_small_and_apart(staff_client: Client, event: Event, worker: User) -> None:
    send(staff_client, event, user=worker.pk, signature=drawing())
    sign_in = event.sign_ins.get()
    assert sign_in.how == "signature"
    kept = staff_client.get(url(event, "signature", sign_in.pk))
    picture = Image.open(io.BytesIO(kept.content))
    assert (picture.format, picture.mode) == ("PNG", "L")
    assert picture.width <= 800
    assert sign_in.signature.size < 50_000
    assert "/media/" not in sign_in.signature.path
    assert url(event, "signature", sign_in.pk) in staff_client.get(url(event, "print")).content.decode()


def test_whoever_is_on_the_list_already_may_sign_as_well(
    staff_client: Client, event: Event, worker: User
) -> None:
    signing.sign_in(event, worker, Said(How.CODE), timezone.now())
    send(staff_client, event, user=worker.pk, signature=drawing())
    sign_in = event.sign_ins.get()
    assert sign_in.how == "code"
    assert sign_in.signature


@pytest.mark.parametrize(
    "drawn",
    [
        "data:image/svg+xml;base64,AAAA",
        "data:image/png;base64,%%%",
        "data:image/png;base64,AAAA",
        drawing(kind="GIF"),
    ],
)
def test_what_is_no_signature_is_refused(
    staff_client: Client, event: Event, worker: User, drawn: str
) -> None:
    assert send(staff_client, event, user=worker.pk, signature=drawn).status_code == 409
    assert not event.sign_ins.exists()


def test_an_empty_field_and_a_huge_one_are_no_signatures(
    staff_client: Client, event: Event, worker: User
) -> None:
    empty = base64.b64encode(written(Image.new("RGBA", (800, 400)), "PNG")).decode()
    huge = base64.b64encode(written(Image.new("1", (20_000, 20_000)), "PNG")).decode()
    for drawn in (empty, huge):
        answer = send(staff_client, event, user=worker.pk, signature=f"data:image/png;base64,{drawn}")
        assert answer.status_code == 409
    answer = send(staff_client, event, user=worker.pk, signature="data:image/png;base64," + "A" * 300_000)
    assert answer.status_code == 400


def test_by_keyboard_a_typed_name_stands_for_a_signature(
    staff_client: Client, event: Event, worker: User, staff: User
) -> None:
    send(staff_client, event, user=worker.pk, typed=worker.name)
    sign_in = event.sign_ins.get()
    assert (sign_in.how, sign_in.typed, sign_in.by) == ("signature", worker.name, staff)


def test_signing_out_at_the_door(staff_client: Client, worker: User) -> None:
    event = EventFactory(state="running", signs_out=True)
    assert send(staff_client, event, user=worker.pk, leaves=True).status_code == 409
    send(staff_client, event, user=worker.pk)
    first = send(staff_client, event, user=worker.pk, leaves=True).json()["left"]
    assert send(staff_client, event, user=worker.pk, leaves=True).json()["left"] == first
    assert event.sign_ins.count() == 1


def test_the_desk_finds_people_by_name_and_by_the_end_of_their_number(
    staff_client: Client, event: Event
) -> None:
    person = MembershipFactory(user__name="诸葛小明", user__phone="13912345678").user
    for words in ("诸葛", "5678", "13912345678"):
        assert person.name in staff_client.get(url(event, "found"), {"q": words}).content.decode(), words
    for words in ("139", "", "司马"):
        assert person.name not in staff_client.get(url(event, "found"), {"q": words}).content.decode(), words


def test_the_desk_holds_the_invited_and_the_staff_of_invited_enterprises(
    staff_client: Client, event: Event
) -> None:
    one, other = MembershipFactory(), MembershipFactory()
    Invited.objects.create(event=event, user=one.user, person_name=one.user.name)
    Invited.objects.create(event=event, enterprise=other.enterprise)
    page = staff_client.get(url(event, "desk")).content.decode()
    assert one.user.name in page
    assert other.user.name in page
    assert one.user.phone not in page


def test_workers_see_what_they_are_invited_to(event: Event, worker: User) -> None:
    client, stranger = client_of(worker), client_of(UserFactory())
    address = reverse("events:one", args=[event.pk])
    assert client.get(address).status_code == 404
    Invited.objects.create(event=event, enterprise=worker.memberships.get().enterprise)
    for page in (address, reverse("events:mine"), "/me/"):
        assert event.title in client.get(page).content.decode()
        assert event.title not in stranger.get(page).content.decode()
    file = client.get(reverse("events:ics", args=[event.pk]))
    assert file["Content-Type"].startswith("text/calendar")
    assert stranger.get(reverse("events:ics", args=[event.pk])).status_code == 404
    Event.objects.update(state="cancelled", reason="台风")
    assert "台风" in client.get(address).content.decode()


def test_the_same_person_by_code_and_on_the_list_is_there_once(
    staff_client: Client, event: Event, worker: User
) -> None:
    signing.sign_in(event, worker, Said(How.CODE), timezone.now())
    send(staff_client, event, user=worker.pk)
    send(staff_client, event, phone=worker.phone, name=worker.name)
    assert SignIn.objects.get().how == "code"
