"""An exam by its addresses: what a phone sends, what is refused, and what is shown afterwards."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from taggit.models import Tag
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.models import CoursePage
from academy.exams.closing import close_all_expired
from academy.exams.drawing import draw, shortfalls
from academy.exams.models import Attempt, Paper, PaperDraw, SavedAnswer
from academy.exams.posting import MalformedError, posted
from academy.records.models import Completion, Statement, Verb
from tests.factories import PaperFactory, QuestionFactory, UserFactory, make_course


@pytest.fixture
def course(home: Page) -> CoursePage:
    """No lessons: the exam is open at once."""
    return make_course(home, lessons=0, paper=PaperFactory(pass_mark=50))


def url(course: CoursePage, name: str = "before", **more: Any) -> str:
    return reverse(f"exams:{name}", kwargs={"kind": "course", "pk": course.pk, **more})


def begin(client: Client, course: CoursePage, **sent: Any) -> Attempt | None:
    client.post(url(course, "start"), {"nth": Attempt.objects.count() + 1, **sent})
    return Attempt.objects.filter(submitted_at=None).last()


def save(client: Client, course: CoursePage, attempt: Attempt, **letter: Any) -> Any:
    question = attempt.questions[0]["key"]
    letter = {"question": question, "chosen": ["a"], "key": str(uuid4()), "sequence": 1, **letter}
    address = url(course, "save", attempt_pk=attempt.pk)
    return client.post(address, json.dumps(letter), content_type="application/json")


def refused() -> list[str]:
    return [one.evidence["why"] for one in Statement.objects.filter(verb=Verb.REFUSED)]


# ── what the page's script sends ──


def test_an_answer_is_kept_once_however_often_it_is_sent(worker_client: Client, course: CoursePage) -> None:
    attempt = begin(worker_client, course)
    key = str(uuid4())
    for _ in range(3):
        response = save(worker_client, course, attempt, key=key, chosen=["b"])
        assert (response.status_code, response.json()["answered"]) == (200, 1)
    assert SavedAnswer.objects.count() == 1
    page = worker_client.get(url(course, "sit", attempt_pk=attempt.pk)).content.decode()
    assert 'value="b" checked' in page
    assert 'data-sequence="1"' in page


def test_an_answer_that_was_overtaken_does_not_stand(worker_client: Client, course: CoursePage) -> None:
    attempt = begin(worker_client, course)
    save(worker_client, course, attempt, chosen=["b"], sequence=5)
    assert save(worker_client, course, attempt, chosen=["a"], sequence=4).status_code == 200
    assert list(Attempt.objects.get().answers.values()) == [["b"]]


def test_saving_an_answer_takes_few_queries(
    worker_client: Client, course: CoursePage, django_assert_max_num_queries: Any
) -> None:
    attempt = begin(worker_client, course)
    with django_assert_max_num_queries(9):
        save(worker_client, course, attempt)


@pytest.mark.parametrize(
    "letter",
    [
        {"key": "x"},
        {"key": 5},
        {"sequence": -1},
        {"sequence": True},
        {"sequence": 2**60},
        {"chosen": "a"},
        {"chosen": [["a"]]},
        {"question": None},
        {"chosen": ["a"] * 1000},
    ],
)
def test_what_is_no_answer_is_refused_in_words(
    worker_client: Client, course: CoursePage, letter: dict[str, Any]
) -> None:
    attempt = begin(worker_client, course)
    response = save(worker_client, course, attempt, **letter)
    assert response.status_code == 400
    assert response.json()["message"]
    assert not SavedAnswer.objects.exists()


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_anything_posted_is_an_answer_or_malformed(body: bytes) -> None:
    with pytest.raises(MalformedError):
        posted(body)


# ── forged ──


def test_a_late_answer_changes_nothing_and_is_logged(worker_client: Client, course: CoursePage) -> None:
    attempt = begin(worker_client, course)
    Attempt.objects.update(deadline=timezone.now() - timedelta(seconds=1))
    response = save(worker_client, course, attempt)
    assert response.status_code == 409
    assert response.json()["result"] == url(course, "sit", attempt_pk=attempt.pk)
    assert Attempt.objects.get().answers == {}
    assert len(refused()) == 1


def test_a_question_that_was_not_drawn_changes_nothing_and_is_logged(
    worker_client: Client, course: CoursePage
) -> None:
    attempt = begin(worker_client, course)
    assert save(worker_client, course, attempt, question=str(QuestionFactory().pk)).status_code == 409
    assert save(worker_client, course, attempt, chosen=["z"]).status_code == 409
    assert not SavedAnswer.objects.exists()
    assert len(refused()) == 2


def test_an_attempt_of_somebody_else_is_not_there_and_that_is_logged(
    worker_client: Client, course: CoursePage
) -> None:
    attempt = begin(worker_client, course)
    thief = Client()
    thief.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert save(thief, course, attempt).status_code == 404
    for name in ("sit", "hand_in", "result"):
        assert thief.get(url(course, name, attempt_pk=attempt.pk)).status_code == 404
    assert thief.post(url(course, "hand_in", attempt_pk=attempt.pk)).status_code == 404
    assert Attempt.objects.get().submitted_at is None
    assert set(refused()) == {"not theirs"}


def test_a_score_that_is_sent_along_is_no_score(worker_client: Client, course: CoursePage) -> None:
    attempt = begin(worker_client, course)
    forged = {"score": "100", "passed": "true", "submitted_at": "2020-01-01"}
    worker_client.post(url(course, "hand_in", attempt_pk=attempt.pk), forged)
    stored = Attempt.objects.get()
    assert (stored.score, stored.passed) == (0, False)
    assert not Completion.objects.exists()


def test_the_open_paper_tells_nothing_of_what_is_right(worker_client: Client, home: Page) -> None:
    paper = PaperFactory(
        questions=[QuestionFactory(explanation="因为要烧透", basis="手册第四章") for _ in range(5)]
    )
    course = make_course(home, lessons=0, paper=paper)
    attempt = begin(worker_client, course)
    page = worker_client.get(url(course, "sit", attempt_pk=attempt.pk)).content.decode()
    assert page.count('class="item"') == 5
    for secret in ("correct", "因为要烧透", "手册第四章", "right"):
        assert secret not in page.split("<main")[1]


# ── terms ──


def test_a_paper_is_sat_within_its_window_only(worker_client: Client, course: CoursePage) -> None:
    now = timezone.now()
    Paper.objects.update(opens_at=now + timedelta(hours=1))
    assert begin(worker_client, course) is None
    Paper.objects.update(opens_at=None, closes_at=now - timedelta(minutes=1))
    assert begin(worker_client, course) is None
    Paper.objects.update(closes_at=now + timedelta(minutes=5))
    attempt = begin(worker_client, course)
    assert attempt is not None
    assert attempt.deadline == attempt.closes_at == now + timedelta(minutes=5)


def test_the_access_code_is_asked_for(worker_client: Client, course: CoursePage) -> None:
    Paper.objects.update(access_code="厨房2026")
    assert 'name="code"' in worker_client.get(url(course)).content.decode()
    for wrong in ("", "厨房2025", "é"):
        assert begin(worker_client, course, code=wrong) is None
    assert begin(worker_client, course, code=" 厨房２０２６ ") is not None


def test_the_next_attempt_waits_for_the_cool_down(worker_client: Client, course: CoursePage) -> None:
    Paper.objects.update(cool_down_hours=24)
    attempt = begin(worker_client, course)
    worker_client.post(url(course, "hand_in", attempt_pk=attempt.pk))
    assert begin(worker_client, course) is None
    assert "data-once" not in worker_client.get(url(course)).content.decode().split("<main")[1]
    Attempt.objects.update(submitted_at=timezone.now() - timedelta(hours=25))
    assert begin(worker_client, course) is not None


# ── afterwards ──


@pytest.mark.parametrize(
    ("review", "closes", "full", "outcome"),
    [
        ("full", None, True, True),
        ("outcome", None, False, True),
        ("score", None, False, False),
        ("closed", timedelta(hours=1), False, False),
        ("closed", -timedelta(hours=1), True, True),
    ],
)
def test_what_is_shown_afterwards_is_what_the_paper_allows(
    worker_client: Client,
    course: CoursePage,
    review: str,
    closes: timedelta | None,
    full: bool,
    outcome: bool,
) -> None:
    Paper.objects.update(review=review)
    attempt = begin(worker_client, course)
    worker_client.post(url(course, "hand_in", attempt_pk=attempt.pk))
    Attempt.objects.update(closes_at=timezone.now() + closes if closes else None)
    page = worker_client.get(url(course, "result", attempt_pk=attempt.pk)).content.decode()
    assert ("要量最厚的地方。" in page) == full
    assert ('class="ruler"' in page) == outcome


def test_an_attempt_whose_time_ran_out_is_closed_by_the_clock(
    worker: User, worker_client: Client, course: CoursePage
) -> None:
    attempt = begin(worker_client, course)
    for n, question in enumerate(attempt.questions, 1):
        right = [option["key"] for option in question["options"] if option["correct"]]
        save(worker_client, course, attempt, question=question["key"], chosen=right, sequence=n)
    over = timezone.now() + timedelta(minutes=31)
    assert close_all_expired(over) == 1
    assert close_all_expired(over) == 0
    assert Completion.objects.get(user=worker).score == 100


# ── draws ──


def test_a_paper_draws_by_tag_kind_and_difficulty_and_nothing_twice(db: None) -> None:
    for n in range(6):
        question = QuestionFactory(difficulty=1 + n % 2)
        question.tags.add("留样")
        question.save()
    QuestionFactory(retired=True).tags.add("留样")
    others = [QuestionFactory(kind="multiple"), QuestionFactory(kind="multiple")]
    paper = PaperFactory(questions=[others[0]])
    tag = Tag.objects.get(name="留样")
    paper.draws = [
        PaperDraw(tag=tag, difficulty=1, count=2),
        PaperDraw(kind="multiple", count=1),
        PaperDraw(tag=tag, count=3),
    ]
    paper.save()
    assert paper.question_count == 7
    keys = [question["key"] for question in draw(paper)]
    assert len(set(keys)) == 7
    assert {str(other.pk) for other in others} <= set(keys)
    assert not list(shortfalls(paper))


def test_a_paper_that_the_bank_cannot_fill_is_not_begun(worker_client: Client, course: CoursePage) -> None:
    course.paper.draws = [PaperDraw(kind="order", count=3)]
    course.paper.save()
    assert [there for _rule, there in shortfalls(course.paper)] == [0]
    assert begin(worker_client, course) is None
