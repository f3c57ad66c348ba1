from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from academy.courses.learning import finish_lesson, settle
from academy.courses.models import CoursePage, LessonPage
from academy.exams import sitting
from academy.exams.models import Attempt
from academy.exams.screens import review, sheet, sitting_screen, terms

View = Callable[..., HttpResponse]


def _visible(request: HttpRequest, pages: Any, pk: int) -> Any:
    """A live page that this reader may see, or 404."""
    page = get_object_or_404(pages.live(), pk=pk)
    if not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404
    return page


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    lesson: LessonPage = _visible(request, LessonPage.objects, pk)
    if not request.user.is_authenticated:
        return redirect_to_login(lesson.get_url(request))
    progress = finish_lesson(request.user, lesson)
    following = progress.next_lesson
    if following:
        return redirect(following.get_url(request))
    messages.success(request, _after_last(progress.completion is not None))
    return redirect(lesson.course.get_url(request))


def _after_last(completed: bool) -> str:
    if completed:
        return _("The course is completed. It stands in your record now.")
    return _("All lessons are done. The exam is open.")


def exam_view(view: View) -> View:
    """Gives the view the course instead of its number: one with a paper, for somebody who is signed in."""

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        course: CoursePage = _visible(request, CoursePage.objects.select_related("paper"), pk)
        if course.paper is None:
            raise Http404
        if not request.user.is_authenticated:
            return redirect_to_login(reverse("courses:exam", args=[pk]))
        return view(request, course, **kwargs)

    return inner


def attempt_view(view: View) -> View:
    """Gives the view the worker's own attempt at this course's exam; one whose time is up is marked first."""

    @wraps(view)
    def inner(request: HttpRequest, course: CoursePage, attempt_pk: int) -> HttpResponse:
        attempts = Attempt.objects.filter(user=request.user, purpose__startswith=f"{course.key}:")
        attempt = get_object_or_404(attempts, pk=attempt_pk)
        if attempt.submitted_at is None and attempt.is_late(timezone.now()):
            return _late(request, course, attempt)
        return view(request, course, attempt)

    return exam_view(inner)


def _late(request: HttpRequest, course: CoursePage, attempt: Attempt) -> HttpResponse:
    sitting.submit(attempt, timezone.now())
    settle(request.user, course)
    messages.warning(request, _("Time was up by our clock. What was saved before counts, nothing after it."))
    return redirect("courses:result", course.pk, attempt.pk)


@require_GET
@exam_view
def exam(request: HttpRequest, course: CoursePage) -> HttpResponse:
    attempts = Attempt.objects.of(request.user, course.purpose)
    context = {
        "course": course,
        "progress": settle(request.user, course),
        "terms": terms(request.user, course.paper, course.purpose),
        "open": attempts.open().first(),
        "ended": attempts.exclude(submitted_at=None),
    }
    return render(request, "exams/before.html", context)


@require_POST
@exam_view
def start(request: HttpRequest, course: CoursePage) -> HttpResponse:
    try:
        if settle(request.user, course).todo:
            raise sitting.RefusedError(_("Finish the lessons first, then the exam opens."))
        attempt = sitting.start(request.user, course.paper, course.purpose, timezone.now())
    except sitting.RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("courses:exam", course.pk)
    return redirect("courses:sit", course.pk, attempt.pk)


@require_http_methods(["GET", "POST"])
@attempt_view
def sit(request: HttpRequest, course: CoursePage, attempt: Attempt) -> HttpResponse:
    number = _number(request, attempt)
    if request.method == "POST":
        return _save(request, course, attempt, number)
    if attempt.submitted_at:
        return redirect("courses:result", course.pk, attempt.pk)
    context = {"course": course, "attempt": attempt, **sitting_screen(attempt, number, timezone.now())}
    return render(request, "exams/sit.html", context)


def _number(request: HttpRequest, attempt: Attempt) -> int:
    asked = request.GET.get("q", "")
    number = int(asked) if asked.isdecimal() else 1
    return min(max(number, 1), len(attempt.questions))


def _save(request: HttpRequest, course: CoursePage, attempt: Attempt, number: int) -> HttpResponse:
    """Keeps the answer, then goes where the pressed button says; the page's script saves and stays."""
    key, go = attempt.questions[number - 1]["key"], request.POST.get("go", "next")
    try:
        sitting.answer(attempt, key, request.POST.getlist("chosen"), timezone.now())
        if go in ("flag", "unflag"):
            sitting.flag(attempt, key, go == "flag", timezone.now())
    except sitting.RefusedError as refused:
        return _refuse(request, course, attempt, str(refused))
    if go == "save":
        return HttpResponse(status=204)
    if go == "hand_in" or (go == "next" and number == len(attempt.questions)):
        return redirect("courses:hand_in", course.pk, attempt.pk)
    to = number + {"next": 1, "previous": -1}.get(go, 0)
    return redirect(f"{reverse('courses:sit', args=[course.pk, attempt.pk])}?q={max(to, 1)}")


def _refuse(request: HttpRequest, course: CoursePage, attempt: Attempt, why: str) -> HttpResponse:
    if request.POST.get("go") == "save":
        return HttpResponse(why, status=409, content_type="text/plain; charset=utf-8")
    messages.error(request, why)
    return redirect("courses:sit", course.pk, attempt.pk)


@require_http_methods(["GET", "POST"])
@attempt_view
def hand_in(request: HttpRequest, course: CoursePage, attempt: Attempt) -> HttpResponse:
    """Asks once, naming what is empty; handing in again changes nothing."""
    if request.method == "POST":
        sitting.submit(attempt, timezone.now())
        settle(request.user, course)
    if request.method == "POST" or attempt.submitted_at:
        return redirect("courses:result", course.pk, attempt.pk)
    empty = [cell for cell in sheet(attempt) if cell["state"] == "empty"]
    return render(request, "exams/hand_in.html", {"course": course, "attempt": attempt, "empty": empty})


@require_GET
@attempt_view
def result(request: HttpRequest, course: CoursePage, attempt: Attempt) -> HttpResponse:
    if attempt.submitted_at is None:
        return redirect("courses:sit", course.pk, attempt.pk)
    items = review(attempt)
    context = {
        "course": course,
        "attempt": attempt,
        "items": items,
        "right": sum(item["right"] for item in items),
        "cells": ["right" if item["right"] else "wrong" for item in items],
        "missing": max(0, attempt.pass_mark - (attempt.score or 0)),
        "terms": terms(request.user, course.paper, course.purpose),
        "progress": settle(request.user, course),
    }
    return render(request, "exams/result.html", context)
