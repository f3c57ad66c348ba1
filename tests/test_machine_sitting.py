"""Whatever a phone sends, in whatever order and however often: one sheet, at most so many attempts, marked once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from academy.exams import sitting
from academy.exams.closing import GRACE, close_all_expired
from academy.exams.marking import mark
from academy.exams.models import Attempt, SavedAnswer
from academy.records.refusals import RefusedError
from tests.factories import PaperFactory, QuestionFactory, UserFactory

ALLOWED, MINUTES, PURPOSE = 3, 10, "course:1:1"


@dataclass(frozen=True)
class Sent:
    """An answer as the phone keeps it until it is delivered."""

    attempt: int
    question: str
    chosen: tuple[str, ...]
    key: UUID
    sequence: int


class Sitting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now: datetime = timezone.now()
        self.user = UserFactory()
        self.paper = PaperFactory(
            minutes=MINUTES,
            attempts_allowed=ALLOWED,
            pass_mark=60,
            questions=[QuestionFactory(), QuestionFactory(kind="multiple", right=[0, 2]), QuestionFactory()],
        )
        self.outbox: list[Sent] = []
        self.accepted: dict[int, list[Sent]] = {}
        self.closed: dict[int, tuple[Any, ...]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def attempts(self) -> list[Attempt]:
        return list(Attempt.objects.of(self.user, PURPOSE))

    # ── what people and phones do ──

    @initialize()
    def begin(self) -> None:
        self.start(None)

    @rule(nth=st.none() | st.integers(0, 5))
    def start(self, nth: int | None) -> None:
        try:
            sitting.start(self.user, self.paper, PURPOSE, self.now, nth)
        except RefusedError:
            assert not Attempt.objects.of(self.user, PURPOSE).open().exists()

    @rule(seconds=st.integers(0, 400))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.attempts())
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        attempt = data.draw(st.sampled_from(self.attempts()))
        question = data.draw(st.sampled_from(attempt.questions))
        offered = [option["key"] for option in question["options"]]
        most = 4 if question["kind"] == "multiple" else 1
        chosen = data.draw(st.lists(st.sampled_from(offered), unique=True, max_size=most))
        kept = tuple(key for key in offered if key in chosen)
        self.outbox.append(Sent(attempt.pk, question["key"], kept, uuid4(), len(self.outbox) + 1))

    @precondition(lambda self: self.outbox)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        """Any of them, in any order, as often as you like."""
        sent = data.draw(st.sampled_from(self.outbox))
        attempt = Attempt.objects.get(pk=sent.attempt)
        in_time = attempt.submitted_at is None and not attempt.is_late(self.now)
        known = sent in self.accepted.get(sent.attempt, [])
        try:
            sitting.answer(
                attempt, sent.question, sent.chosen, self.now, key=sent.key, sequence=sent.sequence
            )
        except RefusedError:
            assert not in_time
            return
        assert in_time or known
        if not known:
            self.accepted.setdefault(sent.attempt, []).append(sent)

    @precondition(lambda self: self.attempts())
    @rule(
        data=st.data(),
        question=st.sampled_from(["999999", "", "x"]),
        option=st.sampled_from(["zz", "1=1", "A1"]),
    )
    def forge(self, data: st.DataObject, question: str, option: str) -> None:
        attempt = data.draw(st.sampled_from(self.attempts()))
        for key, chosen in ((question, ["a"]), (attempt.questions[0]["key"], [option])):
            with pytest.raises(RefusedError):
                sitting.answer(attempt, key, chosen, self.now)

    @precondition(lambda self: self.attempts())
    @rule(data=st.data())
    def hand_in(self, data: st.DataObject) -> None:
        sitting.submit(data.draw(st.sampled_from(self.attempts())), self.now)

    @rule()
    def clock_strikes(self) -> None:
        close_all_expired(self.now)
        assert not Attempt.objects.open().filter(deadline__lt=self.now - GRACE).exists()

    # ── what holds, whatever they do ──

    @invariant()
    def no_more_attempts_than_allowed_and_one_open(self) -> None:
        attempts = self.attempts()
        assert len(attempts) <= ALLOWED
        assert sum(attempt.submitted_at is None for attempt in attempts) <= 1
        assert not any(attempt.passed for attempt in attempts[:-1]), "nobody sits again after passing"

    @invariant()
    def the_last_accepted_answer_stands_and_each_is_kept_once(self) -> None:
        for attempt in self.attempts():
            accepted = self.accepted.get(attempt.pk, [])
            assert SavedAnswer.objects.filter(attempt=attempt).count() == len(accepted)
            last = {sent.question: sent.chosen for sent in sorted(accepted, key=lambda sent: sent.sequence)}
            assert attempt.answers == {key: list(chosen) for key, chosen in last.items() if chosen}

    @invariant()
    def what_is_marked_stays_marked(self) -> None:
        for attempt in self.attempts():
            if attempt.submitted_at is None:
                continue
            outcome = (attempt.score, attempt.passed, attempt.submitted_at, attempt.reason)
            assert self.closed.setdefault(attempt.pk, outcome) == outcome
            assert attempt.score == mark(attempt.questions, attempt.answers).score
            assert attempt.deadline is None or attempt.submitted_at <= attempt.deadline


TestSitting = pytest.mark.django_db(Sitting.TestCase)
TestSitting.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
