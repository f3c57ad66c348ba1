"""Requests that arrive at the same moment, on a database that several connections share."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone

from academy.accounts.models import User
from academy.exams import sitting
from academy.exams.marking import mark
from academy.exams.models import Attempt, SavedAnswer
from academy.exams.refusals import RefusedError
from tests.factories import PaperFactory, QuestionFactory, UserFactory

AT_ONCE = 6
PURPOSE = "course:1:1"

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _shared(db: None) -> None:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():  # type: ignore[attr-defined]
        pytest.skip(
            "a database in memory has one connection; tests/services runs this on files and on servers"
        )
    return


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each of them came to, a value or what was raised, with all of them let go together."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[n] = act()
        except Exception as error:
            outcomes[n] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def attempt(user: User) -> Attempt:
    paper = PaperFactory(questions=[QuestionFactory() for _ in range(4)], attempts_allowed=2)
    return sitting.start(user, paper, PURPOSE, timezone.now())


def test_starts_at_once_begin_one_attempt(user: User) -> None:
    paper = PaperFactory()
    started = at_once(*[lambda: sitting.start(user, paper, PURPOSE, timezone.now(), 1).pk] * AT_ONCE)
    assert len(set(started)) == 1
    assert Attempt.objects.count() == 1


def test_starts_at_once_after_the_last_attempt_do_not_exceed_the_limit(user: User, attempt: Attempt) -> None:
    sitting.submit(attempt, timezone.now())
    at_once(*[lambda: sitting.start(user, attempt.paper, PURPOSE, timezone.now())] * AT_ONCE)
    sitting.submit(Attempt.objects.get(submitted_at=None), timezone.now())
    refused = at_once(*[lambda: sitting.start(user, attempt.paper, PURPOSE, timezone.now())] * AT_ONCE)
    assert all(isinstance(one, RefusedError) for one in refused)
    assert Attempt.objects.count() == 2


def test_one_answer_sent_many_times_at_once_is_kept_once(attempt: Attempt) -> None:
    key, question = uuid4(), attempt.questions[0]["key"]
    sent = [lambda: sitting.answer(attempt, question, ["b"], timezone.now(), key=key, sequence=1)] * AT_ONCE
    assert not [one for one in at_once(*sent) if isinstance(one, Exception)]
    assert SavedAnswer.objects.count() == 1


def test_answers_at_once_do_not_overwrite_each_other(attempt: Attempt) -> None:
    def give(question: str, sequence: int) -> Callable[[], Any]:
        chosen = ["abcd"[sequence % 4]]
        return lambda: sitting.answer(
            attempt, question, chosen, timezone.now(), key=uuid4(), sequence=sequence
        )

    keys = [question["key"] for question in attempt.questions]
    outcomes = at_once(*[give(key, n) for n in (3, 1, 2) for key in keys])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Attempt.objects.get().answers == {key: ["d"] for key in keys}
    assert SavedAnswer.objects.count() == 12


def test_handing_in_at_once_with_answers_marks_what_stands(attempt: Attempt) -> None:
    keys = [question["key"] for question in attempt.questions]
    answers = [lambda key=key: sitting.answer(attempt, key, ["a"], timezone.now()) for key in keys]
    outcomes = at_once(*answers, *[lambda: sitting.submit(attempt, timezone.now()).score] * 3)
    stored = Attempt.objects.get()
    assert all(isinstance(one, Attempt | RefusedError | int) for one in outcomes)
    assert {one for one in outcomes if isinstance(one, int)} == {stored.score}
    assert stored.score == mark(stored.questions, stored.answers).score
