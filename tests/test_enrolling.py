from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from academy.accounts.models import User
from academy.courses.enrolling import LockedError, enrol
from academy.courses.learning import continue_where, finish_lesson, progress
from academy.courses.models import (
    CoursePage,
    CourseVersion,
    Enrolment,
    LessonPage,
    LessonProgress,
    LessonVisit,
    Prerequisite,
)
from academy.courses.requiring import waits_for_itself
from academy.courses.versions import publish_edition
from academy.library.models import HomePage
from academy.records.models import Completion, Statement, Verb
from tests.conftest import AtOnce
from tests.factories import CompletionFactory, PaperFactory, make_course


def lessons_of(course: CoursePage) -> list[LessonPage]:
    return list(LessonPage.objects.child_of(course).order_by("path"))


def opened(user: User, lesson: LessonPage, ago: timedelta, heard_ago: timedelta | None = None) -> None:
    now = timezone.now()
    enrol(user, lesson.course)
    row = LessonProgress.objects.create(
        user=user, course_key=lesson.course.key, lesson_key=lesson.key, edition=1, opened_at=now - ago
    )
    if heard_ago is not None:
        LessonVisit.objects.create(progress=row, key=uuid4(), opened_at=now - ago, heard_at=now - heard_ago)


@pytest.fixture
def course(home: Page) -> CoursePage:
    return make_course(home)


@pytest.fixture
def advanced(home: Page, course: CoursePage) -> CoursePage:
    """A course with an exam that asks for the other one first."""
    made = make_course(home, title="进阶", paper=PaperFactory())
    Prerequisite.objects.create(page=made, course=course)
    return made


# ── beginning ──


def test_beginning_twice_is_one_enrolment_in_the_edition_in_force(worker: User, course: CoursePage) -> None:
    assert enrol(worker, course) == enrol(worker, course)
    assert (Enrolment.objects.get().edition, Enrolment.objects.get().stays) == (1, False)
    assert Statement.objects.get(verb=Verb.ENROLLED).object_key == course.key


def test_a_course_that_asks_for_another_first_is_refused_in_words(
    worker: User, course: CoursePage, advanced: CoursePage
) -> None:
    with pytest.raises(LockedError, match=course.title):
        enrol(worker, advanced)
    with pytest.raises(LockedError):
        finish_lesson(worker, lessons_of(advanced)[0])
    assert not LessonProgress.objects.exists()
    CompletionFactory(user=worker, course_key=course.key, edition=1)
    course.edition = 3
    course.save()
    assert enrol(worker, advanced).course_key == advanced.key


def test_what_comes_first_is_shown_with_its_state_and_the_rest_is_locked_in_words(
    worker_client: Client, worker: User, course: CoursePage, advanced: CoursePage
) -> None:
    main = BeautifulSoup(worker_client.get(advanced.url).content, "lxml").main
    before = main.select_one("section[aria-labelledby=before]")
    assert before.select_one("a")["href"] == course.url
    assert not main.select(".toc a")
    assert main.select_one(".btnp a")["href"] == course.url
    lesson = lessons_of(advanced)[0]
    page = worker_client.get(lesson.url).content.decode()
    assert course.url in page
    assert reverse("courses:lesson_done", args=[lesson.course.pk, lesson.pk]) not in page
    assert (
        worker_client.post(reverse("courses:lesson_done", args=[lesson.course.pk, lesson.pk])).url
        == advanced.url
    )
    assert not progress(worker, advanced).exam_open
    CompletionFactory(user=worker, course_key=course.key)
    main = BeautifulSoup(worker_client.get(advanced.url).content, "lxml").main
    assert len(main.select(".toc a")) == 3
    assert main.select("section[aria-labelledby=before]")


def test_whoever_has_begun_is_not_locked_out_later(worker: User, course: CoursePage, home: Page) -> None:
    begun = make_course(home, title="已经开始的课")
    enrol(worker, begun)
    Prerequisite.objects.create(page=begun, course=course)
    assert not progress(worker, begun).missing
    assert finish_lesson(worker, lessons_of(begun)[0]).done_count == 1


def test_who_completed_it_before_another_was_asked_first_still_reads_it(
    worker_client: Client, worker: User, course: CoursePage, advanced: CoursePage
) -> None:
    CompletionFactory(user=worker, course_key=advanced.key)
    assert worker_client.get(lessons_of(advanced)[0].url).status_code == 200
    assert not LessonProgress.objects.exists()


def test_a_withdrawn_course_is_not_asked_for(worker: User, course: CoursePage, advanced: CoursePage) -> None:
    course.unpublish()
    assert enrol(worker, advanced)


# ── what an editor may not ask ──


def form_data(course: CoursePage, before: list[CoursePage], **fields: Any) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": course.title,
            "slug": course.slug,
            "outcome": course.outcome,
            "level": "basic",
            "hours": "1.0",
            "validity_months": "0",
            "watched_share": "90",
            "paper": "",
            "intro": '{"blocks": [], "entityMap": {}}',
            "prerequisites": inline_formset([{"course": one.pk} for one in before]),
            "comments": inline_formset([]),
            "action-publish": "1",
            **fields,
        }
    )


def save(client: Client, course: CoursePage, before: list[CoursePage], **fields: Any) -> Any:
    url = reverse("wagtailadmin_pages:edit", args=[course.pk])
    return client.post(url, form_data(course, before, **fields))


def test_a_course_never_waits_for_itself(
    staff_client: Client, course: CoursePage, advanced: CoursePage, home: Page
) -> None:
    third = make_course(home, title="第三门")
    assert save(staff_client, third, [advanced]).status_code == 302
    assert save(staff_client, course, [course]).status_code == 200
    assert save(staff_client, course, [third]).status_code == 200
    assert not course.prerequisites.exists()
    assert waits_for_itself(course.pk, [third.pk])
    assert not waits_for_itself(third.pk, [advanced.pk, course.pk])


def test_a_draft_counts_where_a_course_would_wait_for_itself(
    staff_client: Client, course: CoursePage, home: Page
) -> None:
    other = make_course(home, title="另一门")
    data = form_data(other, [course])
    del data["action-publish"]
    staff_client.post(reverse("wagtailadmin_pages:edit", args=[other.pk]), data)
    assert not other.prerequisites.exists()
    assert save(staff_client, course, [other]).status_code == 200


def test_a_certificate_needs_an_exam(staff_client: Client, course: CoursePage) -> None:
    refused = save(staff_client, course, [], validity_months="12")
    assert refused.status_code == 200
    assert "validity_months" in refused.context["form"].errors
    paper = PaperFactory()
    assert save(staff_client, course, [], validity_months="12", paper=paper.pk).status_code == 302


# ── where one stopped ──


def test_one_goes_on_in_the_very_lesson_that_was_opened_last(
    worker_client: Client, worker: User, course: CoursePage
) -> None:
    first, second, third = lessons_of(course)
    opened(worker, third, timedelta(days=3), heard_ago=timedelta(minutes=2))
    opened(worker, second, timedelta(hours=1), heard_ago=timedelta(hours=1))
    found = progress(worker, course)
    assert (found.here, found.next_lesson) == (third, first)
    assert found.cells == ["todo", "todo", "now"]
    home = course.get_parent().get_parent().add_child(instance=HomePage(title="首页", slug="start"))
    for url in (home.url, "/me/"):
        page = BeautifulSoup(worker_client.get(url).content, "lxml")
        assert page.select(f"a.btn[href='{third.url}']"), url
    finish_lesson(worker, third)
    assert progress(worker, course).here == second


def test_an_opened_lesson_makes_a_course_the_one_to_go_on_in(worker: User, home: Page) -> None:
    done, looked_at = make_course(home, title="学过"), make_course(home, title="刚打开")
    finish_lesson(worker, lessons_of(done)[0])
    LessonProgress.objects.update(done_at=timezone.now() - timedelta(days=1))
    Enrolment.objects.update(began_at=timezone.now() - timedelta(days=1))
    opened(worker, lessons_of(looked_at)[1], timedelta(minutes=1))
    found = continue_where(worker)
    assert found
    assert found[0] == looked_at


# ── looking at drafts ──


def test_an_editor_previews_course_and_lessons_as_their_drafts_have_them(
    staff_client: Client, course: CoursePage, advanced: CoursePage
) -> None:
    lesson = lessons_of(advanced)[0]
    lesson.title, lesson.body = "改过的题目", [("text", "<p>草稿。</p>")]
    lesson.save_revision()
    added = advanced.add_child(instance=LessonPage(title="还没发布的一课", live=False))
    advanced.title = "改过的课"
    advanced.save_revision()
    page = staff_client.get(reverse("wagtailadmin_pages:view_draft", args=[advanced.pk])).content.decode()
    for words in ("改过的课", "改过的题目", "还没发布的一课", course.title):
        assert words in page
    assert reverse("wagtailadmin_pages:view_draft", args=[added.pk]) in page
    shown = staff_client.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])).content.decode()
    assert "草稿。" in shown
    assert not Enrolment.objects.exists()
    assert not LessonProgress.objects.exists()


# ── at once ──


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_last_two_lessons_done_at_once_complete_the_course_once(
    worker: User, course: CoursePage, at_once: AtOnce
) -> None:
    first, second, third = lessons_of(course)
    finish_lesson(worker, first)
    todo = iter((second, third, second, third))
    done = at_once(lambda: finish_lesson(worker, next(todo)), 4)
    assert len({found.completion.pk for found in done if found.completion}) == 1
    assert at_once(Completion.objects.count, 1) == [1]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_edition_published_by_two_editors_at_once_is_raised_once(
    staff: User, course: CoursePage, at_once: AtOnce
) -> None:
    done = at_once(lambda: publish_edition(course, staff, timezone.now()), 3)
    assert [after.edition for after in done] == [2, 2, 2]
    assert at_once(CourseVersion.objects.count, 1) == [1]
