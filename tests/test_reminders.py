import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from academy.accounts import sms
from academy.accounts.models import User
from academy.accounts.sms import MemoryGateway, SmsError, SmsGateway
from academy.core.workers import minute
from academy.records import reminding
from academy.records.certifying import renew, revoke
from academy.records.completing import complete
from academy.records.models import Certificate, Completion, Reminder, ReminderRun, Statement
from tests.conftest import AtOnce
from tests.factories import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
ISSUED = datetime.fromisoformat("2026-01-10T09:00:00+08:00")
ENDS = date(2027, 1, 9)


@pytest.fixture(autouse=True)
def _empty_outbox() -> Iterator[None]:
    MemoryGateway.outbox.clear()
    yield
    MemoryGateway.outbox.clear()


class Clock:
    """The time that the site believes it is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def at(self, day: date, hour: int = 9) -> None:
        moment = timezone.make_aware(datetime(day.year, day.month, day.day, hour))
        self.monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    def before_the_end(self, days: int, hour: int = 9) -> None:
        self.at(ENDS - timedelta(days=days), hour)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def completed(user: User | None = None, months: int = 12, at: datetime = ISSUED) -> Completion:
    course = {"course_key": "course:7", "course_title": "烧熟煮透", "edition": 1, "hours": Decimal(1)}
    return complete(user or UserFactory(), **course, validity_months=months, completed_at=at)


class Broken(SmsGateway):
    """A gateway that some numbers cannot be reached by."""

    failing: set[str] = set()

    def send(self, phone: str, text: str) -> None:
        if phone in self.failing:
            raise SmsError(phone)
        MemoryGateway().send(phone, text)


@pytest.fixture
def broken(settings: Any) -> Iterator[set[str]]:
    settings.SMS_GATEWAY = "tests.test_reminders.Broken"
    sms._loaded.cache_clear()
    yield Broken.failing
    Broken.failing.clear()
    sms._loaded.cache_clear()


def phones() -> list[str]:
    return [message.phone for message in MemoryGateway.outbox]


def test_sixty_thirty_and_seven_days_before_the_end_and_each_once(
    clock: Clock, mailoutbox: list[Any]
) -> None:
    user = UserFactory(email="chen@example.com")
    completed(user)
    told = []
    for days in range(70, -3, -1):
        clock.before_the_end(days)
        for _twice in range(2):
            before = len(MemoryGateway.outbox)
            reminding.remind()
            told += [days] * (len(MemoryGateway.outbox) - before)
    assert told == [60, 30, 7]
    assert [mail.to for mail in mailoutbox] == [["chen@example.com"]] * 3
    assert "烧熟煮透" in MemoryGateway.outbox[0].text
    assert list(Reminder.objects.order_by("-days").values_list("days", flat=True)) == [60, 30, 7]
    assert Statement.objects.filter(verb="reminded").count() == 3


def test_a_site_that_starts_late_says_the_nearest_only(clock: Clock) -> None:
    completed()
    clock.before_the_end(5)
    reminding.remind()
    assert [reminder.days for reminder in Reminder.objects.all()] == [7]
    assert len(MemoryGateway.outbox) == 1


def test_what_was_renewed_or_revoked_has_no_end_or_a_closed_account_is_left_alone(clock: Clock) -> None:
    renewed, revoked = completed(), completed()
    completed(UserFactory(is_active=False))
    completed(months=0)
    clock.before_the_end(50)
    renew(renewed, 12, occasion="renewal:1")
    revoke(revoked.certificates.get(), StaffFactory(), "替考")
    assert reminding.remind() == 0
    assert not Reminder.objects.exists()


def test_a_short_term_does_not_begin_with_a_reminder(clock: Clock) -> None:
    completed(months=1)
    clock.at(ISSUED.date())
    reminding.remind()
    assert not Reminder.objects.exists()
    end = Certificate.objects.get().expires_on
    assert end
    clock.at(end - timedelta(days=7))
    reminding.remind()
    assert Reminder.objects.get().days == 7


def test_who_cannot_be_reached_holds_up_nobody_and_is_tried_again(
    clock: Clock, broken: set[str], mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    first, second = UserFactory(email="chen@example.com"), UserFactory()
    completed(first)
    completed(second)
    broken.add(str(first.phone))
    clock.before_the_end(60)
    with caplog.at_level(logging.ERROR):
        assert reminding.remind() == 1
    assert first.certificates.get().number in caplog.text
    assert phones() == [second.phone]
    broken.clear()
    clock.before_the_end(59)
    assert reminding.remind() == 2
    assert phones() == [second.phone, first.phone]
    assert len(mailoutbox) == 1


def test_who_has_neither_is_reminded_on_the_site_alone(clock: Clock) -> None:
    completed(UserFactory(phone=None, email=None))
    clock.before_the_end(60)
    assert reminding.remind() == 1
    assert Reminder.objects.get().days == 60


class TestClock:
    def test_once_a_day_at_a_time_when_nobody_sleeps(self, clock: Clock) -> None:
        completed()
        for hour in (0, 8, 20, 23):
            clock.before_the_end(60, hour)
            minute.send(self)
        assert not ReminderRun.objects.exists()
        for hour in (9, 9, 12):
            clock.before_the_end(60, hour)
            minute.send(self)
        assert len(MemoryGateway.outbox) == 1
        assert ReminderRun.objects.count() == 1
        clock.before_the_end(30)
        minute.send(self)
        assert len(MemoryGateway.outbox) == 2

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_several_processes_at_once_send_it_once(self, clock: Clock, at_once: AtOnce) -> None:
        completed()
        clock.before_the_end(60)
        results = at_once(reminding.remind_today.func, 4)
        assert results == [None] * 4
        assert len(MemoryGateway.outbox) == 1
