"""Who may have which page, in the words of views."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache

from academy.accounts.models import User
from academy.courses.models import CoursePage
from academy.exams.models import Attempt, Paper


@dataclass(frozen=True, slots=True)
class Exam:
    """Who sits what for which course."""

    user: User
    course: CoursePage
    paper: Paper

    def attempt_or_404(self, pk: int) -> Attempt:
        """This worker's own, in whichever edition of the course it was begun."""
        attempts = Attempt.objects.filter(user=self.user, purpose__startswith=f"{self.course.key}:")
        return get_object_or_404(attempts, pk=pk)


def visible_or_404(request: HttpRequest, pages: Any, pk: int) -> Any:
    """A live page that this reader may see."""
    # by `id`: a number too large for the database matches nothing there, and breaks a look-up by `pk`
    page = get_object_or_404(pages.live(), id=pk)
    if not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404
    return page


def exam_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view the exam of a course; whoever is not signed in signs in first."""

    @never_cache
    @wraps(view)
    def inner(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        course: CoursePage = visible_or_404(request, CoursePage.objects.select_related("paper"), pk)
        if course.paper is None:
            raise Http404
        if not isinstance(request.user, User):
            return redirect_to_login(reverse("courses:exam", args=[pk]))
        return view(request, Exam(request.user, course, course.paper), **kwargs)

    return inner
