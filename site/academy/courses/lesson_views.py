import json
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
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
from academy.core.limiting import within
from academy.core.visible import visible_or_404
from academy.courses import checks, claims, visiting
from academy.courses.access import lesson_visible_or_404
from academy.courses.enrolling import LockedError
from academy.courses.finishing import UnfinishedError, finish, standing
from academy.courses.learning import pursued
from academy.courses.lesson_screens import screen
from academy.courses.models import CoursePage
from academy.courses.outline import Lesson, Outline
from academy.courses.refused import tell_refused
from academy.courses.terms import Terms, terms_at, terms_of
from academy.exams.answers import chosen_from
from academy.exams.models import Question
from academy.records.refusals import RefusedError


@require_POST
@never_cache
def report(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """From the page's script. Who may read was asked when the lesson was opened; without that nothing counts."""
    if not isinstance(request.user, User):
        return _told(_("Sign in, and what you learned is counted."), 401)
    said, now = _said(request), timezone.now()
    is_theirs = str(said.get("person") or request.user.pk) == str(request.user.pk)
    if is_theirs and not within(settings.REPORT_LIMIT, "report", str(request.user.pk)):
        return _told(_("That was very often. Wait a minute."), 429)
    terms = terms_at(pk, _edition(request.user, pk, said), number)
    if not is_theirs:
        return _of_another(request.user, terms, said, now)
    if terms is None:
        return _told(_("This lesson is no longer there."), 404)
    try:
        claim = claims.read(said, terms)
        progress = visiting.count(request.user, terms, claim, now, request.headers.get("User-Agent", ""))
    except claims.UnreadableError as unreadable:
        tell_refused(request.user, terms, str(unreadable), said, now, once=True)
        return _told(str(unreadable), 400)
    except RefusedError as refused:
        return _told(str(refused), 409)
    return JsonResponse(standing(terms, progress))


def _of_another(user: User, terms: Terms | None, said: dict[str, Any], now: datetime) -> HttpResponse:
    """Refused in a way that lets the phone keep it until that person is signed in again."""
    words = _("Somebody else learned this on this device.")
    if terms:
        tell_refused(user, terms, words, said, now, once=True)
    return _told(words, 403)


@require_POST
@never_cache
def done(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    course = visible_or_404(request, CoursePage.objects.select_related("paper"), pk)
    if not isinstance(request.user, User):
        return redirect_to_login(_back(request, course))
    return _finish_here(request, request.user, *_lesson_or_404(request, course, number))


def _finish_here(request: HttpRequest, user: User, outline: Outline, lesson: Lesson) -> HttpResponse:
    try:
        progress = finish(user, outline, lesson, timezone.now())
    except UnfinishedError as unfinished:
        for missing in unfinished.missing:
            messages.warning(request, missing)
        return redirect(lesson.edition_url)
    except LockedError as locked:
        messages.error(request, str(locked))
        return redirect(outline.course.get_url(request))
    if progress.next_lesson:
        return redirect(progress.next_lesson.edition_url)
    messages.success(request, _after_last(progress.completion is not None))
    return redirect(outline.course.get_url(request))


def _after_last(completed: bool) -> str:
    if completed:
        return _("The course is completed. It stands in your record now.")
    return _("All lessons are done. The exam is open.")


@require_POST
@never_cache
def check(request: HttpRequest, pk: int, number: int, question_pk: int) -> HttpResponse:
    """With htmx the question in its new state, else back to where it stands."""
    course = visible_or_404(request, CoursePage.objects.select_related("paper"), pk)
    user = request.user
    if not isinstance(user, User):
        return _sign_in(request, course)
    outline, lesson = _lesson_or_404(request, course, number)
    terms, said = terms_of(outline, lesson), ""
    try:
        progress = _answer(request, user, terms, question_pk)
    except RefusedError as refused:
        said, progress = str(refused), visiting.progress_in(user, terms)
        if isinstance(refused, checks.ImpossibleError):
            tell_refused(user, terms, said, {"question": question_pk}, timezone.now())
    if request.headers.get("HX-Request") and progress and str(question_pk) in terms.checks:
        learning = screen(user, outline, lesson, terms, progress)
        context = {"learning": learning, "check": learning.checks[str(question_pk)], "said": said}
        return render(request, "courses/_check_answered.html", {**context, "back": lesson.edition_url})
    if said:
        messages.warning(request, said)
    return redirect(f"{lesson.edition_url}#check-{question_pk}")


def _sign_in(request: HttpRequest, course: CoursePage) -> HttpResponse:
    """A script would put the page to sign in where the question stands: it is told to go there."""
    there = redirect_to_login(_back(request, course))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": there.url})
    return there


def _edition(user: User, pk: int, said: dict[str, Any]) -> int:
    """What was learned offline is of the edition in which it was read; else of the one that is pursued."""
    meant = str(said.get("edition") or "")
    if meant.isdecimal() and len(meant) < 6:
        return int(meant)
    course = CoursePage.objects.filter(id=pk).first()
    return pursued(user, course).edition if course else 0


def _answer(request: HttpRequest, user: User, terms: Any, question_pk: int) -> Any:
    if not within(settings.REPORT_LIMIT, "check", str(user.pk)):
        raise RefusedError(_("That was very often. Wait a minute."))
    question, now = Question.objects.filter(id=question_pk).first(), timezone.now()
    if question is None or str(question_pk) not in terms.checks:
        raise checks.ImpossibleError(_("This question is not in the lesson as you take it."))
    if request.POST.get("version", str(question.version)) != str(question.version):
        raise RefusedError(_("The question was changed meanwhile. Read it once more."))
    chosen = chosen_from(checks.drawn(question, user), request.POST)
    return checks.answer(user, terms, question, chosen, now, _key(request))


def _key(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _lesson_or_404(request: HttpRequest, course: CoursePage, number: int) -> tuple[Outline, Lesson]:
    """In the edition that this person pursues."""
    outline = pursued(request.user, course)
    lesson = outline.lesson(f"lesson:{number}")
    if lesson is None:
        raise Http404
    lesson_visible_or_404(request, number)
    return outline, lesson


def _back(request: HttpRequest, course: CoursePage) -> str:
    """To the lesson, whose address its forms bring along; after signing in."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, None):
        return back
    return str(course.get_url(request))


def _said(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        # what is not understood is written down, and that is no place for a key
        return {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _told(words: str, status: int) -> JsonResponse:
    return JsonResponse({"message": words}, status=status)
