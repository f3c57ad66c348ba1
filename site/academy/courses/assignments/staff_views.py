"""Assignments for the supervising staff: make one, see how far it is, of what is in their part of the city."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.accounts.access import permitted, staff_only, staff_required
from academy.accounts.models import User
from academy.core.exports import export
from academy.courses.assignments import assigning, counting, tables
from academy.courses.assignments.counting import Tally, is_own, visible
from academy.courses.assignments.forms import AssignmentForm, PeopleFilters, ReasonForm
from academy.courses.assignments.reminding import late, remind_late
from academy.courses.models import Assignee, Assignment
from academy.organisations.scope import Scope, scope_of
from academy.records.reaching import is_daytime

PER_PAGE, PER_LIST = 50, 20
ASSIGNS = "courses.add_assignment"


@dataclass(frozen=True, slots=True)
class Desk:
    """Of one assignment what somebody may see of it, and whether all of it is theirs."""

    user: User
    scope: Scope
    assignment: Assignment
    rows: QuerySet[Assignee]

    @property
    def is_own(self) -> bool:
        return is_own(self.assignment, self.user, self.scope)


def desk_or_404(request: HttpRequest, pk: int) -> Desk:
    assert isinstance(request.user, User)
    scope = scope_of(request.user)
    seen = visible(request.user, scope).select_related("made_by", "cancelled_by")
    assignment = get_object_or_404(seen, id=pk)
    return Desk(
        request.user,
        scope,
        assignment,
        scope.records(Assignee.objects.standing().filter(assignment=assignment)),
    )


@staff_required
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    assert isinstance(request.user, User)
    scope = scope_of(request.user)
    found = visible(request.user, scope)
    if "format" in request.GET:
        rows = (row for _one, row in _rows(request.user, scope, found))
        return export(request.GET["format"], "assignments", tables.list_heads(), rows)
    page = Paginator(found, PER_LIST).get_page(request.GET.get("page"))
    context = {
        "nav": "assignments",
        "as_of": timezone.now(),
        "may_assign": request.user.has_perm(ASSIGNS),
        "page": page,
        **tables.listed(_rows(request.user, scope, page)),
    }
    return render(request, "assignments/list.html", context)


@permitted(ASSIGNS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The first sending shows whom it would reach; the second does it, if that is still so."""
    assert isinstance(request.user, User)
    form = AssignmentForm(scope_of(request.user), request.POST or None)
    found = form.preview() if form.is_valid() else None
    if found and found.persons and request.POST.get("sure") == str(found.persons):
        key = form.cleaned_data["key"]
        made = assigning.make(key, request.user, form.assignment(found.persons))
        return redirect("assignments:one", made.pk)
    context = {
        "nav": "assignments",
        "form": form,
        "preview": found,
        "changed": found and "sure" in request.POST,
        "unknown": form.unknown[:20],
        "unknown_more": max(0, len(form.unknown) - 20),
    }
    return render(request, "assignments/new.html", context, status=422 if form.errors else 200)


@staff_required
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    desk, today = desk_or_404(request, pk), timezone.localdate()
    group = request.GET.get("table", "")
    if "format" in request.GET:
        if group not in tables.GROUPS:
            raise Http404(group)
        sheet = tables.grouped_sheet(counting.by(desk.rows, today, *tables.GROUPS[group]), group)
        return export(request.GET["format"], f"assignment-{pk}-{group}", *sheet)
    address = reverse("assignments:people", args=[pk])
    places = Paginator(counting.by(desk.rows, today, *tables.GROUPS["enterprise"]), PER_PAGE)
    page = places.get_page(request.GET.get("page"))
    districts = list(counting.by(desk.rows, today, *tables.GROUPS["district"]))
    context = {
        **_facts(request, desk),
        "tally": counting.total(districts),
        "districts": tables.grouped(districts, "district", address),
        "enterprises": tables.grouped(page, "enterprise", address),
        "page": page,
        "people_url": address,
        "to_remind": late(desk.assignment, desk.scope).count(),
        "form": ReasonForm(),
    }
    return render(request, "assignments/one.html", context)


def _facts(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    may = request.user.has_perm(ASSIGNS)
    return {
        "nav": "assignments",
        "assignment": desk.assignment,
        "is_own": desk.is_own,
        "state": tables.state_of(desk.assignment),
        "as_of": timezone.now(),
        "may_assign": may,
        "may_change": may and desk.is_own and not desk.assignment.cancelled_at,
    }


@staff_required
@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponseBase:
    desk, filters = desk_or_404(request, pk), PeopleFilters(request.GET)
    rows = counting.with_state(filters.rows(desk.rows), timezone.localdate()).select_related("user")
    if "format" in request.GET and filters.is_valid():
        sheet = map(tables.person_row, rows.iterator(chunk_size=2000))
        return export(request.GET["format"], f"assignment-{pk}-people", tables.people_heads(), sheet)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **_facts(request, desk),
        **listed_people(request, filters, page),
        "back": reverse("assignments:one", args=[pk]),
        **tables.people(page, "assignments:person"),
    }
    return render(request, "assignments/people.html", context)


def listed_people(request: HttpRequest, filters: PeopleFilters, page: Any) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("page", None)
    return {"filters": filters, "page": page, "query": query.urlencode()}


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """One person of it; excused here, for a reason."""
    desk = desk_or_404(request, pk)
    seen = counting.with_state(desk.rows, timezone.localdate()).select_related("user", "excused_by")
    row = get_object_or_404(seen, id=row_pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and not request.user.has_perm(ASSIGNS):
        return staff_only(request)
    if request.method == "POST" and form.is_valid():
        assigning.excuse(row, reason=form.cleaned_data["reason"], by=desk.user)
        return redirect("assignments:person", pk, row_pk)
    context = {
        **_facts(request, desk),
        "row": row,
        "row_state": counting.STATES[row.state],  # type: ignore[attr-defined]
        "reminders": row.reminders.order_by("created_at"),
        "earlier": counting.earlier(row),
        "changes": counting.changes(row),
        "form": form,
    }
    return render(request, "assignments/person.html", context, status=422 if form.errors else 200)


@permitted(ASSIGNS)
@require_POST
def unexcuse(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """What was excused by mistake, for a reason."""
    desk, form = desk_or_404(request, pk), ReasonForm(request.POST)
    row = get_object_or_404(desk.rows, id=row_pk)
    if form.is_valid():
        assigning.unexcuse(row, reason=form.cleaned_data["reason"], by=desk.user)
    else:
        messages.error(request, _("Say why: the reason stays with the entry."))
    return redirect("assignments:person", pk, row_pk)


@permitted(ASSIGNS)
@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    desk = desk_or_404(request, pk)
    n = late(desk.assignment, desk.scope).count()
    say_reminded(request, n, lambda: remind_late.enqueue(desk.assignment.pk, desk.user.pk))
    return redirect("assignments:one", pk)


def say_reminded(request: HttpRequest, n: int, do: Callable[[], object]) -> None:
    if not is_daytime():
        messages.warning(request, _("It is night. People are reminded between 9:00 and 20:00."))
    elif n:
        do()
        said = ngettext("%(n)s person is being reminded.", "%(n)s people are being reminded.", n)
        messages.success(request, said % {"n": n})
    else:
        messages.info(request, _("Everybody who is late has been reminded today."))


@permitted(ASSIGNS)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    desk, form = _own_or_404(request, pk), ReasonForm(request.POST)
    if form.is_valid():
        assigning.cancel(desk.assignment, reason=form.cleaned_data["reason"], by=desk.user)
    else:
        messages.error(request, _("Say why it is cancelled: the reason stays with it."))
    return redirect("assignments:one", pk)


@permitted(ASSIGNS)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    assigning.close(_own_or_404(request, pk).assignment)
    return redirect("assignments:one", pk)


def _own_or_404(request: HttpRequest, pk: int) -> Desk:
    desk = desk_or_404(request, pk)
    if not desk.is_own:
        raise Http404
    return desk


def _rows(user: User, scope: Scope, found: Iterable[Assignment]) -> Iterator[tuple[Assignment, list[Any]]]:
    """Each assignment with what its line says, counted of the people in this scope."""
    shown = list(found)
    people = scope.records(Assignee.objects.standing().filter(assignment__in=[one.pk for one in shown]))
    counted = counting.by(people, timezone.localdate(), "assignment")
    tallies = {row["assignment"]: counting.of(row) for row in counted}
    for one in shown:
        yield one, tables.list_row(one, tallies.get(one.pk, Tally()), is_own(one, user, scope))
