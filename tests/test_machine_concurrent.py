"""Requests that arrive at the same moment."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses import visiting
from academy.courses.claims import Claim
from academy.courses.finishing import finish
from academy.courses.learning import pursued, settle
from academy.courses.models import LessonPage, LessonProgress
from academy.courses.terms import terms_of
from academy.exams import occasions, sitting
from academy.exams.marking import mark
from academy.exams.models import Attempt, SavedAnswer
from academy.records.models import Certificate, Completion, Statement, TrainingHours, Verb
from academy.records.refusals import RefusedError
from tests.conftest import AtOnce
from tests.factories import PaperFactory, QuestionFactory, UserFactory, make_course

AT_ONCE = 6
PURPOSE = "course:1:1"

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


Together = Callable[..., list[Any]]
Ask = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def together(at_once: AtOnce) -> Together:
    """What each of several acts came to, a value or what was raised, with all of them let go at once."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        waiting = deque(acts)
        return at_once(lambda: waiting.popleft()(), len(acts))

    return run


@pytest.fixture
def afterwards(at_once: AtOnce) -> Callable[[Callable[[], Any]], Any]:
    """What the database that they shared holds now."""

    def ask(question: Callable[[], Any]) -> Any:
        answer = at_once(question, 1)[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


@pytest.fixture
def user() -> User:
    return UserFactory()


@pytest.fixture
def attempt(user: User) -> Attempt:
    paper = PaperFactory(questions=[QuestionFactory() for _ in range(4)], attempts_allowed=2)
    return sitting.start(user, paper, PURPOSE, timezone.now())


def test_starts_at_once_begin_one_attempt(together: Together, afterwards: Ask, user: User) -> None:
    paper = PaperFactory()
    started = together(*[lambda: sitting.start(user, paper, PURPOSE, timezone.now(), 1).pk] * AT_ONCE)
    assert len(set(started)) == 1
    assert afterwards(Attempt.objects.count) == 1


def test_starts_at_once_after_the_last_attempt_do_not_exceed_the_limit(
    together: Together, afterwards: Ask, user: User, attempt: Attempt
) -> None:
    sitting.submit(attempt, timezone.now())
    together(*[lambda: sitting.start(user, attempt.paper, PURPOSE, timezone.now())] * AT_ONCE)
    afterwards(lambda: sitting.submit(Attempt.objects.get(submitted_at=None), timezone.now()))
    refused = together(*[lambda: sitting.start(user, attempt.paper, PURPOSE, timezone.now())] * AT_ONCE)
    assert all(isinstance(one, RefusedError) for one in refused)
    assert afterwards(Attempt.objects.count) == 2


def test_one_answer_sent_many_times_at_once_is_kept_once(
    together: Together, afterwards: Ask, attempt: Attempt
) -> None:
    key, question = uuid4(), attempt.questions[0]["key"]
    sent = [lambda: sitting.answer(attempt, question, ["b"], timezone.now(), key=key, sequence=1)] * AT_ONCE
    assert not [one for one in together(*sent) if isinstance(one, Exception)]
    assert afterwards(SavedAnswer.objects.count) == 1


def test_answers_at_once_do_not_overwrite_each_other(
    together: Together, afterwards: Ask, attempt: Attempt
) -> None:
    def give(question: str, sequence: int) -> Callable[[], Any]:
        chosen = ["abcd"[sequence % 4]]
        return lambda: sitting.answer(
            attempt, question, chosen, timezone.now(), key=uuid4(), sequence=sequence
        )

    keys = [question["key"] for question in attempt.questions]
    outcomes = together(*[give(key, n) for n in (3, 1, 2) for key in keys])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert afterwards(Attempt.objects.get).answers == {key: ["d"] for key in keys}
    assert afterwards(SavedAnswer.objects.count) == 12


def test_handing_in_at_once_with_answers_marks_what_stands(
    together: Together, afterwards: Ask, attempt: Attempt
) -> None:
    keys = [question["key"] for question in attempt.questions]
    answers = [lambda key=key: sitting.answer(attempt, key, ["a"], timezone.now()) for key in keys]
    outcomes = together(*answers, *[lambda: sitting.submit(attempt, timezone.now()).score] * 3)
    stored = afterwards(Attempt.objects.get)
    assert all(isinstance(one, Attempt | RefusedError | int) for one in outcomes)
    assert {one for one in outcomes if isinstance(one, int)} == {stored.score}
    assert stored.score == mark(stored.questions, stored.answers).score


def test_a_course_is_completed_once_whatever_ends_it_at_once(
    together: Together, afterwards: Ask, home: Page, user: User
) -> None:
    paper = PaperFactory(pass_mark=50, questions=[QuestionFactory()])
    course = make_course(home, lessons=1, paper=paper, validity_months=12)
    lesson = LessonPage.objects.get()
    outline = pursued(user, course)
    visiting.open_lesson(user, terms_of(outline, lesson), timezone.now())
    attempt = sitting.start(user, paper, outline.purpose, timezone.now())
    question = attempt.questions[0]
    sitting.answer(
        attempt, question["key"], [o["key"] for o in question["options"] if o["correct"]], timezone.now()
    )

    def hand_in() -> None:
        occasions.settle(sitting.submit(attempt, timezone.now()))

    outcomes = together(
        *[lambda: finish(user, outline, lesson, timezone.now())] * 3,
        *[hand_in] * 3,
        *[lambda: settle(user, course)] * 2,
    )
    assert not [one for one in outcomes if isinstance(one, Exception)]
    afterwards(lambda: settle(user, course))
    for model in (Completion, Certificate, TrainingHours):
        assert afterwards(model.objects.count) == 1
    assert afterwards(Statement.objects.filter(verb=Verb.COMPLETED).count) == 1


def test_reports_from_two_phones_at_once_do_not_count_the_same_minute_twice(
    together: Together, afterwards: Ask, home: Page, user: User
) -> None:
    course = make_course(home, lessons=2)
    now = timezone.now()
    later = now + timedelta(seconds=60)
    claims = []
    for lesson in LessonPage.objects.all():
        lesson.body = [("text", f"<p>{'烧' * 2000}</p>")]
        lesson.save()
        terms = terms_of(pursued(user, course), lesson)
        visiting.open_lesson(user, terms, now)
        claims += [(terms, Claim(uuid4(), 60, {}, {}, 1.0))] * 3
    acts = [partial(visiting.count, user, terms, claim, later) for terms, claim in claims]
    together(*acts)
    counted = afterwards(lambda: sum(LessonProgress.objects.values_list("seconds", flat=True)))
    assert 60 <= counted <= 60 + visiting.GRACE
