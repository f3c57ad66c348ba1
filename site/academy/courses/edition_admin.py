"""The admin's page that says what a new edition changes, and asks once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from academy.accounts.models import User
from academy.courses.models import CoursePage
from academy.courses.versions import changes, publish_edition, standing


def may_publish_edition(user: Any, course: CoursePage) -> bool:
    """There is something to replace, and this user may publish."""
    return bool(course.live and course.permissions_for_user(user).can_publish())


@require_http_methods(["GET", "POST"])
def new_edition(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(CoursePage.objects.select_related("latest_revision"), id=pk)
    if not isinstance(request.user, User) or not may_publish_edition(request.user, course):
        raise PermissionDenied
    if request.method == "POST":
        return _publish(request, request.user, course)
    context = {
        "course": course,
        "next_edition": course.edition + 1,
        "changes": changes(course),
        "standing": standing(course),
    }
    return render(request, "courses/admin/new_edition.html", context)


def _publish(request: HttpRequest, user: User, course: CoursePage) -> HttpResponse:
    meant = request.POST.get("edition", "")
    replacing = int(meant) if meant.isdecimal() and len(meant) < 6 else 0
    goes_in = [int(number) for number in request.POST.getlist("goes_in") if number.isdecimal()]
    if not goes_in:
        messages.error(request, _("Leave at least one lesson in."))
        return redirect("courses_new_edition", course.pk)
    try:
        after = publish_edition(course, user, timezone.now(), replacing=replacing or -1, goes_in=goes_in)
    except ValidationError as incomplete:
        words = _("A draft cannot be published as it is: %(why)s")
        messages.error(request, words % {"why": " ".join(incomplete.messages)})
        return redirect("courses_new_edition", course.pk)
    if after.edition == replacing + 1:
        messages.success(
            request,
            _("Edition %(n)s of “%(course)s” is published.") % {"n": after.edition, "course": after.title},
        )
    else:
        messages.warning(
            request, _("Nothing was published: edition %(n)s is in force by now.") % {"n": after.edition}
        )
    return redirect("wagtailadmin_pages:edit", course.pk)
