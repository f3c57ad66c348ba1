"""Accounts and enterprises are merged and taken apart in any order: each person is counted once at every step, nobody
works anywhere twice, and once everything is undone all is as it was."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.managing import appoint
from academy.organisations.models import Enterprise, EnterpriseManager, JoinRequest, Membership
from academy.records.attending import attend
from academy.records.completing import complete
from academy.records.merging import AnyMerge, merge_enterprises, merge_people, undo
from academy.records.models import Attendance, Certificate, Completion, TrainingHours
from academy.records.refusals import RefusedError
from academy.reports.loading import load
from tests.factories import EnterpriseFactory, MembershipFactory, PostFactory, StaffFactory, UserFactory

PEOPLE, PLACES = 5, 4
WHO, WHERE = st.integers(0, PEOPLE - 1), st.integers(0, PLACES - 1)
KEPT_ROWS = (User, Enterprise, Membership, EnterpriseManager, JoinRequest)
RECORDS = (Completion, Attendance, Certificate, TrainingHours)


def rows_of(models: Any) -> list[list[dict[str, Any]]]:
    return [list(model.objects.order_by("pk").values()) for model in models]


class Merging(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.by = StaffFactory()
        self.people = [UserFactory() for _ in range(PEOPLE)]
        self.places = [EnterpriseFactory() for _ in range(PLACES)]
        self._settle_in()
        self.before, self.records = rows_of(KEPT_ROWS), rows_of(RECORDS)
        self.work = self._pairs(Membership)
        self.keep = self._pairs(EnterpriseManager)
        self.standing: list[AnyMerge] = []

    def teardown(self) -> None:
        """Whatever was done, undone from the last to the first: exactly what was there before."""
        for made in reversed(self.standing):
            undo(made, self.by)
        assert rows_of(KEPT_ROWS) == self.before
        assert rows_of(RECORDS) == self.records
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def _settle_in(self) -> None:
        """Somebody in two places, two in one, one in none; managers, requests, and records of all but the last."""
        for who, where in ((0, 0), (0, 1), (1, 0), (2, 0), (2, 2), (3, 3)):
            MembershipFactory(user=self.people[who], enterprise=self.places[where])
        for who, where in ((0, 0), (1, 0), (1, 3)):
            appoint(self.people[who], self.places[where], self.by)
        for who, where in ((0, 3), (1, 3), (3, 0), (4, 1)):
            JoinRequest.objects.create(
                user=self.people[who], enterprise=self.places[where], post=PostFactory()
            )
        for n, user in enumerate(self.people[:-1]):
            complete(
                user,
                course_key="course:1",
                course_title="留样",
                edition=1,
                hours=Decimal(1),
                validity_months=12 * n,
            )
        for user in self.people[1:3]:
            attend(
                user,
                event_key="event:1",
                event_title="约谈",
                kind="talk",
                hours=Decimal(1),
                at=timezone.now(),
            )

    def _pairs(self, model: Any) -> set[tuple[int, int]]:
        return set(model.objects.current().values_list("user", "enterprise"))

    # ── what staff do ──

    @rule(merged=WHO, kept=WHO, theirs=st.booleans())
    def merge_two_people(self, merged: int, kept: int, theirs: bool) -> None:
        one, other = (User.objects.get(pk=self.people[n].pk) for n in (merged, kept))
        self._try(lambda: merge_people(one, other, by=self.by, reason="同一个人", number_is_theirs=theirs))

    @rule(merged=WHERE, kept=WHERE)
    def merge_two_places(self, merged: int, kept: int) -> None:
        one, other = (Enterprise.objects.get(pk=self.places[n].pk) for n in (merged, kept))
        self._try(lambda: merge_enterprises(one, other, by=self.by, reason="登记了两次"))

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def undo_one(self, data: st.DataObject) -> None:
        """Which one may be refused; then nothing has changed."""
        made, before = data.draw(st.sampled_from(self.standing)), rows_of(KEPT_ROWS)
        try:
            undo(made, self.by)
        except RefusedError:
            assert rows_of(KEPT_ROWS) == before
            assert made != self.standing[-1]
        else:
            self.standing.remove(made)

    def _try(self, act: Callable[[], AnyMerge]) -> None:
        before = rows_of(KEPT_ROWS)
        try:
            made = act()
        except RefusedError:
            assert rows_of(KEPT_ROWS) == before
        else:
            self.standing += [] if made in self.standing else [made]

    # ── what holds ──

    def _now(self, keys: list[int], kind: str) -> dict[int, int]:
        """By what stands: nothing but the pairs that were merged."""
        now = {pk: pk for pk in keys}
        for made in self.standing:
            if type(made).__name__ == kind:
                now[made.merged_id] = made.kept_id
        return {pk: self._end(now, pk) for pk in now}

    @staticmethod
    def _end(now: dict[int, int], pk: int) -> int:
        """What was merged into what was merged later."""
        while now[pk] != pk:
            pk = now[pk]
        return pk

    @property
    def who(self) -> dict[int, int]:
        return self._now([user.pk for user in self.people], "PersonMerge")

    @property
    def where(self) -> dict[int, int]:
        return self._now([place.pk for place in self.places], "EnterpriseMerge")

    @invariant()
    def everybody_is_counted_once(self) -> None:
        who, facts = self.who, load()
        learners = {who[user.pk] for user in self.people[:-1]}
        assert facts.tally()[:2] == (len(learners), PEOPLE + 1)

    @invariant()
    def what_is_current_is_that_of_those_who_are_kept_each_once(self) -> None:
        who, where = self.who, self.where
        for model, pairs in ((Membership, self.work), (EnterpriseManager, self.keep)):
            assert self._pairs(model) == {(who[user], where[place]) for user, place in pairs}

    @invariant()
    def no_record_is_touched(self) -> None:
        assert rows_of(RECORDS) == self.records

    @invariant()
    def nothing_points_to_what_points_on(self) -> None:
        for model, now in ((User, self.who), (Enterprise, self.where)):
            assert not model.objects.filter(merged_into__merged_into__isnull=False).exists()
            for one in model.objects.filter(pk__in=now):
                assert (one.merged_into_id or one.pk) == now[one.pk]

    @invariant()
    def each_account_of_a_person_is_found_from_each(self) -> None:
        who = self.who
        for user in User.objects.filter(pk__in=who):
            same = {pk for pk, kept in who.items() if kept == who[user.pk]}
            assert set(same_person(user).values_list("pk", flat=True)) == same


TestMerging = pytest.mark.django_db(Merging.TestCase)
TestMerging.settings = settings(
    max_examples=40, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
