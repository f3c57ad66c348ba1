from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.core.exports import export
from academy.courses.assignments.duties import duties_of
from academy.courses.learning import continue_where
from academy.events.models import Event
from academy.exams.spot import due_for
from academy.library.models import HandbookSignature
from academy.organisations import requests
from academy.organisations.inviting import sent_to
from academy.organisations.managing import managed_by, with_waiting
from academy.organisations.models import Membership
from academy.records.hours import year_of, years_of
from academy.records.models import Attendance, Completion
from academy.records.seeing import with_certificates
from academy.reports import ledger


class SignedInRequest(HttpRequest):
    user: User


@login_required
@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """What a worker has learned, is learning, and how this site looks to them."""
    user = request.user
    duties = duties_of(user)
    under_way = continue_where(user, [duty.progress for duty in duties if duty.progress])
    mine, places = same_person(user), list(Membership.objects.places_of(user))
    completions, earned = with_certificates(Completion.objects.filter(user__in=mine))
    now = timezone.now()
    context = {
        "nav": "me",
        "places": places,
        "duties": duties,
        "spot_exams": due_for(user, now),
        "events": Event.objects.of(user).to_come(now).order_by("begins_at", "pk"),
        "progress": under_way[1] if under_way else None,
        "certificates": [one for one in earned if not one.is_renewed],  # type: ignore[attr-defined]
        "learned": _learned(user, completions),
        "year": year_of(user, timezone.localdate().year, places),
        "managed": with_waiting(managed_by(user)),
        "requests": requests.shown_to(user),
        "invitations": sent_to(user),
    }
    return render(request, "me/home.html", context)


def _learned(user: User, completions: list[Completion]) -> list[Any]:
    """Courses and events in one list, the latest first."""
    attended = Attendance.objects.standing().filter(user__in=same_person(user))
    return sorted([*completions, *attended], key=lambda one: (_moment(one), one.pk), reverse=True)


def _moment(one: Completion | Attendance) -> datetime:
    return one.attended_at if isinstance(one, Attendance) else one.completed_at


@login_required
@require_safe
def hours(request: SignedInRequest) -> HttpResponseBase:
    """The entries behind the year's number."""
    years = years_of(request.user)
    year = next((one for one in years if str(one.year) == request.GET.get("year")), years[0])
    heads, rows = ledger.heads(), ledger.rows(year.entries)
    if "format" in request.GET:
        return export(request.GET["format"], f"training-hours-{year.year}", heads, rows)
    context = {
        "nav": "me",
        "crumbs": [{"title": _("My page"), "url": reverse("me:home")}],
        "year": year,
        "years": years,
        "query": f"year={year.year}",
        "table": ledger.table(year),
        "title": _("Training hours in %(year)d") % {"year": year.year},
    }
    return render(request, "me/hours.html", context)


@login_required
@require_safe
def handbooks(request: SignedInRequest) -> HttpResponse:
    """The editions that this person has signed for."""
    context = {
        "nav": "me",
        "signatures": HandbookSignature.objects.filter(user__in=same_person(request.user)),
    }
    return render(request, "me/handbooks.html", context)
