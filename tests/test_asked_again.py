"""Certificates that end year after year, and excuses that were given by mistake."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.courses.assignments import assigning, daily
from academy.courses.assignments.assigning import excuse, fill, unexcuse
from academy.courses.assignments.reminding import remind
from academy.courses.models import Assignee, Assignment, AssignmentReminder
from academy.records.certifying import renew
from academy.records.models import Completion, Statement, Verb
from academy.records.refusals import RefusedError
from tests.conftest import AtOnce, Commit
from tests.factories import DistrictFactory, MembershipFactory, StaffFactory, UserFactory
from tests.gatherings import client_of, official
from tests.test_assignments import Clock, assigned, learn

pytestmark = pytest.mark.django_db
Intake, Why = Assignment.Intake, Assignee.Why


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def ending(user: User, days: int = 30) -> date:
    """A certificate of a year that ends in so many days; its last day."""
    learn(user, 12, at=timezone.now() - timedelta(days=365 - days))
    return Completion.objects.get(user=user).certificates.get().expires_on


def run(made: Assignment) -> None:
    """What the clock does each day."""
    assigning.take_in(made, Why.NEWCOMER)
    daily._compare_with_records()


class TestEachCertificate:
    def test_asks_once_and_again_when_the_next_one_ends(self, commit: Commit, clock: Clock) -> None:
        user = MembershipFactory().user
        ends = ending(user)
        made = assigned(commit, intake=Intake.RENEWAL, renewal_days=60)
        run(made)
        assert made.assignees.get().due_on == ends
        renew(Completion.objects.get(user=user), 12, occasion="renewal:1")
        run(made)
        assert made.assignees.get().done_at
        next_end = Completion.objects.get(user=user).certificates.order_by("pk").last().expires_on
        for days, rows in ((61, 1), (60, 2), (59, 2), (10, 2)):
            clock.at(next_end - timedelta(days=days))
            run(made)
            assert made.assignees.count() == rows
        now = made.assignees.standing().get()
        assert (now.due_on, now.done_at, now.why) == (next_end, None, Why.RENEWAL)
        former = made.assignees.exclude(pk=now.pk).get()
        assert former.followed_at
        assert former.done_at
        assert Statement.objects.filter(user=user, verb=Verb.ASSIGNED).count() == 2

    def test_whoever_never_renewed_is_not_asked_twice(self, commit: Commit, clock: Clock) -> None:
        user = MembershipFactory().user
        ends = ending(user)
        made = assigned(commit, intake=Intake.RENEWAL, renewal_days=60)
        clock.at(ends + timedelta(days=400))
        run(made)
        assert made.assignees.count() == 1

    def test_an_excuse_holds_for_its_certificate_only(self, commit: Commit, clock: Clock) -> None:
        user = MembershipFactory().user
        ending(user)
        made = assigned(commit, intake=Intake.RENEWAL, renewal_days=60)
        excuse(made.assignees.get(), reason="产假", by=StaffFactory())
        run(made)
        assert made.assignees.count() == 1
        renew(Completion.objects.get(user=user), 12, occasion="renewal:1")
        clock.at(timezone.localdate() + timedelta(days=30 + 365 - 20))
        run(made)
        assert [bool(one.excused_at) for one in made.assignees.order_by("pk")] == [True, False]

    def test_the_reminders_of_the_next_year_are_sent_too(self, commit: Commit, clock: Clock) -> None:
        user = MembershipFactory().user
        ends = ending(user)
        made = assigned(commit, intake=Intake.RENEWAL, renewal_days=60)
        clock.at(ends - timedelta(days=7))
        remind()
        renew(Completion.objects.get(user=user), 12, occasion="renewal:1")
        next_end = Completion.objects.get(user=user).certificates.order_by("pk").last().expires_on
        for days in (30, 7):
            clock.at(next_end - timedelta(days=days))
            run(made)
            remind()
        assert AssignmentReminder.objects.filter(occasion="before-7").count() == 2
        assert Statement.objects.filter(user=user, verb=Verb.REMINDED).count() == 2

    def test_counts_a_person_once_and_shows_what_was_asked_before(self, commit: Commit, clock: Clock) -> None:
        staff, user = StaffFactory(), MembershipFactory().user
        ends = ending(user)
        made = assigned(commit, intake=Intake.RENEWAL, renewal_days=60, made_by=staff)
        renew(Completion.objects.get(user=user), 12, occasion="renewal:1")
        clock.at(ends + timedelta(days=350))
        run(made)
        client = client_of(StaffFactory())
        page = client.get(reverse("assignments:one", args=[made.pk]))
        assert page.context["tally"].persons == 1
        row = made.assignees.standing().get()
        page = client.get(reverse("assignments:person", args=[made.pk, row.pk]))
        assert [one.due_on for one in page.context["earlier"]] == [ends]

    def test_two_accounts_of_one_person_are_asked_once(self, commit: Commit) -> None:
        kept = MembershipFactory().user
        other = UserFactory()
        ending(other)
        made = assigned(commit, intake=Intake.RENEWAL, renewal_days=60)
        MembershipFactory(user=other)
        run(made)
        User.objects.filter(pk=other.pk).update(merged_into=kept)
        run(made)
        assert made.assignees.count() == 1

    def test_an_account_that_was_merged_after_it_was_assigned_is_not_asked_anew(self, commit: Commit) -> None:
        place = MembershipFactory()
        made = assigned(commit, intake=Intake.OPEN)
        kept = MembershipFactory(enterprise=place.enterprise).user
        made.assignees.filter(user=kept).delete()
        User.objects.filter(pk=place.user_id).update(merged_into=kept)
        run(made)
        assert made.assignees.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_take_in_at_once_ask_once(at_once: AtOnce, commit: Commit) -> None:
    user = MembershipFactory().user
    ending(user)
    made = assigned(commit, intake=Intake.RENEWAL, renewal_days=60)
    made.assignees.all().delete()

    def ask() -> int:
        fill.call(made.pk)
        return made.assignees.count()

    assert at_once(ask, 2) == [1, 1]


class TestExcuses:
    def test_is_taken_back_with_a_reason_and_both_stay_in_the_log(self, commit: Commit) -> None:
        staff = StaffFactory()
        MembershipFactory()
        made = assigned(commit)
        row = excuse(made.assignees.get(), reason="产假", by=staff)
        with pytest.raises(RefusedError):
            unexcuse(row, reason=" ", by=staff)
        for _twice in range(2):
            row = unexcuse(row, reason="弄错了人", by=staff)
        assert (row.excused_at, row.excused_by, row.excuse) == (None, None, "")
        assert list(Assignee.objects.open()) == [row]
        excuse(row, reason="又休产假", by=staff)
        said = Statement.objects.filter(user=row.user, verb=Verb.CORRECTED).order_by("at")
        assert [one.evidence.get("excused") or one.evidence["unexcused"] for one in said] == [
            "产假",
            "弄错了人",
            "又休产假",
        ]

    def test_on_its_page(self, commit: Commit) -> None:
        MembershipFactory()
        made = assigned(commit)
        row, client = made.assignees.get(), client_of(StaffFactory())
        client.post(reverse("assignments:person", args=[made.pk, row.pk]), {"reason": "产假"})
        address = reverse("assignments:unexcuse", args=[made.pk, row.pk])
        client.post(address, {"reason": ""})
        assert made.assignees.get().excused_at
        client.post(address, {"reason": "弄错了人"})
        assert made.assignees.get().excused_at is None
        page = client.get(reverse("assignments:person", args=[made.pk, row.pk])).content.decode()
        assert "产假" in page
        assert "弄错了人" in page

    def test_is_not_for_whoever_may_not_assign_or_sees_another_district(self, commit: Commit) -> None:
        MembershipFactory()
        made = assigned(commit)
        row = excuse(made.assignees.get(), reason="产假", by=StaffFactory())
        address = reverse("assignments:unexcuse", args=[made.pk, row.pk])
        for stranger in (UserFactory(), official(DistrictFactory(name="西川区"))):
            assert client_of(stranger).post(address, {"reason": "x"}).status_code in (302, 403, 404)
        assert made.assignees.get().excused_at
