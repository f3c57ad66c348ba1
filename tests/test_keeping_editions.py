"""What an edition asks does not change under whoever is under way in it."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.enrolling import enrol
from academy.courses.learning import finish_lesson, pursued
from academy.courses.models import CoursePage, LessonPage
from tests.factories import make_course

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(home: Page) -> CoursePage:
    return make_course(home, lessons=2)


@pytest.fixture
def lesson(course: CoursePage) -> LessonPage:
    found: LessonPage = LessonPage.objects.child_of(course).order_by("path").first()
    return found


@pytest.fixture
def under_way(course: CoursePage, worker: User) -> User:
    enrol(worker, course)
    return worker


def live(course: CoursePage) -> int:
    return LessonPage.objects.child_of(course).live().count()


def bulk(action: str, lesson: LessonPage) -> str:
    return reverse("wagtail_bulk_action", args=["wagtailcore", "page", action]) + f"?id={lesson.pk}"


def leaving(lesson: LessonPage) -> list[str]:
    single = [reverse(f"wagtailadmin_pages:{name}", args=[lesson.pk]) for name in ("unpublish", "delete")]
    return [*single, bulk("unpublish", lesson), bulk("delete", lesson)]


@pytest.mark.usefixtures("under_way")
def test_no_lesson_leaves_an_edition_that_somebody_is_under_way_in(
    staff_client: Client, course: CoursePage, lesson: LessonPage
) -> None:
    for url in leaving(lesson):
        answer = staff_client.post(url, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("courses_new_edition", args=[course.pk])
        assert "还有1人在学" in BeautifulSoup(answer.content, "html.parser").get_text()
        assert live(course) == 2


@pytest.mark.usefixtures("under_way")
def test_no_lesson_moves_to_another_course_meanwhile(
    staff_client: Client, course: CoursePage, lesson: LessonPage, home: Page
) -> None:
    other = make_course(home, lessons=0)
    url = reverse("wagtailadmin_pages:move_confirm", args=[lesson.pk, other.pk])
    assert staff_client.post(url).url == reverse("courses_new_edition", args=[course.pk])
    assert live(course) == 2


def test_where_nobody_is_under_way_a_lesson_is_unpublished(
    staff_client: Client, course: CoursePage, lesson: LessonPage, worker: User
) -> None:
    for one in pursued(worker, course).lessons:
        finish_lesson(worker, one)
    staff_client.post(reverse("wagtailadmin_pages:unpublish", args=[lesson.pk]))
    assert live(course) == 1


def written(lesson: LessonPage, **changed: Any) -> dict[str, Any]:
    return {
        "title": lesson.title,
        "slug": lesson.slug,
        "minutes": lesson.minutes,
        "body-count": "0",
        "action-publish": "1",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0",
        "comments-MAX_NUM_FORMS": "1000",
        **changed,
    }


@pytest.mark.usefixtures("under_way")
def test_a_new_lesson_waits_as_a_draft_for_the_next_edition(
    staff_client: Client, course: CoursePage, lesson: LessonPage
) -> None:
    url = reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", course.pk])
    answer = staff_client.post(url, written(lesson, title="后来加的", slug="later"))
    assert answer.url == reverse("courses_new_edition", args=[course.pk])
    added = LessonPage.objects.get(slug="later")
    assert (added.live, added.has_unpublished_changes, live(course)) == (False, True, 2)
    staff_client.post(answer.url, {"edition": 1, "goes_in": [lesson.pk, added.pk]})
    assert (CoursePage.objects.get().edition, live(course)) == (2, 2)


@pytest.mark.usefixtures("under_way")
def test_the_words_of_a_lesson_are_put_right_all_the_same(
    staff_client: Client, lesson: LessonPage, course: CoursePage
) -> None:
    url = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    staff_client.post(url, written(lesson, title="改了一个字"))
    assert LessonPage.objects.get(pk=lesson.pk).title == "改了一个字"
    assert live(course) == 2
