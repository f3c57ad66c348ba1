from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from academy.courses.access import Exam, exam_view
from academy.courses.learning import settle
from academy.exams import sitting
from academy.exams.models import Attempt
from academy.exams.screens import review, sheet, sitting_screen, terms


@require_GET
@exam_view
def before(request: HttpRequest, exam: Exam) -> HttpResponse:
    attempts = Attempt.objects.of(exam.user, exam.course.purpose)
    context = {
        "course": exam.course,
        "progress": settle(exam.user, exam.course),
        "terms": terms(exam.user, exam.paper, exam.course.purpose),
        "open": attempts.open().first(),
        "ended": attempts.exclude(submitted_at=None),
        "nth": attempts.count() + 1,
    }
    return render(request, "exams/before.html", context)


@require_POST
@exam_view
def start(request: HttpRequest, exam: Exam) -> HttpResponse:
    try:
        if settle(exam.user, exam.course).todo:
            raise sitting.RefusedError(_("Finish the lessons first, then the exam opens."))
        nth = _whole(request.POST.get("nth", ""))
        attempt = sitting.start(exam.user, exam.paper, exam.course.purpose, timezone.now(), nth)
    except sitting.RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("courses:exam", exam.course.pk)
    return redirect("courses:sit", exam.course.pk, attempt.pk)


@require_http_methods(["GET", "POST"])
@exam_view
def sit(request: HttpRequest, exam: Exam, attempt_pk: int) -> HttpResponse:
    """One question a screen. An attempt that is over, by hand or by the clock, shows its result."""
    attempt = exam.attempt_or_404(attempt_pk)
    if attempt.submitted_at or attempt.is_late(timezone.now()):
        return _over(request, exam, attempt)
    number = _number(request, attempt)
    if request.method == "POST":
        return _save(request, exam, attempt, number)
    context = {"course": exam.course, "attempt": attempt, **sitting_screen(attempt, number, timezone.now())}
    return render(request, "exams/sit.html", context)


def _over(request: HttpRequest, exam: Exam, attempt: Attempt) -> HttpResponse:
    """Hands in what is not yet handed in; a second time changes nothing."""
    attempt = sitting.submit(attempt, timezone.now())
    settle(exam.user, exam.course)
    if request.method == "POST" and attempt.reason == Attempt.Reason.EXPIRED:
        messages.warning(request, _("Time was up by our clock; this came too late to count."))
    return redirect("courses:result", exam.course.pk, attempt.pk)


def _number(request: HttpRequest, attempt: Attempt) -> int:
    return min(max(_whole(request.GET.get("q", "")), 1), len(attempt.questions))


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _save(request: HttpRequest, exam: Exam, attempt: Attempt, number: int) -> HttpResponse:
    """Keeps the answer, then goes where the pressed button says; the page's script saves and stays."""
    key, go = attempt.questions[number - 1]["key"], request.POST.get("go", "next")
    try:
        sitting.answer(attempt, key, request.POST.getlist("chosen"), timezone.now())
        if go in ("flag", "unflag"):
            sitting.flag(attempt, key, go == "flag", timezone.now())
    except sitting.RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("courses:sit", exam.course.pk, attempt.pk)
    if go == "save":
        return HttpResponse(status=204)
    if go == "hand_in" or (go == "next" and number == len(attempt.questions)):
        return redirect("courses:hand_in", exam.course.pk, attempt.pk)
    to = number + {"next": 1, "previous": -1}.get(go, 0)
    return redirect(f"{reverse('courses:sit', args=[exam.course.pk, attempt.pk])}?q={to}")


@require_http_methods(["GET", "POST"])
@exam_view
def hand_in(request: HttpRequest, exam: Exam, attempt_pk: int) -> HttpResponse:
    """Asks once, naming what is empty."""
    attempt = exam.attempt_or_404(attempt_pk)
    if request.method == "POST" or attempt.submitted_at or attempt.is_late(timezone.now()):
        return _over(request, exam, attempt)
    empty = [cell for cell in sheet(attempt) if cell["state"] == "empty"]
    return render(request, "exams/hand_in.html", {"course": exam.course, "attempt": attempt, "empty": empty})


@require_GET
@exam_view
def result(request: HttpRequest, exam: Exam, attempt_pk: int) -> HttpResponse:
    attempt = exam.attempt_or_404(attempt_pk)
    if attempt.submitted_at is None:
        return redirect("courses:sit", exam.course.pk, attempt.pk)
    items = review(attempt)
    context = {
        "course": exam.course,
        "attempt": attempt,
        "items": items,
        "right": sum(item["right"] for item in items),
        "cells": ["right" if item["right"] else "wrong" for item in items],
        "missing": max(0, attempt.pass_mark - (attempt.score or 0)),
        "terms": terms(exam.user, exam.paper, exam.course.purpose),
        "progress": settle(exam.user, exam.course),
    }
    return render(request, "exams/result.html", context)
