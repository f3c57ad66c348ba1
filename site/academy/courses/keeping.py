"""What an edition asks stays as long as somebody is under way in it: its words may be put right, its lessons stand."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from academy.courses.models import CoursePage, LessonPage
from academy.courses.versions import standing


def keep_in(request: HttpRequest, page: Page, *_where: Any) -> HttpResponse | None:
    """For an editor about to take a lesson out: on to the page where a new edition leaves it out."""
    course = _entered(page) if page.live else None
    return _ask_for_an_edition(request, course) if course else None


def keep_out(request: HttpRequest, page: Page) -> HttpResponse | None:
    """For an editor about to put a lesson in. Wagtail has saved it already, a new one as if it were live."""
    is_new = request.resolver_match is not None and request.resolver_match.url_name == "add"
    course = _entered(page) if is_new or not page.live else None
    if course is None:
        return None
    LessonPage.objects.filter(pk=page.pk).update(live=False, has_unpublished_changes=True)
    return _ask_for_an_edition(request, course)


def keep_each(
    request: HttpRequest, action_type: str, objects: Sequence[Model], _action: Any
) -> HttpResponse | None:
    pages = [page for page in objects if isinstance(page, Page)]
    match action_type:
        case "delete" | "move" | "unpublish":
            touched = [page for page in pages if page.live]
        case "publish":
            touched = [page for page in pages if not page.live]
        case _:
            touched = []
    course = next(filter(None, map(_entered, touched)), None)
    return _ask_for_an_edition(request, course) if course else None


def _entered(page: Page) -> CoursePage | None:
    """The course of this lesson, where it is live and somebody is under way in its edition in force."""
    lesson = page.specific
    if not isinstance(lesson, LessonPage):
        return None
    course = lesson.course
    return course if course.live and standing(course).under_way else None


def _ask_for_an_edition(request: HttpRequest, course: CoursePage) -> HttpResponse:
    under_way = standing(course).under_way
    said = ngettext(
        "%(n)s person is under way in edition %(edition)s of “%(course)s”, so its lessons stay as they are.",
        "%(n)s people are under way in edition %(edition)s of “%(course)s”, so its lessons stay as they are.",
        under_way,
    )
    words = said % {"n": under_way, "edition": course.edition, "course": course.title}
    then = _("Drafts are kept. Choose here which lessons the next edition has.")
    messages.warning(request, f"{words} {then}")
    return redirect("courses_new_edition", course.pk)
