"""Whoever is invited is told once of each thing, by day; additions to minutes; what stands among one's records."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.sms import MemoryGateway
from academy.core.workers import minute
from academy.events import closing, inviting, signing, telling
from academy.events.attended import attended_by
from academy.events.inviting import Choice
from academy.events.models import Event, Invited, Notice
from academy.events.signing import How, Said
from academy.organisations.models import EnterpriseManager
from academy.organisations.scope import scope_of
from tests.conftest import Commit
from tests.factories import EnterpriseFactory, EventFactory, MembershipFactory, StaffFactory, UserFactory
from tests.gatherings import client_of, official, url

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 11, 20, 12))


@pytest.fixture(autouse=True)
def _empty_outbox() -> Iterator[None]:
    MemoryGateway.outbox.clear()
    yield
    MemoryGateway.outbox.clear()


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch, self.now = monkeypatch, NOON
        self.go()

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)
        now = self.now
        self.monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    def tick(self, commit: Commit, **by: float) -> None:
        """So much later, and the minute strikes."""
        self.go(**by)
        with commit():
            minute.send(sender=None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def event(clock: Clock) -> Event:
    begins = NOON + timedelta(days=2)
    made: Event = EventFactory(title="秋季约谈", begins_at=begins, ends_at=begins + timedelta(hours=2))
    return made


def invite(event: Event, what: str = "people") -> None:
    work = inviting.invite_people if what == "people" else inviting.invite_enterprises
    work(event, Choice(), scope_of(event.organiser))


def texts() -> list[Any]:
    return [words for _to, words in MemoryGateway.outbox]


def occasions(event: Event) -> list[str]:
    return list(event.notices.order_by("user", "number").values_list("occasion", flat=True))


def test_an_invitation_reaches_people_once_after_some_minutes(
    event: Event, clock: Clock, commit: Commit
) -> None:
    user = MembershipFactory(user__email="wang@example.org").user
    invite(event)
    clock.tick(commit, minutes=4)
    assert not Notice.objects.exists()
    for _often in range(3):
        clock.tick(commit, minutes=2)
    assert len(texts()) == len(mail.outbox) == 1
    assert "秋季约谈" in texts()[0]
    assert event.place in mail.outbox[0].body
    notice = event.notices.get()
    assert (notice.user, notice.occasion) == (user, "invited")
    assert notice.told_at
    assert notice.texted_at
    assert notice.emailed_at


def test_a_slip_that_is_put_right_at_once_reaches_nobody(event: Event, clock: Clock, commit: Commit) -> None:
    MembershipFactory()
    invite(event)
    clock.tick(commit, minutes=3)
    inviting.uninvite(event, event.invited.get().pk)
    clock.tick(commit, minutes=10)
    assert texts() == []


def test_nobody_is_told_at_night(event: Event, clock: Clock, commit: Commit) -> None:
    MembershipFactory()
    clock.go(hours=9)
    invite(event)
    clock.tick(commit, minutes=30)
    assert texts() == []
    clock.tick(commit, hours=12)
    assert len(texts()) == 1


def test_another_time_the_end_of_an_invitation_and_the_cancellation_are_told(
    event: Event, clock: Clock, commit: Commit
) -> None:
    stays, goes = MembershipFactory().user, MembershipFactory().user
    invite(event)
    clock.tick(commit, minutes=6)
    client = client_of(StaffFactory())
    client.post(url(event, "edit"), _moved(event, hours=3))
    clock.tick(commit, minutes=6)
    inviting.uninvite(event, event.invited.get(user=goes).pk)
    clock.tick(commit, minutes=6)
    closing.cancel(event, "停电")
    for _often in range(2):
        clock.tick(commit, minutes=6)
    by_user = {
        user: list(event.notices.filter(user=user).values_list("occasion", flat=True))
        for user in (stays, goes)
    }
    assert by_user == {
        stays: ["invited", "changed", "cancelled"],
        goes: ["invited", "changed", "uninvited"],
    }
    assert len(texts()) == 6
    assert "停电" in texts()[-1]


def test_whoever_never_heard_of_it_hears_nothing_of_its_end(
    event: Event, clock: Clock, commit: Commit
) -> None:
    MembershipFactory()
    invite(event)
    closing.cancel(event, "停电")
    clock.tick(commit, minutes=10)
    assert texts() == []


def test_a_new_title_is_no_news_and_asked_again_after_all_is(
    event: Event, clock: Clock, commit: Commit
) -> None:
    MembershipFactory()
    invite(event)
    clock.tick(commit, minutes=6)
    client_of(StaffFactory()).post(url(event, "edit"), {**_moved(event, hours=0), "title": "冬季约谈"})
    clock.tick(commit, minutes=6)
    assert occasions(event) == ["invited"]
    inviting.uninvite(event, event.invited.get().pk)
    clock.tick(commit, minutes=6)
    invite(event)
    clock.tick(commit, minutes=6)
    assert occasions(event) == ["invited", "uninvited", "invited"]


def test_of_an_enterprise_those_who_keep_its_list_are_told(
    event: Event, clock: Clock, commit: Commit
) -> None:
    managed, alone = EnterpriseFactory(), EnterpriseFactory()
    MembershipFactory(enterprise=managed)
    manager = UserFactory()
    EnterpriseManager.objects.create(enterprise=managed, user=manager)
    invite(event, "enterprises")
    clock.tick(commit, minutes=6)
    assert event.notices.get().user == manager
    assert list(telling.without_managers(event)) == [alone]
    page = client_of(StaffFactory()).get(url(event, "one"))
    assert (page.context["told"], page.context["without_managers"]) == (1, 1)


def test_a_merged_account_is_told_by_the_number_that_is_kept(
    event: Event, clock: Clock, commit: Commit
) -> None:
    kept, merged = UserFactory(), UserFactory()
    for user in (kept, merged):
        Invited.objects.create(event=event, user=user, person_name=user.name)
    User.objects.filter(pk=merged.pk).update(merged_into=kept, is_active=False)
    telling.soon(event, timezone.now())
    clock.tick(commit, minutes=6)
    assert [to for to, _words in MemoryGateway.outbox] == [kept.phone]


def test_what_failed_is_tried_again_later_and_holds_up_nobody(
    event: Event, clock: Clock, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    MembershipFactory.create_batch(2)
    invite(event)
    send, down = MemoryGateway.send, [True]

    def failing(self: MemoryGateway, phone: str, words: str) -> None:
        if down and phone == event.invited.order_by("pk").first().user.phone:
            raise OSError
        send(self, phone, words)

    monkeypatch.setattr(MemoryGateway, "send", failing)
    clock.tick(commit, minutes=6)
    assert len(texts()) == 1
    down.clear()
    clock.tick(commit, minutes=6)
    assert len(texts()) == 1
    clock.tick(commit, minutes=31)
    assert len(texts()) == 2
    assert event.notices.exclude(told_at=None).count() == 2


def test_on_the_morning_before_whoever_knows_of_it_is_reminded_once(
    event: Event, clock: Clock, commit: Commit
) -> None:
    MembershipFactory()
    invite(event)
    clock.tick(commit, minutes=6)
    # 22:06, 08:36, 09:06 on the day before
    for hours, told in ((10, 1), (10.5, 1), (0.5, 2), (1, 2), (1, 2)):
        clock.tick(commit, hours=hours)
        assert len(texts()) == told
    assert occasions(event) == ["invited", "reminded"]
    assert "秋季约谈" in texts()[1]


def test_whoever_hears_of_it_that_day_is_not_reminded_as_well(
    event: Event, clock: Clock, commit: Commit
) -> None:
    MembershipFactory()
    clock.go(hours=22)
    invite(event)
    for _often in range(4):
        clock.tick(commit, hours=1)
    assert occasions(event) == ["invited"]


def test_what_is_over_is_not_told(event: Event, clock: Clock, commit: Commit) -> None:
    MembershipFactory()
    invite(event)
    clock.tick(commit, days=3)
    assert texts() == []


def test_it_stands_on_the_page_of_whoever_is_invited(event: Event, clock: Clock) -> None:
    user = MembershipFactory().user
    invite(event)
    for address in (reverse("me:home"), reverse("events:mine")):
        assert "秋季约谈" in client_of(user).get(address).content.decode()


class TestMinutes:
    def test_are_added_to_and_what_stands_stays(self, event: Event, clock: Clock) -> None:
        clock.go(days=2, hours=3)
        closing.close(event, event.organiser, timezone.now(), minutes="原来的话")
        staff = official(event.district)
        client = client_of(staff)
        client.post(url(event, "minutes"), {"text": " "})
        client.post(url(event, "minutes"), {"text": "补一句"})
        page = client.get(url(event, "one")).content.decode()
        assert "原来的话" in page
        assert "补一句" in page
        assert staff.name in page
        event.refresh_from_db()
        assert event.minutes == "原来的话"
        assert event.additions.get().by == staff

    def test_not_before_the_list_is_closed_nor_by_strangers(self, event: Event) -> None:
        client_of(official(event.district)).post(url(event, "minutes"), {"text": "补一句"})
        client_of(UserFactory()).post(url(event, "minutes"), {"text": "补一句"})
        Client().post(url(event, "minutes"), {"text": "补一句"})
        assert not event.additions.exists()


def test_what_somebody_was_there_for_stands_among_their_records(
    event: Event, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    kept, merged = MembershipFactory().user, UserFactory()
    clock.go(days=2, hours=1)
    undone = signing.sign_in(event, kept, Said(How.LIST), timezone.now())
    signing.undo(undone, "弄错了", event.organiser, timezone.now())
    signing.sign_in(event, merged, Said(How.LIST), timezone.now())
    clock.go(hours=2)
    closing.close(event, event.organiser, timezone.now())
    User.objects.filter(pk=merged.pk).update(merged_into=kept)
    with django_assert_max_num_queries(2):
        found = attended_by(kept)
    assert [one.event for one in found] == [event]
    assert found[0].attendance.hours == event.hours


def _moved(event: Event, hours: float) -> dict[str, Any]:
    by = timedelta(hours=hours)
    begins, ends = (timezone.localtime(one + by) for one in (event.begins_at, event.ends_at))
    return {
        "kind": event.kind,
        "title": event.title,
        "district": event.district_id,
        "place": event.place,
        "begins_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
        "hours": "2",
    }
