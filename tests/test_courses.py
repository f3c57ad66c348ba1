import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page, PageViewRestriction

from academy.accounts.models import User
from academy.core.searchable import Searchable
from academy.courses.learning import continue_where, finish_lesson, overview, progress, settle
from academy.courses.models import CourseIndexPage, CoursePage, Enrolment, LessonPage, LessonProgress
from academy.exams import sitting
from academy.exams.models import Attempt
from academy.library.models import HomePage
from academy.records.models import Completion
from tests.factories import MembershipFactory, PaperFactory, QuestionFactory, UserFactory, make_course


@pytest.fixture
def course(home: Page) -> CoursePage:
    return make_course(home)


@pytest.fixture
def exam_course(home: Page) -> CoursePage:
    return make_course(home, lessons=1, paper=PaperFactory(attempts_allowed=2))


def lessons_of(course: CoursePage) -> list[LessonPage]:
    return list(LessonPage.objects.child_of(course).order_by("path"))


def finish_all(user: User, course: CoursePage) -> None:
    for lesson in lessons_of(course):
        finish_lesson(user, lesson)


def click_done(client: Client, lesson: LessonPage) -> Any:
    client.get(lesson.url)
    return client.post(
        reverse("courses:lesson_done", args=[lesson.course.pk, lesson.pk]), {"back": lesson.url}
    )


def right(question: Any) -> list[str]:
    return [option["key"] for option in question["options"] if option["correct"]]


def begin(client: Client, course: CoursePage) -> Attempt:
    client.post(exam_url(course, "start"), {"nth": Attempt.objects.count() + 1})
    return Attempt.objects.latest("pk")


def url_of(name: str, course: CoursePage, attempt: Attempt) -> str:
    return exam_url(course, name, attempt_pk=attempt.pk)


def exam_url(course: CoursePage, name: str = "before", **more: Any) -> str:
    return reverse(f"exams:{name}", kwargs={"kind": "course", "pk": course.pk, **more})


def pass_exam(client: Client, course: CoursePage) -> Any:
    attempt = begin(client, course)
    for n, question in enumerate(attempt.questions, 1):
        client.post(f"{url_of('sit', course, attempt)}?q={n}", {"chosen": right(question), "go": "next"})
    return client.post(url_of("hand_in", course, attempt), follow=True)


def expire(attempt: Attempt) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(deadline=timezone.now() - timedelta(minutes=1))


# ── the whole way ──


def test_a_worker_goes_from_the_first_lesson_to_the_completion(
    worker_client: Client, worker: User, home: Page
) -> None:
    MembershipFactory(user=worker)
    course = make_course(home, lessons=2, paper=PaperFactory())
    first, second = lessons_of(course)
    page = worker_client.get(course.url).content.decode()
    assert first.title in page
    assert click_done(worker_client, first).url == second.url
    response = click_done(worker_client, second)
    assert response.url == course.url
    assert exam_url(course) in worker_client.get(course.url).content.decode()
    result = pass_exam(worker_client, course).content.decode()
    assert reverse("me:home") in result
    completion = Completion.objects.get()
    assert (completion.user, completion.score, completion.course_title) == (worker, 100, course.title)
    assert (completion.edition, completion.hours) == (1, course.hours)
    assert completion.enterprise_name
    assert worker_client.get(course.url).status_code == 200
    assert worker_client.get(exam_url(course)).status_code == 200


def test_a_course_without_an_exam_is_completed_by_its_lessons(worker: User, course: CoursePage) -> None:
    finish_all(worker, course)
    completion = Completion.objects.get()
    assert completion.score is None
    assert completion.completed_at == LessonProgress.objects.latest("done_at").done_at


def test_lessons_alone_do_not_complete_a_course_with_an_exam(worker: User, exam_course: CoursePage) -> None:
    finish_all(worker, exam_course)
    assert progress(worker, exam_course).exam_open
    assert not Completion.objects.exists()


# ── lessons and progress ──


def test_progress_says_what_is_done_now_and_later(worker: User, course: CoursePage) -> None:
    found = finish_lesson(worker, lessons_of(course)[0])
    assert found.cells == ["done", "now", "todo"]
    assert found.next_lesson == lessons_of(course)[1]
    assert (found.done_count, len(found.todo)) == (1, 2)


def test_a_lesson_finished_twice_counts_once(worker_client: Client, course: CoursePage) -> None:
    lesson = lessons_of(course)[0]
    first, second = click_done(worker_client, lesson), click_done(worker_client, lesson)
    assert first.url == second.url
    assert LessonProgress.objects.count() == 1


def test_the_last_lesson_finished_twice_completes_once(worker_client: Client, course: CoursePage) -> None:
    for lesson in [*lessons_of(course), lessons_of(course)[-1]]:
        click_done(worker_client, lesson)
    assert Completion.objects.count() == 1


def test_lessons_may_be_done_in_any_order(worker: User, course: CoursePage) -> None:
    first, _second, third = lessons_of(course)
    assert finish_lesson(worker, third).next_lesson == first


def test_withdrawing_a_lesson_takes_nothing_from_whoever_did_it(worker: User, course: CoursePage) -> None:
    first, second, _third = lessons_of(course)
    finish_lesson(worker, first)
    before = finish_lesson(worker, second).done_count
    second.unpublish()
    found = progress(worker, course)
    assert found.done_count == before
    assert found.cells == ["done", "done", "now"]
    first.delete()
    assert progress(worker, course).done_count == before


def test_a_lesson_withdrawn_before_it_was_done_is_no_longer_asked(worker: User, course: CoursePage) -> None:
    first, second, third = lessons_of(course)
    finish_lesson(worker, first)
    finish_lesson(worker, second)
    third.unpublish()
    assert settle(worker, course).completion
    assert Completion.objects.count() == 1


def test_a_lesson_added_later_takes_no_completion_away(worker: User, course: CoursePage) -> None:
    finish_all(worker, course)
    course.add_child(instance=LessonPage(title="新课时"))
    found = progress(worker, course)
    assert found.completion
    assert found.cells == ["done"] * 4


def test_progress_never_shows_more_than_the_whole(worker: User, course: CoursePage) -> None:
    finish_all(worker, course)
    lessons_of(course)[0].unpublish()
    assert progress(worker, course).cells == ["done"] * 2


def test_changing_a_course_changes_no_completion(worker: User, course: CoursePage) -> None:
    finish_all(worker, course)
    course.title, course.hours = "改名了", 9
    course.save()
    settle(worker, course)
    kept = Completion.objects.get()
    assert (kept.course_title, str(kept.hours)) == ("厨房食品安全入门", "1.5")


def test_an_empty_course_is_completed_by_nobody(worker: User, home: Page) -> None:
    assert not settle(worker, make_course(home, lessons=0)).completion


def test_deleting_a_course_deletes_no_completion_no_progress_and_no_attempt(
    worker_client: Client, exam_course: CoursePage
) -> None:
    for lesson in lessons_of(exam_course):
        click_done(worker_client, lesson)
    pass_exam(worker_client, exam_course)
    exam_course.delete()
    assert (Completion.objects.count(), LessonProgress.objects.count(), Attempt.objects.count()) == (1, 1, 1)


# ── where to go on ──


def test_one_goes_on_where_one_learned_last(worker: User, home: Page) -> None:
    older, newer = make_course(home, title="旧课"), make_course(home, title="新课")
    assert continue_where(worker) is None
    finish_lesson(worker, lessons_of(older)[0])
    finish_lesson(worker, lessons_of(newer)[0])
    found = continue_where(worker)
    assert found
    assert found[0] == newer
    finish_all(worker, newer)
    again = continue_where(worker)
    assert again
    assert again[0] == older


def test_the_home_page_has_the_one_button_that_goes_on(
    worker_client: Client, worker: User, home: Page
) -> None:
    course = make_course(home, lessons=1, paper=PaperFactory())
    page = home.add_child(instance=HomePage(title="首页", slug="start"))
    assert "/courses/" in worker_client.get(page.url).content.decode()
    assert reverse("account_login") in Client().get(page.url).content.decode()
    finish_lesson(worker, lessons_of(course)[0])
    shown = worker_client.get(page.url).content.decode()
    assert course.title in shown
    assert exam_url(course) in shown


def test_a_withdrawn_course_is_not_where_one_goes_on(worker: User, course: CoursePage) -> None:
    finish_lesson(worker, lessons_of(course)[0])
    course.unpublish()
    assert continue_where(worker) is None


# ── who may do what ──


def test_anybody_may_read_and_is_asked_to_sign_in_to_record(client: Client, course: CoursePage) -> None:
    lesson = lessons_of(course)[0]
    response = client.get(lesson.url)
    assert response.status_code == 200
    assert f"{reverse('account_login')}?next={lesson.url}" in response.content.decode()
    assert client.get(course.url).status_code == 200
    assert client.get(CourseIndexPage.objects.get().url).status_code == 200


def test_finishing_a_lesson_without_signing_in_leads_to_signing_in(
    client: Client, course: CoursePage
) -> None:
    lesson = lessons_of(course)[0]
    login = urlsplit(click_done(client, lesson).url)
    assert (login.path, parse_qs(login.query)) == (reverse("account_login"), {"next": [lesson.url]})
    assert not LessonProgress.objects.exists()


def test_the_exam_asks_to_sign_in_and_returns_to_itself(client: Client, exam_course: CoursePage) -> None:
    url = exam_url(exam_course)
    for response in (client.get(url), client.post(exam_url(exam_course, "start"))):
        assert response.url == f"{reverse('account_login')}?next={url}"


def test_the_lessons_of_a_withdrawn_course_are_withdrawn_with_it(worker_client: Client, home: Page) -> None:
    """Its lessons are pages of their own, which an editor may forget."""
    course = make_course(home, lessons=1)
    lesson = course.get_children().get().specific
    course.unpublish()
    assert worker_client.get(lesson.url).status_code == 404
    assert not Enrolment.objects.exists()


def test_unpublished_lessons_and_courses_are_not_there(
    worker_client: Client, course: CoursePage, exam_course: CoursePage
) -> None:
    lesson = lessons_of(course)[0]
    lesson.unpublish()
    exam_course.unpublish()
    assert click_done(worker_client, lesson).status_code == 404
    assert worker_client.get(exam_url(exam_course)).status_code == 404


def test_a_private_course_is_not_learned_by_its_number(
    worker_client: Client, exam_course: CoursePage
) -> None:
    PageViewRestriction.objects.create(page=exam_course, restriction_type=PageViewRestriction.GROUPS)
    assert click_done(worker_client, lessons_of(exam_course)[0]).status_code == 404
    assert worker_client.post(exam_url(exam_course, "start")).status_code == 404


def test_a_course_without_a_paper_has_no_exam(worker_client: Client, course: CoursePage) -> None:
    assert worker_client.get(exam_url(course)).status_code == 404


def test_nobody_reaches_the_attempt_of_another(worker_client: Client, exam_course: CoursePage) -> None:
    attempt = sitting.start(UserFactory(), exam_course.paper, exam_course.purpose, timezone.now())
    for name in ("sit", "hand_in", "result"):
        assert worker_client.get(url_of(name, exam_course, attempt)).status_code == 404
    assert worker_client.post(url_of("hand_in", exam_course, attempt)).status_code == 404


# ── the exam ──


@pytest.fixture
def ready(worker: User, exam_course: CoursePage) -> CoursePage:
    finish_all(worker, exam_course)
    return exam_course


def test_the_exam_stays_closed_until_the_lessons_are_done(
    worker_client: Client, exam_course: CoursePage
) -> None:
    response = worker_client.post(exam_url(exam_course, "start"))
    assert response.url == exam_url(exam_course)
    assert not Attempt.objects.exists()


def test_beginning_twice_is_one_attempt(worker_client: Client, ready: CoursePage) -> None:
    assert begin(worker_client, ready) == begin(worker_client, ready)
    assert url_of("sit", ready, Attempt.objects.get()) in worker_client.get(exam_url(ready)).content.decode()


def test_a_start_that_arrives_once_more_costs_no_attempt(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    worker_client.post(url_of("hand_in", ready, attempt))
    again = worker_client.post(exam_url(ready, "start"), {"nth": 1})
    assert again.url == exam_url(ready)
    assert Attempt.objects.count() == 1
    page = worker_client.get(again.url).content.decode()
    assert 'name="nth" value="2"' in page


def test_a_question_screen_tells_nothing_about_what_is_right(
    worker_client: Client, ready: CoursePage
) -> None:
    attempt = begin(worker_client, ready)
    html = worker_client.get(url_of("sit", ready, attempt)).content.decode()
    assert attempt.questions[0]["stem"] in html
    for hidden in (
        "correct",
        attempt.questions[0]["explanation"],
        attempt.questions[0]["basis"],
        "opt right",
    ):
        assert hidden not in html


def test_buttons_lead_to_the_next_the_previous_and_the_end(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    sit, hand_in = url_of("sit", ready, attempt), url_of("hand_in", ready, attempt)
    assert worker_client.post(f"{sit}?q=1", {"go": "next"}).url == f"{sit}?q=2"
    assert worker_client.post(f"{sit}?q=2", {"go": "previous"}).url == f"{sit}?q=1"
    assert worker_client.post(f"{sit}?q=2", {"go": "next"}).url == hand_in
    assert worker_client.post(f"{sit}?q=1", {"go": "hand_in"}).url == hand_in


@pytest.mark.parametrize("asked", ["0", "99", "-1", "x", "", "9" * 5000])
def test_a_number_out_of_range_shows_a_question(worker_client: Client, ready: CoursePage, asked: str) -> None:
    attempt = begin(worker_client, ready)
    assert worker_client.get(url_of("sit", ready, attempt), {"q": asked}).status_code == 200


def test_an_option_that_was_not_drawn_is_refused_in_words(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    response = worker_client.post(f"{url_of('sit', ready, attempt)}?q=1", {"chosen": "x"}, follow=True)
    assert 'role="alert"' in response.content.decode()
    assert Attempt.objects.get().answers == {}


def test_a_flag_stays_on_its_question(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    sit = f"{url_of('sit', ready, attempt)}?q=2"
    assert worker_client.post(sit, {"go": "flag"}).url == sit
    assert Attempt.objects.get().flagged == [attempt.questions[1]["key"]]
    worker_client.post(sit, {"go": "unflag"})
    assert Attempt.objects.get().flagged == []


def test_handing_in_asks_once_and_names_what_is_empty(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    worker_client.post(f"{url_of('sit', ready, attempt)}?q=1", {"chosen": right(attempt.questions[0])})
    html = worker_client.get(url_of("hand_in", ready, attempt)).content.decode()
    assert "?q=2" in html
    assert "?q=1" not in html
    assert Attempt.objects.get().submitted_at is None


def test_handing_in_twice_shows_the_same_result(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    first = worker_client.post(url_of("hand_in", ready, attempt))
    submitted = Attempt.objects.get().submitted_at
    second = worker_client.post(url_of("hand_in", ready, attempt))
    assert first.url == second.url == url_of("result", ready, attempt)
    assert Attempt.objects.get().submitted_at == submitted


def test_an_answer_after_the_deadline_is_not_kept_and_the_page_says_so(
    worker_client: Client, ready: CoursePage
) -> None:
    attempt = begin(worker_client, ready)
    sit = f"{url_of('sit', ready, attempt)}?q=1"
    worker_client.post(sit, {"chosen": right(attempt.questions[0])})
    expire(attempt)
    response = worker_client.post(
        f"{url_of('sit', ready, attempt)}?q=2", {"chosen": right(attempt.questions[1])}
    )
    assert response.url == url_of("result", ready, attempt)
    closed = Attempt.objects.get()
    assert (closed.score, closed.reason, len(closed.answers)) == (50, "expired", 1)
    assert closed.submitted_at == closed.deadline
    assert 'class="toast"' in worker_client.get(response.url).content.decode()


def test_a_pass_that_ran_out_of_time_completes_the_course_at_the_deadline(
    worker_client: Client, ready: CoursePage
) -> None:
    attempt = begin(worker_client, ready)
    for question in attempt.questions:
        sitting.answer(attempt, question["key"], right(question), timezone.now())
    deadline = _after_every_lesson()
    Attempt.objects.update(deadline=deadline)
    worker_client.get(ready.url)
    assert Completion.objects.get().completed_at == deadline


def _after_every_lesson() -> datetime:
    """A moment that is past, and later than the lessons."""
    LessonProgress.objects.update(done_at=timezone.now() - timedelta(hours=2))
    return timezone.now() - timedelta(hours=1)


def test_a_failed_exam_says_what_was_right_and_when_one_may_sit_again(
    worker_client: Client, ready: CoursePage
) -> None:
    attempt = begin(worker_client, ready)
    result = worker_client.post(url_of("hand_in", ready, attempt), follow=True).content.decode()
    assert attempt.questions[0]["explanation"] in result
    assert attempt.questions[0]["basis"] in result
    assert result.count("opt right") == 2
    assert exam_url(ready) in result
    assert not Completion.objects.exists()


def test_when_the_attempts_are_used_up_the_exam_does_not_begin(
    worker_client: Client, ready: CoursePage
) -> None:
    for _ in range(2):
        worker_client.post(url_of("hand_in", ready, begin(worker_client, ready)))
    response = worker_client.post(exam_url(ready, "start"), {"nth": 3}, follow=True)
    assert 'role="alert"' in response.content.decode()
    assert Attempt.objects.count() == 2


def test_an_open_attempt_shows_no_result(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    assert worker_client.get(url_of("result", ready, attempt)).url == url_of("sit", ready, attempt)


def test_an_exam_with_many_questions_and_several_answers_is_sat(
    worker_client: Client, worker: User, home: Page
) -> None:
    paper = PaperFactory(questions=[QuestionFactory(kind="multiple", right=[0, 1, 2]) for _ in range(6)])
    course = make_course(home, lessons=1, paper=paper)
    finish_all(worker, course)
    pass_exam(worker_client, course)
    assert Attempt.objects.get().score == 100


# ── pages ──


def test_no_page_carries_inline_script_or_style(worker_client: Client, ready: CoursePage) -> None:
    attempt = begin(worker_client, ready)
    urls = [CourseIndexPage.objects.get().url, ready.url, lessons_of(ready)[0].url]
    urls += [url_of("sit", ready, attempt), url_of("hand_in", ready, attempt)]
    for url in urls:
        html = worker_client.get(url).content.decode()
        assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*src=)", html), url


@pytest.mark.parametrize("courses", [1, 4])
def test_the_list_of_courses_asks_the_database_as_often_for_four_as_for_one(
    home: Page, worker: User, courses: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(courses):
        finish_lesson(worker, lessons_of(make_course(home, title=f"课{n}", paper=PaperFactory()))[0])
    with django_assert_num_queries(8):
        overview(
            worker, CoursePage.objects.child_of(CourseIndexPage.objects.get()).live().select_related("paper")
        )


def test_the_list_page_asks_as_often_for_five_courses_as_for_one(home: Page, worker_client: Client) -> None:
    make_course(home, title="课0", paper=PaperFactory())
    url = CourseIndexPage.objects.get().url
    worker_client.get(url)
    with CaptureQueriesContext(connection) as for_one:
        worker_client.get(url)
    for n in range(1, 5):
        make_course(home, title=f"课{n}", paper=PaperFactory())
    with CaptureQueriesContext(connection) as for_five:
        worker_client.get(url)
    assert len(for_five) == len(for_one)


@pytest.mark.parametrize("lessons", [1, 9])
def test_a_course_page_asks_the_database_as_often_for_nine_lessons_as_for_one(
    home: Page,
    worker_client: Client,
    worker: User,
    lessons: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    course = make_course(home, lessons=lessons, paper=PaperFactory())
    finish_lesson(worker, lessons_of(course)[0])
    worker_client.get(course.url)
    with django_assert_max_num_queries(23):
        worker_client.get(course.url)


def test_courses_and_lessons_can_be_searched(course: CoursePage) -> None:
    lesson = lessons_of(course)[0]
    lesson.body = [("heading", "烧熟"), ("text", "<p>中心温度70℃以上。</p>")]
    lesson.save()
    assert isinstance(course, Searchable)
    assert isinstance(lesson, Searchable)
    document = LessonPage.objects.get(pk=lesson.pk).to_document()
    assert document.title == course.title
    assert document.sections[0].path == (lesson.title, "烧熟")
    assert "能说清四个温度" in course.to_document().sections[0].text


def test_editors_write_and_preview_courses_and_lessons(staff_client: Client, exam_course: CoursePage) -> None:
    for page in (CourseIndexPage.objects.get(), exam_course, lessons_of(exam_course)[0]):
        assert staff_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
        page.save_revision()
        assert staff_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200


def test_the_page_tree_holds_courses_and_lessons_in_their_places() -> None:
    assert CourseIndexPage.allowed_subpage_models() == [CoursePage]
    assert CoursePage.allowed_subpage_models() == [LessonPage]
    assert LessonPage.allowed_subpage_models() == []


def test_looking_at_a_draft_without_its_exam_completes_nothing(
    staff_client: Client, staff: User, exam_course: CoursePage
) -> None:
    finish_all(staff, exam_course)
    exam_course.paper = None
    draft = exam_course.save_revision()
    response = staff_client.get(f"/admin/pages/{exam_course.pk}/revisions/{draft.pk}/view/")
    assert response.status_code == 200
    assert not Completion.objects.exists()


def test_a_paper_that_a_course_needs_cannot_be_deleted(exam_course: CoursePage) -> None:
    with pytest.raises(ProtectedError):
        exam_course.paper.delete()


@pytest.mark.parametrize("number", ["9" * 25, "9" * 4000])
def test_a_number_beyond_all_courses_is_not_found(worker_client: Client, number: str) -> None:
    assert worker_client.get(f"/courses/{number}/exam/").status_code == 404
    assert worker_client.post(f"/courses/lessons/{number}/done/").status_code == 404


def test_a_course_that_is_withdrawn_is_not_completed_by_its_lessons(
    worker_client: Client, course: CoursePage
) -> None:
    course.unpublish()
    assert click_done(worker_client, lessons_of(course)[0]).status_code == 404
    assert not LessonProgress.objects.done().exists()
