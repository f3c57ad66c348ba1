"""The sign-in list of an event: on the page, as a file, on paper; and what is put right in it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from academy.accounts.models import User
from academy.core.exports import export
from academy.events import signing, tables
from academy.events.access import event_view, running_view
from academy.events.forms import ReasonForm
from academy.events.models import Event, SignInQuerySet
from academy.events.staff_views import NAV, PER_PAGE, picture
from academy.records.refusals import RefusedError


@event_view
@require_safe
def sign_ins(request: HttpRequest, event: Event) -> HttpResponseBase:
    found = _found(event)
    if "format" in request.GET:
        return export(
            request.GET["format"], f"event-{event.pk}-sign-ins", *tables.sign_ins_sheet(event, found)
        )
    page = Paginator(found.standing(), PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        **NAV,
        "event": event,
        "page": page,
        "as_of": timezone.now(),
        "undone": found.exclude(undone_at=None),
        **tables.sign_ins(event, page),
    }
    return render(request, "events/sign_ins.html", context)


@event_view
@require_safe
def printed(request: HttpRequest, event: Event) -> HttpResponse:
    """With the signatures, for the file in the office; empty lines for whoever signs on paper."""
    context = {**NAV, "event": event, "sign_ins": _found(event).standing(), "empty": range(10)}
    return render(request, "events/print.html", context)


@event_view
@require_safe
def sign_in(request: HttpRequest, event: Event, sign_in_pk: int) -> HttpResponse:
    found = get_object_or_404(_found(event), pk=sign_in_pk)
    context = {**NAV, "event": event, "sign_in": found, "how": tables.how(found), "form": ReasonForm()}
    return render(request, "events/sign_in.html", context)


@running_view
@require_POST
def out(request: HttpRequest, event: Event, sign_in_pk: int) -> HttpResponse:
    found = get_object_or_404(event.sign_ins.standing(), pk=sign_in_pk)
    try:
        signing.sign_out(found, timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("staff_events:sign_in", event.pk, sign_in_pk)


@running_view
@require_POST
def undo(request: HttpRequest, event: Event, sign_in_pk: int) -> HttpResponse:
    found = get_object_or_404(_found(event), pk=sign_in_pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {**NAV, "event": event, "sign_in": found, "how": tables.how(found), "form": form}
        return render(request, "events/sign_in.html", context, status=422)
    assert isinstance(request.user, User)
    signing.undo(found, form.cleaned_data["reason"], request.user, timezone.now())
    return redirect("staff_events:sign_ins", event.pk)


@event_view
@require_safe
def signature(request: HttpRequest, event: Event, sign_in_pk: int) -> HttpResponseBase:
    found = get_object_or_404(event.sign_ins, pk=sign_in_pk)
    if not found.signature:
        raise Http404
    return picture(found.signature, "image/png")


def _found(event: Event) -> SignInQuerySet:
    rows: SignInQuerySet = event.sign_ins.select_related("user", "by", "undone_by", "attendance")
    return rows
