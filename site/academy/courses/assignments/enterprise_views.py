"""What the people of one enterprise have to do, for whoever keeps its staff list and for those who supervise it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from academy.core.exports import export
from academy.courses.assignments import counting, tables
from academy.courses.assignments.forms import PeopleFilters
from academy.courses.assignments.staff_views import PER_PAGE, listed_people
from academy.courses.models import Assignee, Assignment
from academy.organisations.models import Enterprise
from academy.organisations.scope import scope_of

ABOUT = ("assignment", "assignment__title", "assignment__due_on")


@login_required
@require_safe
def listed(request: HttpRequest, enterprise_pk: int) -> HttpResponseBase:
    enterprise = _enterprise(request, enterprise_pk)
    standing = _people_of(enterprise).filter(assignment__cancelled_at=None)
    found = counting.by(standing, timezone.localdate(), *ABOUT).order_by("-assignment__due_on", "-assignment")
    if "format" in request.GET:
        return export(request.GET["format"], "assignments", tables.own_heads(), map(tables.own_row, found))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "enterprise": enterprise,
        "as_of": timezone.now(),
        "page": page,
        **tables.own(page, enterprise.pk),
    }
    return render(request, "assignments/enterprise.html", context)


@login_required
@require_safe
def people(request: HttpRequest, enterprise_pk: int, pk: int) -> HttpResponseBase:
    enterprise, filters = _enterprise(request, enterprise_pk), PeopleFilters(request.GET)
    here = _people_of(enterprise).filter(assignment=pk)
    assignment = get_object_or_404(Assignment, id=pk, pk__in=here.values("assignment"))
    rows = counting.with_state(filters.rows(here), timezone.localdate()).select_related("user")
    if "format" in request.GET and filters.is_valid():
        sheet = map(tables.person_row, rows.iterator(chunk_size=2000))
        return export(request.GET["format"], f"assignment-{pk}-people", tables.people_heads(), sheet)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "base": "base.html",
        "assignment": assignment,
        "enterprise": enterprise,
        "as_of": timezone.now(),
        "back": reverse("own_assignments:list", args=[enterprise.pk]),
        **listed_people(request, filters, page),
        **tables.people(page),
    }
    return render(request, "assignments/people.html", context)


def _enterprise(request: HttpRequest, pk: int) -> Enterprise:
    """What is not theirs is not there."""
    return get_object_or_404(scope_of(request.user).register(), id=pk)


def _people_of(enterprise: Enterprise) -> QuerySet[Assignee]:
    """Also those of places that turned out to be this one."""
    return Assignee.objects.standing().filter(
        enterprise_key__in=[enterprise.pk, *enterprise.merged.values_list("pk", flat=True)]
    )
