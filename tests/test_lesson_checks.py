"""Questions on the way through a lesson."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.checks import drawn
from academy.courses.models import LessonPage, LessonProgress
from academy.exams.models import Choice, Question
from academy.records.models import Statement, Verb
from tests.factories import QuestionFactory, UserFactory, make_course


@pytest.fixture
def question(db: Any) -> Question:
    asked: Question = QuestionFactory()
    asked.choices.filter(text="选项1").update(feedback="锅边先热，差一步。")
    return Question.objects.get(pk=asked.pk)


@pytest.fixture
def lesson(home: Page, question: Question) -> LessonPage:
    found: LessonPage = LessonPage.objects.child_of(make_course(home, lessons=1)).get()
    found.body = [("text", "<p>量</p>"), ("check", question)]
    found.save()
    return LessonPage.objects.get()


def key_of(question: Question, user: User, text: str) -> str:
    return next(o["key"] for o in drawn(question, user)["options"] if o["text"] == text)


def url_of(lesson: LessonPage, question: Question) -> str:
    return reverse("courses:lesson_check", args=[lesson.course.pk, lesson.pk, question.pk])


def choose(client: Client, lesson: LessonPage, question: Question, chosen: Any, **said: Any) -> Any:
    data = {"chosen": chosen, "back": lesson.url, **said}
    return client.post(url_of(lesson, question), data, headers=said.pop("headers", None) or {})


@pytest.fixture
def reading(worker_client: Client, lesson: LessonPage) -> Client:
    worker_client.get(lesson.url)
    return worker_client


def shown(client: Client, lesson: LessonPage) -> BeautifulSoup:
    return BeautifulSoup(client.get(lesson.url).content, "lxml")


def test_before_it_is_answered_nothing_tells_what_is_right(
    reading: Client, lesson: LessonPage, question: Question
) -> None:
    page = reading.get(lesson.url).content.decode()
    assert question.stem in page
    assert question.explanation not in page
    assert "锅边先热" not in page
    assert "opt right" not in page


def test_a_right_answer_is_kept_and_explained(
    reading: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    response = choose(reading, lesson, question, key_of(question, worker, "选项0"))
    assert response.url == f"{lesson.url}#check-{question.pk}"
    page = shown(reading, lesson).select_one(f"#check-{question.pk}")
    assert page
    assert question.explanation in page.text
    assert question.basis in page.text
    kept = LessonProgress.objects.get().checks[str(question.pk)]
    assert (kept["right"], kept["tries"]) == (True, 1)
    told = Statement.objects.get(verb=Verb.ANSWERED)
    assert (told.object_key, told.evidence["right"]) == (f"question:{question.pk}", True)


def test_a_wrong_answer_says_what_was_nearly_right_and_comes_again(
    reading: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    choose(reading, lesson, question, key_of(question, worker, "选项1"))
    page = shown(reading, lesson)
    assert "锅边先热" in page.select_one(f"#check-{question.pk}").text  # type: ignore[union-attr]
    again = page.select_one(f"#once-{question.pk} form")
    assert again
    assert page.select_one("#missing li")
    choose(reading, lesson, question, key_of(question, worker, "选项0"))
    page = shown(reading, lesson)
    assert not page.select_one(f"#once-{question.pk}")
    assert not page.select_one("#missing li")
    kept = LessonProgress.objects.get().checks[str(question.pk)]
    assert (kept["right"], kept["tries"]) == (True, 2)


def test_what_was_right_once_stays_right(
    reading: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    for text in ("选项0", "选项1"):
        choose(reading, lesson, question, key_of(question, worker, text))
    assert LessonProgress.objects.get().checks[str(question.pk)]["right"]


def test_an_answer_sent_twice_counts_once(
    reading: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    key = str(uuid.uuid4())
    for _time in range(2):
        choose(reading, lesson, question, key_of(question, worker, "选项1"), key=key)
    assert LessonProgress.objects.get().checks[str(question.pk)]["tries"] == 1
    assert Statement.objects.filter(verb=Verb.ANSWERED).count() == 1


def test_an_answer_that_comes_again_after_another_counts_no_more(
    reading: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    wrong, right = str(uuid.uuid4()), str(uuid.uuid4())
    for text, key in (("选项1", wrong), ("选项0", right), ("选项1", wrong)):
        choose(reading, lesson, question, key_of(question, worker, text), key=key)
    kept = LessonProgress.objects.get().checks[str(question.pk)]
    assert kept["tries"] == 2
    assert kept["chosen"] == [key_of(question, worker, "选项0")]
    assert "key" not in kept


def test_the_order_needs_what_only_the_server_knows(db: Any, settings: Any) -> None:
    asked, person = QuestionFactory(), UserFactory()
    orders = set()
    for n in range(8):
        settings.SECRET_KEY = f"secret {n}"
        orders.add(tuple(o["text"] for o in drawn(asked, person)["options"]))
    assert len(orders) > 1


def test_an_answer_that_was_not_offered_is_written_down(
    reading: Client, lesson: LessonPage, question: Question
) -> None:
    choose(reading, lesson, question, ["zz"])
    choose(reading, lesson, question, [])
    assert Statement.objects.get(verb=Verb.REFUSED).evidence["claimed"]["question"] == question.pk


def test_nobody_fills_the_log_with_answers(
    reading: Client, worker: User, lesson: LessonPage, question: Question, settings: Any
) -> None:
    settings.REPORT_LIMIT = "3/hour"
    for _time in range(5):
        choose(reading, lesson, question, key_of(question, worker, "选项1"))
    assert LessonProgress.objects.get().checks[str(question.pk)]["tries"] == 3


def test_an_answer_to_a_lesson_never_opened_is_written_down(
    worker_client: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    choose(worker_client, lesson, question, key_of(question, worker, "选项0"))
    assert Statement.objects.get(verb=Verb.REFUSED)
    assert not LessonProgress.objects.exists()


def test_many_questions_take_as_many_queries_as_one(worker_client: Client, lesson: LessonPage) -> None:
    worker_client.get(lesson.url)
    with CaptureQueriesContext(connection) as one:
        worker_client.get(lesson.url)
    lesson.body = [("check", QuestionFactory()) for _n in range(5)]
    lesson.save()
    with CaptureQueriesContext(connection) as five:
        worker_client.get(lesson.url)
    chosen = [[q["sql"] for q in asked if 'FROM "exams_choice"' in q["sql"]] for asked in (one, five)]
    assert len(chosen[0]) == len(chosen[1])


def test_a_script_is_told_where_to_sign_in(client: Client, lesson: LessonPage, question: Question) -> None:
    response = client.post(
        url_of(lesson, question), {"chosen": "a", "back": lesson.url}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith(reverse("account_login"))


def test_the_order_is_the_same_for_one_person_and_not_for_everybody(db: Any) -> None:
    asked = QuestionFactory()
    people = [UserFactory() for _n in range(8)]
    orders = [[o["text"] for o in drawn(asked, person)["options"]] for person in people]
    assert orders == [[o["text"] for o in drawn(asked, person)["options"]] for person in people]
    assert len({tuple(order) for order in orders}) > 1


def test_nothing_chosen_and_nothing_offered_is_said_kindly(
    reading: Client, lesson: LessonPage, question: Question
) -> None:
    for chosen in ([], ["zz"], ["a", "b"]):
        response = choose(reading, lesson, question, chosen)
        assert 'role="' in reading.get(response.url).content.decode()
    assert LessonProgress.objects.get().checks == {}


def test_a_question_of_another_lesson_is_refused_and_written_down(
    reading: Client, worker: User, lesson: LessonPage
) -> None:
    other = QuestionFactory()
    choose(reading, lesson, other, key_of(other, worker, "选项0"))
    assert LessonProgress.objects.get().checks == {}
    assert Statement.objects.get(verb=Verb.REFUSED).evidence["claimed"]["question"] == other.pk


def test_a_question_that_was_changed_meanwhile_is_asked_again(
    reading: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    choose(reading, lesson, question, key_of(question, worker, "选项0"), version=question.version + 1)
    assert LessonProgress.objects.get().checks == {}
    choose(reading, lesson, question, key_of(question, worker, "选项0"))
    Question.objects.update(version=question.version + 1)
    page = shown(reading, lesson).select_one(f"#check-{question.pk}")
    assert page
    assert page.select_one("form")


def test_with_htmx_the_question_changes_in_its_place(
    reading: Client, worker: User, lesson: LessonPage, question: Question
) -> None:
    data = {"chosen": key_of(question, worker, "选项1"), "back": lesson.url}
    response = reading.post(url_of(lesson, question), data, headers={"HX-Request": "true"})
    part = BeautifulSoup(response.content, "lxml")
    assert part.select_one(f"#check-{question.pk} .opt.wrong")
    assert part.select_one("#once-more[hx-swap-oob] form")
    assert part.select_one("#missing[hx-swap-oob] li")
    assert not part.select_one("header")
    # whoever answered is led to what is said of it; whoever reads the page is not
    focused = part.select_one("[autofocus][tabindex='-1']")
    assert focused
    assert question.explanation in focused.text
    assert not shown(reading, lesson).select("[autofocus]")
    said = reading.post(url_of(lesson, question), {"chosen": "zz"}, headers={"HX-Request": "true"})
    assert BeautifulSoup(said.content, "lxml").select_one(".err[role=alert]")


def test_readers_may_read_and_are_asked_to_sign_in_to_answer(
    client: Client, lesson: LessonPage, question: Question
) -> None:
    page = client.get(lesson.url).content.decode()
    assert question.stem in page
    response = choose(client, lesson, question, "a")
    assert response.url.startswith(reverse("account_login"))
    assert not LessonProgress.objects.exists()


def test_nobody_is_led_to_another_site(reading: Client, lesson: LessonPage, question: Question) -> None:
    response = reading.post(url_of(lesson, question), {"chosen": "a", "back": "https://example.com/"})
    assert response.url.startswith("/")


def test_a_lesson_that_is_not_there_takes_no_answer(
    reading: Client, lesson: LessonPage, question: Question
) -> None:
    gone = reverse("courses:lesson_check", args=[lesson.course.pk, lesson.pk + 9, question.pk])
    assert reading.post(gone, {"chosen": "a"}).status_code == 404


@pytest.mark.parametrize("kind", Question.Kind.values)
def test_every_kind_of_question_is_asked_and_answered(
    reading: Client, worker: User, home: Page, kind: str
) -> None:
    asked = Question(kind=kind, stem="问", explanation="因为。", columns=4, rows=3)
    asked.choices = [
        Choice(text=f"选{n}", correct=n == 0, pair=f"配{n}", cells=f"A{n + 1}", sort_order=n)
        for n in range(1 if kind == "hotspot" else 2)
    ]
    asked.save()
    lesson = LessonPage.objects.get()
    lesson.body = [("check", asked)]
    lesson.save()
    question = Question.objects.get(pk=asked.pk)
    put = drawn(question, worker)
    assert shown(reading, lesson).select_one(f"#check-{asked.pk} form fieldset")
    choose(reading, lesson, question, right_answer(put))
    assert LessonProgress.objects.get().checks[str(asked.pk)]["right"]
    assert "因为。" in shown(reading, lesson).select_one(f"#check-{asked.pk}").text  # type: ignore[union-attr]


def right_answer(put: Any) -> list[str]:
    options = put["options"]
    match put["kind"]:
        case "order":
            return [o["key"] for o in sorted(options, key=lambda o: o["place"])]
        case "match":
            return [f"{o['key']}={o['pair']}" for o in options]
        case "short":
            return [options[0]["text"]]
        case "faults":
            return [o["cells"][0] for o in options]
        case "hotspot":
            return [options[0]["cells"][0]]
        case _:
            return [o["key"] for o in options if o["correct"]]
