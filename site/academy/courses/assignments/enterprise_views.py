"""What the people of one enterprise have to do, for whoever keeps its staff list and for those who supervise it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from academy.accounts.models import User
from academy.core.exports import export
from academy.courses.assignments import counting, tables
from academy.courses.assignments.forms import PeopleFilters
from academy.courses.assignments.reminding import late, remind_late
from academy.courses.assignments.staff_views import PER_PAGE, listed_people, say_reminded
from academy.courses.models import Assignee, Assignment
from academy.organisations.keeping import kept, looked_at
from academy.organisations.models import Enterprise
from academy.organisations.scope import Scope, scope_of

ABOUT = ("assignment", "assignment__title", "assignment__due_on")


@login_required
@require_safe
def listed(request: HttpRequest, enterprise_pk: int) -> HttpResponseBase:
    scope = scope_of(request.user)
    enterprise = _enterprise(scope, enterprise_pk)
    standing = _people_of(enterprise).filter(assignment__cancelled_at=None)
    found = counting.by(standing, timezone.localdate(), *ABOUT).order_by("-assignment__due_on", "-assignment")
    if "format" in request.GET:
        return export(request.GET["format"], "assignments", tables.own_heads(), map(tables.own_row, found))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **looked_at(request, scope, enterprise, "assignments"),
        "as_of": timezone.now(),
        "page": page,
        **tables.own(page, enterprise.pk),
    }
    return render(request, "assignments/enterprise.html", context)


@login_required
@require_safe
def people(request: HttpRequest, enterprise_pk: int, pk: int) -> HttpResponseBase:
    scope, filters = scope_of(request.user), PeopleFilters(request.GET)
    enterprise = _enterprise(scope, enterprise_pk)
    here = _people_of(enterprise).filter(assignment=pk)
    assignment = get_object_or_404(Assignment, id=pk, pk__in=here.values("assignment"))
    rows = counting.with_state(filters.rows(here), timezone.localdate()).select_related("user")
    if "format" in request.GET and filters.is_valid():
        sheet = map(tables.person_row, rows.iterator(chunk_size=2000))
        return export(request.GET["format"], f"assignment-{pk}-people", tables.people_heads(), sheet)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    head = looked_at(request, scope, enterprise, "assignments")
    context = {
        **head,
        "base": "managing/plain.html",
        "assignment": assignment,
        "to_remind": "keeps" in head and late(assignment, scope, enterprise).count(),
        "as_of": timezone.now(),
        "back": reverse("own_assignments:list", args=[enterprise.pk]),
        **listed_people(request, filters, page),
        **tables.people(page),
    }
    return render(request, "assignments/people.html", context)


@login_required
@require_POST
def remind(request: HttpRequest, enterprise_pk: int, pk: int) -> HttpResponse:
    """Of this enterprise, by whoever keeps its staff list."""
    assert isinstance(request.user, User)
    enterprise, by = kept(request, enterprise_pk), request.user
    assignment = get_object_or_404(
        Assignment, id=pk, pk__in=_people_of(enterprise).filter(assignment=pk).values("assignment")
    )
    n = late(assignment, scope_of(by), enterprise).count()
    say_reminded(request, n, lambda: remind_late.enqueue(pk, by.pk, enterprise.pk))
    return redirect("own_assignments:people", enterprise.pk, pk)


def _enterprise(scope: Scope, pk: int) -> Enterprise:
    """What is not theirs is not there."""
    found = scope.register().select_related("district", "business_type")
    return get_object_or_404(found, id=pk)


def _people_of(enterprise: Enterprise) -> QuerySet[Assignee]:
    """Also those of places that turned out to be this one."""
    return Assignee.objects.standing().filter(
        enterprise_key__in=[enterprise.pk, *enterprise.merged.values_list("pk", flat=True)]
    )
