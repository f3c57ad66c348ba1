"""An exam by its addresses: what a phone sends, what is refused, and what is shown afterwards."""

import json
from datetime import timedelta
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from taggit.models import Tag
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.models import CoursePage
from academy.exams import sitting
from academy.exams.closing import close_all_expired, settle_what_is_left
from academy.exams.drawing import TooFewError, can_be_filled, draw, matched
from academy.exams.models import Attempt, Paper, PaperDraw, SavedAnswer
from academy.exams.posting import MalformedError, posted
from academy.records.models import Completion, Statement, Verb
from tests.factories import PaperFactory, QuestionFactory, StaffFactory, UserFactory, make_course


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
        {"chosen": ["\ud83d"]},
        {"question": "\ud83d"},
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
    assert save(thief, course, attempt).status_code == 403
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
    assert len(refused()) == 3
    assert begin(worker_client, course, code=" 厨房２０２６ ") is not None


def test_the_access_code_is_not_tried_out(worker_client: Client, course: CoursePage, settings: Any) -> None:
    settings.CODE_LIMIT = "3/minute"
    Paper.objects.update(access_code="7")
    for wrong in "1234":
        begin(worker_client, course, code=wrong)
    assert begin(worker_client, course, code="7") is None
    assert len(refused()) == 5


def test_nobody_saves_answers_without_end(worker_client: Client, course: CoursePage, settings: Any) -> None:
    attempt = begin(worker_client, course)
    settings.ANSWER_LIMIT = "3/minute"
    statuses = [
        save(worker_client, course, attempt, chosen=[chosen], sequence=n).status_code
        for n, chosen in enumerate("abab", 1)
    ]
    assert statuses == [200, 200, 200, 429]
    assert attempt.saved.count() == 3


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
        ("closed", None, False, False),
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


def test_one_attempt_that_cannot_be_marked_keeps_no_other_open(
    worker_client: Client, course: CoursePage
) -> None:
    broken = begin(worker_client, course)
    other = Client()
    other.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    other.post(url(course, "start"), {"nth": 1})
    Attempt.objects.filter(pk=broken.pk).update(drawn=[{"key": "1"}], deadline=timezone.now())
    assert close_all_expired(timezone.now() + timedelta(minutes=31)) == 1


def test_what_a_dead_process_left_is_settled_by_the_clock(
    worker: User, worker_client: Client, course: CoursePage
) -> None:
    attempt = begin(worker_client, course)
    for question in attempt.questions:
        right = [option["key"] for option in question["options"] if option["correct"]]
        sitting.answer(attempt, question["key"], right, timezone.now())
    sitting.submit(attempt, timezone.now())
    assert not Completion.objects.exists()
    later = timezone.now() + timedelta(minutes=1)
    assert settle_what_is_left(later) == 1
    assert settle_what_is_left(later) == 0
    assert Completion.objects.count() == 1


def test_the_result_stays_when_the_course_is_withdrawn(worker_client: Client, course: CoursePage) -> None:
    attempt = begin(worker_client, course)
    worker_client.post(url(course, "hand_in", attempt_pk=attempt.pk))
    course.unpublish()
    page = worker_client.get(url(course, "result", attempt_pk=attempt.pk))
    assert page.status_code == 200
    assert "要量最厚的地方。" in page.content.decode()


def test_a_mark_that_is_sent_alone_leaves_the_answer(worker_client: Client, course: CoursePage) -> None:
    attempt = begin(worker_client, course)
    save(worker_client, course, attempt, chosen=["b"], sequence=6)
    sit = f"{url(course, 'sit', attempt_pk=attempt.pk)}?q=1"
    worker_client.post(sit, {"go": "flag", "only": "flag", "chosen": "a"})
    stored = Attempt.objects.get()
    assert (list(stored.answers.values()), len(stored.flagged)) == ([["b"]], 1)


def test_what_is_sent_after_the_end_is_said_and_written_down(
    worker_client: Client, course: CoursePage
) -> None:
    attempt = begin(worker_client, course)
    worker_client.post(url(course, "hand_in", attempt_pk=attempt.pk))
    sit = f"{url(course, 'sit', attempt_pk=attempt.pk)}?q=1"
    response = worker_client.post(sit, {"chosen": ["a"], "csrfmiddlewaretoken": "secret"}, follow=True)
    assert 'class="toast' in response.content.decode()
    assert [one.evidence["claimed"] for one in Statement.objects.filter(verb=Verb.REFUSED)] == [
        {"question": "1", "chosen": ["a"]}
    ]


def test_nobody_fills_the_log_with_what_is_refused(
    worker_client: Client, course: CoursePage, settings: Any
) -> None:
    settings.REFUSAL_LIMIT = "3/hour"
    attempt = begin(worker_client, course)
    for _time in range(5):
        assert save(worker_client, course, attempt, question="0").status_code == 409
    assert len(refused()) == 3 + 1
    assert "more" in Statement.objects.filter(verb=Verb.REFUSED).latest("stored_at").evidence["why"]


def test_the_log_says_of_which_course_and_edition_an_exam_was(
    worker_client: Client, course: CoursePage
) -> None:
    attempt = begin(worker_client, course)
    worker_client.post(url(course, "hand_in", attempt_pk=attempt.pk))
    for verb in (Verb.STARTED, Verb.FAILED):
        statement = Statement.objects.get(verb=verb)
        assert (statement.evidence["course"], statement.edition) == (course.key, 1)
    assert Statement.objects.get(verb=Verb.FAILED).evidence["max"] == 100


# ── draws ──


@given(st.lists(st.tuples(st.frozensets(st.integers(0, 6), max_size=5), st.integers(1, 3)), max_size=4))
def test_a_paper_that_can_be_filled_is(rules: list[tuple[frozenset[int], int]]) -> None:
    banks = [sorted(bank) for bank, count in rules for _ in range(count)]
    # Hall: every set of places needs as many questions as it has places
    fits = all(
        len(set().union(*(banks[n] for n in places))) >= len(places)
        for size in range(1, len(banks) + 1)
        for places in combinations(range(len(banks)), size)
    )
    if not fits:
        with pytest.raises(TooFewError):
            matched(banks)
        return
    drawn = matched(banks)
    assert len(set(drawn)) == len(banks)
    assert all(question in bank for question, bank in zip(drawn, banks, strict=True))


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
    assert can_be_filled(paper)


def test_a_paper_that_the_bank_cannot_fill_is_not_begun(worker_client: Client, course: CoursePage) -> None:
    course.paper.draws = [PaperDraw(kind="order", count=3)]
    course.paper.save()
    assert not can_be_filled(course.paper)
    assert begin(worker_client, course) is None


def test_editors_see_a_paper_as_somebody_might_get_it(staff_client: Client, db: None) -> None:
    paper = PaperFactory(questions=[QuestionFactory(stem="砧板怎么分？")])
    paper.draws = [PaperDraw(kind="single", count=1)]
    QuestionFactory(stem="留样留多少？")
    edit = reverse("wagtailsnippets_exams_paper:edit", args=[paper.pk])
    assert staff_client.get(edit).status_code == 200
    request = RequestFactory().get("/")
    request.user = StaffFactory()
    page = paper.make_preview_request(request).render().content.decode()
    assert "砧板怎么分？" in page
    assert "留样留多少？" in page
    assert not Attempt.objects.exists()
