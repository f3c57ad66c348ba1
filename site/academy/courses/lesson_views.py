import json
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from academy.accounts.models import User
from academy.courses import checks, claims, visiting
from academy.courses.access import visible_or_404
from academy.courses.finishing import UnfinishedError, finish, standing
from academy.courses.learning import settle
from academy.courses.lesson_screens import answered_screen
from academy.courses.models import CoursePage, LessonPage
from academy.courses.terms import (
    Edition,
    Lesson,
    Place,
    lesson_at,
    lesson_named,
    pursued_edition,
    terms_at,
    terms_of,
)
from academy.exams.answers import chosen_from
from academy.exams.models import Question


@require_POST
@never_cache
def report(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """From the page's script. Who may read was asked when the lesson was opened; without that nothing counts."""
    if not isinstance(request.user, User):
        return _told(_("Sign in, and what you learned is counted."), 401)
    said = _said(request)
    if str(said.get("person") or request.user.pk) != str(request.user.pk):
        return _told(_("Somebody else learned this on this device."), 409)
    edition = said.get("edition") or pursued_edition(request.user, pk)
    terms = terms_at(pk, int(edition) if str(edition).isdecimal() else None, number)
    if terms is None:
        return _told(_("This lesson is no longer there."), 404)
    now = timezone.now()
    try:
        claim = claims.read(said, terms)
        progress = visiting.count(request.user, terms, claim, now, request.headers.get("User-Agent", ""))
    except claims.UnreadableError as unreadable:
        return _told(str(unreadable), 400)
    except visiting.RefusedError as refused:
        return _told(str(refused), 409)
    return JsonResponse(standing(terms, progress, now))


@require_POST
@never_cache
def done(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    course = visible_or_404(request, CoursePage.objects, pk)
    if not isinstance(request.user, User):
        return redirect_to_login(_back(request, course))
    edition, lesson = _lesson_or_404(request, request.user, course, number)
    return _finish(request, request.user, course, edition, lesson)


@require_POST
@never_cache
def check(request: HttpRequest, pk: int, number: int, question_pk: int) -> HttpResponse:
    """With htmx the question in its new state, else back to where it stands."""
    course = visible_or_404(request, CoursePage.objects, pk)
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(_back(request, course))
    edition, lesson = _lesson_or_404(request, user, course, number)
    terms, said = terms_of(edition, lesson), ""
    try:
        progress = _answer(request, user, terms, question_pk)
    except checks.RefusedError as refused:
        said, progress = str(refused), visiting.progress_in(user, terms)
    if request.headers.get("HX-Request") and progress and str(question_pk) in terms.checks:
        screen = answered_screen(user, course, lesson, number, terms, progress)
        context = {"learning": screen, "check": screen.checks[str(question_pk)], "said": said}
        return render(request, "courses/_check_answered.html", {**context, "back": _back(request, course)})
    if said:
        messages.warning(request, said)
    return redirect(f"{_back(request, course)}#check-{question_pk}")


def finish_here(request: HttpRequest, user: User, lesson: LessonPage) -> HttpResponse:
    course = lesson.course
    place = lesson_named(course.pk, pursued_edition(user, course.pk), lesson.key)
    if place is None:
        raise Http404
    return _finish(request, user, course, *place)


def _finish(
    request: HttpRequest, user: User, course: CoursePage, edition: Edition, lesson: Lesson
) -> HttpResponse:
    try:
        finish(user, terms_of(edition, lesson), timezone.now())
    except UnfinishedError as unfinished:
        for missing in unfinished.missing:
            messages.warning(request, missing)
        return redirect(_back(request, lesson if isinstance(lesson, LessonPage) else course))
    progress = settle(user, course)
    if progress.next_lesson:
        return redirect(progress.next_lesson.get_url(request))
    messages.success(request, _after_last(progress.completion is not None))
    return redirect(course.get_url(request))


def _after_last(completed: bool) -> str:
    if completed:
        return _("The course is completed. It stands in your record now.")
    return _("All lessons are done. The exam is open.")


def _answer(request: HttpRequest, user: User, terms: Any, question_pk: int) -> Any:
    question, now = Question.objects.filter(id=question_pk).first(), timezone.now()
    if question is None or str(question_pk) not in terms.checks:
        why = _("This question is not in the lesson as you take it.")
        checks.write_down(user, terms, question_pk, why, now)
        raise checks.RefusedError(why)
    if request.POST.get("version", str(question.version)) != str(question.version):
        raise checks.RefusedError(_("The question was changed meanwhile. Read it once more."))
    chosen = chosen_from(checks.drawn(question, user), request.POST)
    return checks.answer(user, terms, question, chosen, now, _key(request))


def _key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _lesson_or_404(request: HttpRequest, user: User, course: CoursePage, number: int) -> Place:
    place = lesson_at(course.pk, pursued_edition(user, course.pk), number)
    if place is None:
        raise Http404
    if isinstance(place[1], LessonPage):
        visible_or_404(request, LessonPage.objects, place[1].pk)
    return place


def _back(request: HttpRequest, page: Any) -> str:
    """The lesson's own address, which its forms bring along."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, None):
        return back
    return str(page.get_url(request))


def _said(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return request.POST.dict()
    try:
        said = json.loads(request.body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _told(words: str, status: int) -> JsonResponse:
    return JsonResponse({"message": words}, status=status)
