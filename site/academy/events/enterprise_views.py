"""The events to which one enterprise or its people were asked, and who of them was there; for whoever keeps its staff list
and for those who supervise it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from academy.core.exports import export
from academy.events.models import Event
from academy.events.own import Own, heads, list_heads, list_row, listed_cells, person_cells
from academy.organisations.keeping import PER_PAGE, looked_at
from academy.organisations.models import Enterprise
from academy.organisations.scope import Scope, scope_of


@login_required
@require_safe
def listed(request: HttpRequest, enterprise_pk: int) -> HttpResponseBase:
    scope = scope_of(request.user)
    enterprise = _enterprise(scope, enterprise_pk)
    found = Own(enterprise).events()
    if "format" in request.GET:
        rows = map(list_row, found.iterator(chunk_size=2000))
        return export(request.GET["format"], f"events-{enterprise.pk}", list_heads(), rows)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    head = looked_at(request, scope, enterprise, "events")
    context = {**head, "page": page, "as_of": timezone.now(), **listed_cells(enterprise, page)}
    return render(request, "events/enterprise.html", context)


@login_required
@require_safe
def one(request: HttpRequest, enterprise_pk: int, pk: int) -> HttpResponseBase:
    """Of an event its own people, and nobody else's."""
    scope = scope_of(request.user)
    enterprise = _enterprise(scope, enterprise_pk)
    own = Own(enterprise)
    event: Event = get_object_or_404(own.events(), pk=pk)
    people = own.people(event)
    if "format" in request.GET:
        return export(request.GET["format"], f"event-{pk}-people", heads(), people)
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    head = looked_at(request, scope, enterprise, "events")
    context = {**head, "event": event, "page": page, "as_of": timezone.now(), **person_cells(page)}
    return render(request, "events/enterprise_one.html", context)


def _enterprise(scope: Scope, pk: int) -> Enterprise:
    """What is not theirs is not there."""
    found = scope.register().select_related("district", "business_type")
    enterprise: Enterprise = get_object_or_404(found, pk=pk)
    return enterprise
