"""Codes that phones without a network send later: claimed once each, and counted only when staff confirm them."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from academy.accounts.models import User
from academy.events import closing, codes, letters, scans, signing
from academy.events.models import Event, Invited, Scan
from academy.events.signing import How, Said
from academy.organisations.models import District
from tests.conftest import AtOnce
from tests.factories import DistrictFactory, EventFactory, MembershipFactory, StaffFactory, UserFactory
from tests.gatherings import client_of, drawing, official, send, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    made: Event = EventFactory(state="running", signs_out=True)
    return made


@pytest.fixture
def worker() -> User:
    user: User = MembershipFactory().user
    return user


def ago(minutes: float) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def late(client: Client, event: Event, code: Any) -> Any:
    """As the phone's outbox does."""
    address = reverse("events:late", args=[event.pk])
    return client.post(address, json.dumps({"code": code}), content_type="application/json")


def decide(client: Client, scan: Scan, there: bool) -> Any:
    return client.post(url(scan.event, "scan", scan.pk), {"there": "1" if there else "0"})


def test_an_hour_later_it_waits_until_staff_confirm_it_with_the_time_of_the_code(
    event: Event, worker: User
) -> None:
    code, client = codes.current(event, ago(29)), client_of(worker)
    for _twice in range(2):
        assert late(client, event, code).json() == {"waits": True}
    assert not event.sign_ins.exists()
    scan, staff = event.scans.get(), client_of(official(event.district))
    desk = staff.get(url(event, "desk")).content.decode()
    assert worker.name in desk
    for _twice in range(2):
        decide(staff, scan, True)
    made = event.sign_ins.get()
    assert (made.user, made.how, made.at, made.claimed_at) == (worker, "code", scan.shown_at, None)
    assert codes.code(event, codes.window(made.at)) == code
    page = client.get(reverse("events:one", args=[event.pk]))
    assert page.context["sign_in"] == made


def test_whoever_was_not_there_is_not_counted(event: Event, worker: User) -> None:
    late(client_of(worker), event, codes.current(event, ago(10)))
    scan, staff = event.scans.get(), client_of(official(event.district))
    decide(staff, scan, False)
    decide(staff, scan, True)
    closing.close(event, event.organiser, timezone.now())
    assert not event.sign_ins.exists()
    late(client_of(worker), event, codes.current(event, ago(11)))
    assert event.scans.undecided().count() == 0


@pytest.mark.parametrize("minutes", [61.5, 600, -1])
def test_what_is_older_than_an_hour_or_was_never_shown_is_refused(
    event: Event, worker: User, minutes: float
) -> None:
    assert late(client_of(worker), event, codes.current(event, ago(minutes))).status_code == 410


def test_codes_of_other_events_and_made_up_ones_are_refused(event: Event, worker: User) -> None:
    other: Event = EventFactory(state="running")
    client = client_of(worker)
    for code in (
        codes.current(other, ago(5)),
        "A" * 12,
        "",
        "十二个字的一串签到代码吗",
        None,
        7,
        ["A"],
        "x" * 5000,
    ):
        assert late(client, event, code).status_code == 410
    address = reverse("events:late", args=[event.pk])
    for body in ("", "[]", "null", "{", '{"code":' + "[" * 5000):
        assert client.post(address, body, content_type="application/json").status_code in (410, 429)
    assert not event.scans.exists()


def test_guesses_are_limited_for_late_codes_too(event: Event, worker: User, settings: Any) -> None:
    settings.EVENT_CODE_LIMITS = {"person": "3/minute", "address": "3/minute"}
    client = client_of(worker)
    found = [late(client, event, "A" * 12).status_code for _one in range(5)]
    assert found == [410, 410, 410, 429, 429]
    assert late(client, event, codes.current(event, ago(1))).status_code == 429


def test_a_stranger_to_the_site_is_asked_to_sign_in(event: Event) -> None:
    assert late(Client(), event, codes.current(event, ago(1))).status_code == 302


def test_without_a_service_worker_the_address_opened_again_does_the_same(event: Event, worker: User) -> None:
    client = Client()
    code = codes.current(event, ago(20))
    to = client.get(reverse("events:scanned", args=[event.pk, code]), follow=True)
    assert "/accounts/login/" in to.redirect_chain[-1][0]
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("events:late", args=[event.pk])
    assert client.get(address).status_code == 200
    client.post(address)
    assert event.scans.get().user == worker
    assert client.post(address).status_code == 410
    assert not event.sign_ins.exists()


def test_whoever_is_on_the_list_needs_no_confirmation(event: Event, worker: User) -> None:
    signing.sign_in(event, worker, Said(How.LIST), timezone.now())
    assert late(client_of(worker), event, codes.current(event, ago(5))).json() == {"waits": False}
    assert not event.scans.exists()


def test_coming_and_leaving_without_a_network(event: Event, worker: User) -> None:
    client, staff = client_of(worker), client_of(official(event.district))
    for minutes in (25, 24, 2, 1):
        late(client, event, codes.current(event, ago(minutes)))
    came, left = event.scans.order_by("leaves")
    assert (came.leaves, left.leaves) == (False, True)
    decide(staff, left, True)
    assert event.scans.undecided().count() == 2
    decide(staff, came, True)
    decide(staff, left, True)
    made = event.sign_ins.get()
    assert (made.at, made.left_at) == (came.shown_at, left.shown_at)


def test_after_the_list_was_closed_it_may_still_be_confirmed_for_seven_days(
    event: Event, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = codes.current(event, ago(5))
    closing.close(event, event.organiser, timezone.now())
    late(client_of(worker), event, code)
    decide(client_of(official(event.district)), event.scans.get(), True)
    made = event.sign_ins.get()
    assert made.attendance
    later = timezone.now() + timedelta(days=8)
    other = MembershipFactory().user
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert late(client_of(other), event, codes.current(event, ago(1))).status_code == 409


def test_nothing_is_claimed_of_a_cancelled_event(event: Event, worker: User) -> None:
    closing.cancel(event, "停电")
    assert late(client_of(worker), event, codes.current(event, ago(1))).status_code == 409


def test_only_whoever_runs_the_event_confirms(event: Event, worker: User) -> None:
    late(client_of(worker), event, codes.current(event, ago(1)))
    elsewhere: District = DistrictFactory(name="西川区")
    for stranger in (worker, UserFactory(), official(elsewhere), official(None)):
        assert decide(client_of(stranger), event.scans.get(), True).status_code in (302, 403, 404)
    other = EventFactory(state="running", district=event.district)
    client = client_of(official(event.district))
    assert client.post(url(other, "scan", event.scans.get().pk), {"there": "1"}).status_code == 404
    assert not event.sign_ins.exists()


def test_two_accounts_of_one_person_claim_once(event: Event, worker: User) -> None:
    other = UserFactory()
    late(client_of(other), event, codes.current(event, ago(5)))
    User.objects.filter(pk=other.pk).update(merged_into=worker)
    late(client_of(worker), event, codes.current(event, ago(4)))
    assert event.scans.count() == 1
    scans.confirm(event.scans.get(), event.organiser, timezone.now())
    assert event.sign_ins.get().user == worker
    assert late(client_of(worker), event, codes.current(event, ago(3))).json() == {"waits": False}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_tabs_at_once_claim_once(at_once: AtOnce, event: Event, worker: User) -> None:
    def one() -> int:
        scans.claim(event, worker, ago(5), timezone.now())
        return event.scans.count()

    assert at_once(one, 4) == [1] * 4


@given(back=st.integers(0, 400))
def test_a_code_says_when_it_was_shown_whatever_the_phones_clock_says(back: int) -> None:
    event, now = Event(pk=7), datetime(2026, 11, 26, 3, 0, 7, tzinfo=timezone.get_default_timezone())
    shown = now - timedelta(seconds=15 * back)
    found = codes.shown_at(event, codes.current(event, shown), now)
    if back > 240:
        assert found is None
    else:
        assert found is not None
        assert timedelta(0) <= shown - found < timedelta(seconds=15)


class TestSigningAfterwards:
    def test_whoever_came_by_code_and_stands_on_no_list_signs_at_the_door(self, event: Event) -> None:
        there = MembershipFactory(enterprise__district=DistrictFactory(name="西川区")).user
        signing.sign_in(event, there, Said(How.CODE), timezone.now())
        client = client_of(official(event.district))
        page = client.get(url(event, "desk")).content.decode()
        assert "data-signs" in page.split('id="others"')[1]
        assert send(client, event, user=there.pk, signature=drawing()).status_code == 200
        made = event.sign_ins.get()
        assert made.signature
        assert made.how == "code"
        assert "data-signed" in client.get(url(event, "desk")).content.decode()

    def test_a_typed_name_is_kept_too_and_the_first_stands(self, event: Event, worker: User) -> None:
        signing.sign_in(event, worker, Said(How.CODE), timezone.now())
        client = client_of(official(event.district))
        for name in ("王师傅", "李师傅"):
            send(client, event, user=worker.pk, typed=name)
        assert event.sign_ins.get().typed == "王师傅"

    def test_whoever_is_neither_listed_nor_there_is_not_found_by_number(self, event: Event) -> None:
        other = MembershipFactory(enterprise__district=DistrictFactory(name="西川区")).user
        client = client_of(official(event.district))
        assert send(client, event, user=other.pk, signature=drawing()).status_code == 409


class TestMergedAccounts:
    def test_what_waited_for_a_merged_account_is_the_kept_ones(self, event: Event, worker: User) -> None:
        other = UserFactory()
        Invited.objects.create(event=event, user=other, person_name=other.name)
        User.objects.filter(pk=other.pk).update(merged_into=worker, is_active=False)
        client = client_of(official(event.district))
        assert send(client, event, user=other.pk).status_code == 200
        assert event.sign_ins.get().user == worker
        assert send(client, event, user=other.pk, leaves=True).status_code == 200
        assert event.sign_ins.get().left_at

    def test_signed_in_before_the_merge_is_not_signed_in_again_after_it(
        self, event: Event, worker: User
    ) -> None:
        other = UserFactory()
        signing.sign_in(event, other, Said(How.CODE), timezone.now())
        User.objects.filter(pk=other.pk).update(merged_into=worker, is_active=False)
        signing.sign_in(event, worker, Said(How.LIST), timezone.now())
        assert event.sign_ins.count() == 1
        assert Event.objects.of(worker).get() == event


class TestTimes:
    def test_an_event_over_midnight_counts_on_the_day_of_each_sign_in(self, worker: User) -> None:
        begins = timezone.make_aware(datetime(2026, 11, 20, 22))
        event = EventFactory(begins_at=begins, ends_at=begins + timedelta(hours=4), state="running")
        late_comer = MembershipFactory().user
        signing.sign_in(event, worker, Said(How.CODE), begins + timedelta(minutes=1))
        signing.sign_in(event, late_comer, Said(How.LIST), begins + timedelta(hours=2, minutes=30))
        closing.close(event, event.organiser, begins + timedelta(hours=5))
        days = [one.attendance.attended_on.day for one in event.sign_ins.order_by("pk")]
        assert days == [20, 21]

    def test_an_event_with_people_on_its_list_is_not_moved_away_from_them(
        self, event: Event, worker: User
    ) -> None:
        signing.sign_in(event, worker, Said(How.LIST), timezone.now())
        client = client_of(official(event.district))
        page = client.post(url(event, "edit"), _planned(event, timedelta(days=3)))
        assert page.status_code == 422
        assert "begins_at" in page.context["form"].errors
        assert client.post(url(event, "edit"), _planned(event, timedelta(minutes=-5))).status_code == 302

    def test_one_that_is_moved_to_another_day_is_planned_again(self, event: Event) -> None:
        client = client_of(official(event.district))
        client.post(url(event, "edit"), _planned(event, timedelta(days=3)))
        event.refresh_from_db()
        assert (event.state, event.moved) == ("planned", 1)

    def test_who_is_on_two_lists_at_once_is_named_before_the_list_is_closed(
        self, event: Event, worker: User
    ) -> None:
        other = EventFactory(state="running", title="同时的约谈")
        for one in (event, other):
            signing.sign_in(one, worker, Said(How.LIST), timezone.now())
        page = client_of(StaffFactory()).get(url(event, "close")).content.decode()
        assert "同时的约谈" in page


def _planned(event: Event, by: timedelta) -> dict[str, Any]:
    begins, ends = (timezone.localtime(one + by) for one in (event.begins_at, event.ends_at))
    return {
        "kind": event.kind,
        "title": event.title,
        "district": event.district_id,
        "place": event.place,
        "begins_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
        "hours": "2",
        "signs_out": "on" if event.signs_out else "",
    }


@pytest.mark.parametrize("skew", [-5, 0, 5, 600])
def test_a_device_whose_clock_is_wrong_says_how_long_it_waited(event: Event, worker: User, skew: int) -> None:
    """Written down twelve minutes ago, by a clock that is so many minutes ahead."""
    Invited.objects.create(event=event, user=worker, person_name=worker.name)
    said = {"key": str(uuid4()), "user": worker.pk, "at": ago(12 - skew).isoformat()}
    client, body = client_of(official(event.district)), json.dumps(said)
    client.post(url(event, "receive"), body, content_type="application/json", headers={"X-Waited": "720"})
    made = event.sign_ins.get()
    assert made.claimed_at is None
    assert timedelta(minutes=11, seconds=59) < made.stored_at - made.at < timedelta(minutes=12, seconds=1)


@pytest.mark.parametrize("waited", ["-300", "", "x", "9999999", "１２"])
def test_a_clock_that_was_put_right_in_between_is_taken_as_it_is(
    event: Event, worker: User, waited: str
) -> None:
    said = letters.Letter(uuid4(), ago(5), worker.pk, "", "", "", "", False)
    found = letters.by_waiting(said, waited, timezone.now())
    assert found == said
