"""Who has to do what, what counts as done, who comes later, and who is reminded when."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from academy.accounts.models import User
from academy.accounts.sms import MemoryGateway
from academy.core.workers import minute
from academy.courses.assignments import assigning, daily, reminding
from academy.courses.assignments.assigning import cancel, excuse, fill, make
from academy.courses.assignments.counting import STATES, by, states, total
from academy.courses.assignments.proving import Proof, follow
from academy.courses.assignments.rules import Rule
from academy.courses.models import Assignee, Assignment, AssignmentReminder
from academy.organisations.joining import join, leave, move
from academy.organisations.models import Membership
from academy.records.certifying import renew, revoke
from academy.records.completing import complete
from academy.records.merging import merge_people, undo
from academy.records.models import Certificate, Completion, Statement, Verb
from academy.records.refusals import RefusedError
from tests.conftest import AtOnce, Commit
from tests.factories import (
    BusinessTypeFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
    make_assignment,
)

pytestmark = pytest.mark.django_db
Intake, Why = Assignment.Intake, Assignee.Why


@pytest.fixture(autouse=True)
def _empty_outbox() -> Iterator[None]:
    MemoryGateway.outbox.clear()
    yield
    MemoryGateway.outbox.clear()


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def at(self, day: date, hour: int = 10) -> None:
        moment = timezone.make_aware(datetime(day.year, day.month, day.day, hour))
        self.monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def assigned(commit: Commit, **fields: Any) -> Assignment:
    with commit():
        made = make_assignment(fields.pop("made_by", None) or StaffFactory(), **fields)
    made.refresh_from_db()
    return made


def learn(user: User, months: int | None = None, edition: int = 1, at: datetime | None = None) -> Completion:
    course = {"course_key": "course:7", "course_title": "烧熟煮透", "edition": edition, "hours": Decimal(1)}
    return complete(user, **course, validity_months=months, completed_at=at)


def row_of(user: User) -> Assignee:
    return Assignee.objects.get(user=user)


class TestWhom:
    def test_by_district_with_its_parts_type_post_and_risk(self, commit: Commit) -> None:
        east, west = DistrictFactory(name="东关区"), DistrictFactory(name="西川区")
        street = DistrictFactory(name="东门街道", parent=east)
        canteen = BusinessTypeFactory(name="学校食堂")
        there = EnterpriseFactory(district=street, business_type=canteen, risk_level="C")
        fits = MembershipFactory(enterprise=there, post=PostFactory(name="厨师"))
        MembershipFactory(enterprise=there, post=PostFactory(name="服务员"))
        MembershipFactory(enterprise=EnterpriseFactory(district=street, risk_level="C"), post=fits.post)
        MembershipFactory(
            enterprise=EnterpriseFactory(district=street, business_type=canteen), post=fits.post
        )
        MembershipFactory(enterprise=EnterpriseFactory(district=west, business_type=canteen, risk_level="C"))
        left = MembershipFactory(enterprise=there, post=fits.post)
        Membership.objects.filter(pk=left.pk).update(left_at=timezone.now())
        chosen = {"district": east, "business_types": [canteen], "posts": [fits.post], "risk_levels": "CD"}
        made = assigned(commit, **chosen)
        row = made.assignees.get()
        assert (row.user, row.why, row.district_name) == (fits.user, Why.CHOSEN, "东关区")
        assert made.ready_at
        assert Statement.objects.get(verb=Verb.ASSIGNED, user=fits.user).object_key == made.name

    def test_who_works_in_two_places_or_has_two_accounts_is_one_person(self, commit: Commit) -> None:
        user = UserFactory()
        MembershipFactory(user=user)
        MembershipFactory(user=user)
        MembershipFactory(user=UserFactory(merged_into=user, is_active=False))
        made = assigned(commit)
        assert made.assignees.get().user == user

    def test_a_list_and_enterprises_by_name(self, commit: Commit) -> None:
        first, second = MembershipFactory(), MembershipFactory()
        MembershipFactory(enterprise=first.enterprise)
        assert assigned(commit, listed=[first.user_id]).assignees.get().user == first.user
        assert assigned(commit, enterprises=[second.enterprise]).assignees.get().user == second.user

    def test_filled_again_only_whoever_is_missing_is_added(self, commit: Commit) -> None:
        for _n in range(3):
            MembershipFactory()
        made = assigned(commit)
        Assignee.objects.filter(pk=made.assignees.latest("pk").pk)._raw_delete("default")
        fill.func(made.pk)
        fill.func(made.pk)
        assert made.assignees.count() == 3
        assert Statement.objects.filter(verb=Verb.ASSIGNED).count() == 3

    def test_made_twice_under_one_key_it_is_made_once(self, commit: Commit) -> None:
        MembershipFactory()
        key, by = uuid4(), StaffFactory()
        fields = {
            "kind": "course", "object_key": "course:7", "title": "烧熟煮透", "edition": "1",
            "due_on": timezone.localdate(), "business_types": (), "posts": (), "enterprises": (),
        }  # fmt: skip
        with commit():
            assert make(key, by, fields) == make(key, by, fields)
        assert Assignee.objects.count() == 1

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_several_workers_at_once_assign_each_person_once(self, at_once: AtOnce) -> None:
        for _n in range(5):
            MembershipFactory()
        made = Assignment.objects.create(
            key=uuid4(), kind="course", object_key="course:7", title="烧熟煮透", edition="1",
            due_on=timezone.localdate(), made_by=StaffFactory(),
        )  # fmt: skip
        assert at_once(lambda: fill.func(made.pk), 4) == [None] * 4
        assert at_once(Assignee.objects.count, 1) == [5]
        assert at_once(Statement.objects.filter(verb=Verb.ASSIGNED).count, 1) == [5]

    def test_what_is_cancelled_before_it_is_filled_reaches_nobody(self, commit: Commit) -> None:
        MembershipFactory()
        with commit():
            made = make_assignment(StaffFactory())
            cancel(made, reason="弄错了", by=made.made_by)
        assert not Assignee.objects.exists()


class TestDone:
    """The rules of `proving`, one by one."""

    @pytest.fixture
    def worker(self) -> User:
        user: User = MembershipFactory().user
        return user

    def test_a_completion_since_then_whether_or_not_it_gives_a_certificate(
        self, commit: Commit, worker: User
    ) -> None:
        other: User = MembershipFactory().user
        assigned(commit)
        learn(worker)
        learn(other, months=1)
        assert row_of(worker).done_at
        assert row_of(other).done_at

    def test_a_certificate_that_is_valid_on_the_last_day(self, commit: Commit, worker: User) -> None:
        shorter: User = MembershipFactory().user
        long_ago = timezone.now() - timedelta(days=330)
        learn(worker, months=24, at=long_ago)
        learn(shorter, months=11, at=long_ago)
        assigned(commit)
        assert row_of(worker).done_at == long_ago
        assert row_of(shorter).done_at is None
        renew(Completion.objects.get(user=shorter), 12, occasion="renewal:1")
        assert row_of(shorter).done_at

    def test_what_was_revoked_is_not_done(self, commit: Commit, worker: User) -> None:
        assigned(commit)
        learn(worker, months=24)
        revoke(Certificate.objects.get(), StaffFactory(), "替考")
        assert row_of(worker).done_at is None

    def test_without_certificates_the_edition_that_was_assigned_or_a_later_one(
        self, commit: Commit, worker: User
    ) -> None:
        older: User = MembershipFactory().user
        long_ago = timezone.now() - timedelta(days=900)
        learn(worker, edition=3, at=long_ago)
        learn(older, edition=1, at=long_ago)
        assigned(commit, edition="2")
        assert row_of(worker).done_at
        assert row_of(older).done_at is None

    def test_records_of_an_account_that_turned_out_to_be_the_same_person(
        self, commit: Commit, worker: User
    ) -> None:
        assigned(commit)
        learn(UserFactory(merged_into=worker))
        assert row_of(worker).done_at

    def test_who_is_merged_after_being_assigned(self, commit: Commit, worker: User) -> None:
        assigned(commit)
        head = UserFactory()
        learn(head)
        User.objects.filter(pk=worker.pk).update(merged_into=head)
        follow(Assignee.objects.all())
        assert row_of(worker).done_at

    def test_who_was_assigned_under_two_accounts_counts_once_while_they_are_one(
        self, commit: Commit, worker: User
    ) -> None:
        other = MembershipFactory().user
        made = assigned(commit)
        assert made.assignees.standing().count() == 2
        merge = merge_people(other, worker, by=made.made_by, reason="同一个人")
        assert made.assignees.standing().get().user == worker
        other.refresh_from_db()
        learn(other)
        assert row_of(worker).done_at
        undo(merge, made.made_by)
        assert made.assignees.standing().count() == 2

    def test_another_course_is_another_course(self, commit: Commit, worker: User) -> None:
        assigned(commit, object_key="course:77")
        learn(worker)
        assert row_of(worker).done_at is None

    @given(began=st.integers(-3, 3), until=st.none() | st.integers(-3, 3), edition=st.integers(1, 3))
    def test_what_counts_never_depends_on_anything_but_the_record(
        self, began: int, until: int | None, edition: int
    ) -> None:
        """A record since then always counts; one from before only by its term, or by its edition where it has none."""
        day, now = date(2026, 6, 1), datetime(2026, 6, 1, 12, tzinfo=timezone.get_default_timezone())
        row = Assignee(
            assignment=Assignment(kind="course", edition="2"), assigned_at=now, due_on=day, holds_until=day
        )
        ends = None if until is None else day + timedelta(days=until)
        proof = Proof(1, "course:7", now + timedelta(days=began), str(edition), ends)
        held = edition >= 2 if until is None else until >= 0
        assert proof.counts(row) == (began >= 0 or held)


class TestLater:
    def test_whoever_joins_later_is_assigned_and_has_days_of_their_own(self, commit: Commit) -> None:
        east = DistrictFactory(name="东关区")
        cook = PostFactory(name="厨师")
        made = assigned(
            commit,
            district=east,
            posts=[cook],
            intake=Intake.OPEN,
            grace_days=14,
            due_on=timezone.localdate(),
        )
        newcomer: User = MembershipFactory(enterprise=EnterpriseFactory(district=east), post=cook).user
        MembershipFactory(enterprise=EnterpriseFactory(district=DistrictFactory(name="西川区")), post=cook)
        MembershipFactory(enterprise=EnterpriseFactory(district=east), post=PostFactory(name="服务员"))
        row = made.assignees.get()
        assert (row.user, row.why) == (newcomer, Why.NEWCOMER)
        assert row.due_on == timezone.localdate() + timedelta(days=14)

    @pytest.mark.parametrize("ending", ["once", "closed", "cancelled"])
    def test_nobody_comes_later_where_it_is_not_open(self, commit: Commit, ending: str) -> None:
        made = assigned(commit, intake=Intake.ONCE if ending == "once" else Intake.OPEN)
        if ending == "closed":
            assigning.close(made)
        if ending == "cancelled":
            cancel(made, reason="弄错了", by=made.made_by)
        MembershipFactory()
        daily.do_the_day.func()
        assert not made.assignees.exists()

    def test_the_clock_finds_whoever_came_without_a_signal(self, commit: Commit, clock: Clock) -> None:
        made = assigned(commit, intake=Intake.OPEN)
        place = MembershipFactory.build(
            user=UserFactory(), enterprise=EnterpriseFactory(), post=PostFactory()
        )
        Membership.objects.bulk_create([place])
        clock.at(timezone.localdate() + timedelta(days=1))
        minute.send(self)
        assert made.assignees.get().why == Why.NEWCOMER

    def test_the_rule_for_one_place_is_the_rule_for_all(self, commit: Commit) -> None:
        """Whom a signal takes in is whom the whole rule finds."""
        east = DistrictFactory(name="东关区")
        street = DistrictFactory(name="东门街道", parent=east)
        types = [BusinessTypeFactory(name=name) for name in ("学校食堂", "社会餐饮")]
        posts = [PostFactory(name=name) for name in ("厨师", "服务员")]
        rules: list[dict[str, Any]] = [
            {}, {"district": east}, {"district": street}, {"business_types": types[:1]}, {"posts": posts[1:]},
            {"risk_levels": "CD"}, {"district": east, "business_types": types, "posts": posts[:1], "risk_levels": "A"},
        ]  # fmt: skip
        made = [assigned(commit, **rule, intake=Intake.OPEN) for rule in rules]
        for district in (east, street, DistrictFactory(name="西川区")):
            for risk in ("", "A", "C"):
                for kind, post in zip(types, posts, strict=True):
                    place = EnterpriseFactory(district=district, business_type=kind, risk_level=risk)
                    MembershipFactory(enterprise=place, post=post)
        for one in made:
            people = set(Rule.of(one).places().values_list("user", flat=True))
            assert set(one.assignees.values_list("user", flat=True)) == people

    def test_whose_certificate_ends_soon_is_asked_to_renew_it_by_its_end(
        self, commit: Commit, clock: Clock
    ) -> None:
        soon: User = MembershipFactory().user
        later: User = MembershipFactory().user
        learn(soon, months=1)
        learn(later, months=12)
        made = assigned(commit, intake=Intake.RENEWAL, renewal_days=40)
        row = made.assignees.get()
        assert (row.user, row.why, row.done_at) == (soon, Why.RENEWAL, None)
        assert row.due_on == Certificate.objects.get(user=soon).expires_on
        renew(Completion.objects.get(user=soon), 12, occasion="renewal:1")
        assert row_of(soon).done_at
        clock.at(timezone.localdate() + timedelta(days=330))
        minute.send(self)
        assert set(made.assignees.values_list("user", flat=True)) == {soon.pk, later.pk}


class TestMoving:
    def test_what_is_open_goes_along_and_what_is_done_stays(self, commit: Commit) -> None:
        old, new = EnterpriseFactory(), EnterpriseFactory(district=DistrictFactory(name="西川区"))
        doing: User = MembershipFactory(enterprise=old).user
        done: User = MembershipFactory(enterprise=old).user
        assigned(commit)
        learn(done)
        for user in (doing, done):
            move(user, new, PostFactory())
        assert (row_of(doing).enterprise_key, row_of(doing).district_name) == (new.pk, "西川区")
        assert row_of(done).enterprise_key == old.pk

    def test_who_works_nowhere_is_not_late_and_not_reminded(self, commit: Commit, clock: Clock) -> None:
        place = MembershipFactory()
        made = assigned(commit)
        leave(place.user, place.enterprise)
        clock.at(made.due_on + timedelta(days=1))
        minute.send(self)
        assert row_of(place.user).left_on == made.due_on + timedelta(days=1)
        assert total(by(Assignee.objects.all(), timezone.localdate(), "district_name")).left == 1
        assert MemoryGateway.outbox == []
        join(place.user, place.enterprise, place.post)
        assert row_of(place.user).left_on is None


class TestEnding:
    def test_excused_with_a_reason_once(self, commit: Commit) -> None:
        user, by = MembershipFactory().user, StaffFactory()
        assigned(commit)
        with pytest.raises(RefusedError):
            excuse(row_of(user), reason="  ", by=by)
        for reason in ("产假", "又说一遍"):
            excuse(row_of(user), reason=reason, by=by)
        assert row_of(user).excuse == "产假"
        assert Statement.objects.get(verb=Verb.CORRECTED).evidence == {"excused": "产假", "by": by.pk}

    def test_everybody_is_in_one_state(self, commit: Commit) -> None:
        people = [MembershipFactory().user for _n in range(5)]
        made = assigned(commit)
        learn(people[0])
        excuse(row_of(people[1]), reason="产假", by=made.made_by)
        Assignee.objects.filter(user=people[2]).update(left_on=timezone.localdate())
        Assignee.objects.filter(user=people[3]).update(due_on=timezone.localdate() - timedelta(days=1))
        counted = total(by(made.assignees.all(), timezone.localdate(), "district_name"))
        assert counted == (5, 1, 1, 1, 1, 1)
        for condition in states(timezone.localdate()).values():
            assert made.assignees.filter(condition).count() == 1
        assert list(STATES) == list(states(timezone.localdate()))
        assert counted.percent == 33


class TestReminders:
    def told_on(self, made: Assignment, clock: Clock, days: range) -> list[int]:
        told = []
        for day in days:
            clock.at(made.due_on + timedelta(days=day))
            for _twice in range(2):
                before = len(MemoryGateway.outbox)
                reminding.remind()
                told += [day] * (len(MemoryGateway.outbox) - before)
        return told

    def test_before_it_is_due_then_weekly_and_four_times_at_most(
        self, commit: Commit, clock: Clock, mailoutbox: list[Any]
    ) -> None:
        MembershipFactory(user=UserFactory(email="chen@example.com"))
        made = assigned(commit)
        assert self.told_on(made, clock, range(-20, 60)) == [-7, -3, -1, 1, 8, 15, 22]
        assert len(mailoutbox) == 7
        assert "烧熟煮透" in MemoryGateway.outbox[0].text
        assert Statement.objects.filter(verb=Verb.REMINDED).count() == 7

    def test_what_was_known_on_the_day_is_no_reminder(self, commit: Commit, clock: Clock) -> None:
        MembershipFactory()
        made = assigned(commit, due_on=timezone.localdate() + timedelta(days=2))
        assert self.told_on(made, clock, range(-2, 1)) == [-1]

    def test_who_has_done_it_is_excused_or_gone_hears_nothing(self, commit: Commit, clock: Clock) -> None:
        done, excused, closed = (MembershipFactory().user for _n in range(3))
        made = assigned(commit)
        learn(done)
        excuse(row_of(excused), reason="产假", by=made.made_by)
        User.objects.filter(pk=closed.pk).update(is_active=False)
        assert self.told_on(made, clock, range(-8, 30)) == []
        other = assigned(commit, due_on=made.due_on + timedelta(days=100))
        cancel(other, reason="弄错了", by=made.made_by)
        assert self.told_on(other, clock, range(-8, 30)) == []

    def test_a_record_that_came_without_a_signal_is_seen_before_anybody_is_told(
        self, commit: Commit, clock: Clock
    ) -> None:
        user: User = MembershipFactory().user
        made = assigned(commit)
        learn(user)
        Assignee.objects.update(done_at=None)
        assert self.told_on(made, clock, range(-8, 1)) == []
        assert row_of(user).done_at

    def test_nobody_is_told_at_night(self, commit: Commit, clock: Clock) -> None:
        MembershipFactory()
        made = assigned(commit)
        for hour in (0, 8, 20, 23):
            clock.at(made.due_on, hour)
            minute.send(self)
            assert reminding.remind() == 0
        assert MemoryGateway.outbox == []
        for _twice in range(2):
            clock.at(made.due_on, 9)
            minute.send(self)
        assert len(MemoryGateway.outbox) == 1

    def test_who_cannot_be_reached_holds_up_nobody(
        self, commit: Commit, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        first, second = (MembershipFactory().user for _n in range(2))
        made = assigned(commit)
        clock.at(made.due_on)
        send = MemoryGateway.send

        def fails(gateway: MemoryGateway, phone: str, text: str) -> None:
            if phone == first.phone:
                raise OSError(phone)
            send(gateway, phone, text)

        with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
            patched.setattr(MemoryGateway, "send", fails)
            assert reminding.remind() == 1
        assert made.name in caplog.text
        assert reminding.remind() == 2
        assert [message.phone for message in MemoryGateway.outbox] == [second.phone, first.phone]

    def test_staff_remind_whoever_is_late_at_most_once_a_day(self, commit: Commit, clock: Clock) -> None:
        MembershipFactory()
        learned: User = MembershipFactory().user
        made = assigned(commit)
        learn(learned)
        clock.at(made.due_on + timedelta(days=40))
        for _twice in range(2):
            reminding.remind_late.func(made.pk, made.made_by_id)
        assert len(MemoryGateway.outbox) == 1
        clock.at(made.due_on + timedelta(days=41))
        reminding.remind_late.func(made.pk, made.made_by_id)
        assert len(MemoryGateway.outbox) == 2
        assert AssignmentReminder.objects.count() == 2


def test_a_fill_that_was_lost_is_given_again(commit: Commit, clock: Clock) -> None:
    MembershipFactory()
    made = make_assignment(StaffFactory())
    assert not Assignee.objects.exists()
    clock.at(timezone.localdate() + timedelta(days=1))
    minute.send(None)
    assert made.assignees.count() == 1


def test_the_command_puts_right_what_differs_and_then_finds_nothing(commit: Commit) -> None:
    user: User = MembershipFactory().user
    assigned(commit)
    learn(user)
    Assignee.objects.update(done_at=None)
    for changed in (1, 0):
        said = StringIO()
        call_command("assignments", stdout=said)
        assert said.getvalue() == f"1 compared, {changed} put right\n"
