"""A code that a phone scanned without a network, and sends within the hour: it waits until whoever keeps the list confirms it."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.events import codes, scans
from academy.events.access import running_view
from academy.events.models import Event
from academy.events.views import (
    TICKET,
    SignedInRequest,
    count_guess,
    guesses_too_much,
    late_ticket,
    missed,
)
from academy.records.refusals import RefusedError

HOUR = timedelta(seconds=codes.LATE)


@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """What a phone without a network shows in place of a code's own page; the same for everybody, as the phone keeps it."""
    return render(request, "events/kept.html", {"user": None})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def late(request: SignedInRequest, pk: int) -> HttpResponse:
    """From the phone's outbox as JSON with the code; else from whoever opened the code's address again, with a ticket."""
    event = get_object_or_404(Event.objects.select_related("district"), pk=pk)
    if request.content_type == "application/json":
        return _sent(request, event)
    shown_at = _ticketed(request, pk)
    if shown_at is None:
        return missed(request, _("Scan the code on the screen once more."), 410)
    if request.method == "GET":
        # the phone's outbox was faster
        if event.scans.filter(user__in=same_person(request.user), shown_at=shown_at).exists():
            return redirect("events:one", pk)
        return render(request, "events/late.html", {"nav": "me", "event": event, "shown_at": shown_at})
    try:
        scans.claim(event, request.user, shown_at, timezone.now())
    except RefusedError as refused:
        return missed(request, str(refused), 409)
    request.session.pop(late_ticket(pk), None)
    return redirect("events:one", pk)


@running_view
@require_POST
def decide(request: HttpRequest, event: Event, scan_pk: int) -> HttpResponse:
    scan = get_object_or_404(event.scans, pk=scan_pk)
    work = scans.confirm if request.POST.get("there") == "1" else scans.refuse
    assert isinstance(request.user, User)
    try:
        work(scan, request.user, timezone.now())
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("staff_events:desk", event.pk)


def _sent(request: SignedInRequest, event: Event) -> HttpResponse:
    now, why = timezone.now(), _("This code has run out. Have staff put you on the list.")
    if guesses_too_much(request):
        return JsonResponse({"message": why}, status=429)
    shown_at = codes.shown_at(event, _read(request.body), now)
    if shown_at is None:
        count_guess(request)
        return JsonResponse({"message": why}, status=410)
    try:
        waits = scans.claim(event, request.user, shown_at, now)
    except RefusedError as refused:
        return JsonResponse({"message": str(refused)}, status=409)
    return JsonResponse({"waits": waits is not None})


def _read(body: bytes) -> str:
    try:
        given: Any = json.loads(body)
        code = given["code"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return code if isinstance(code, str) and len(code) <= 40 else ""


def _ticketed(request: HttpRequest, pk: int) -> datetime | None:
    at = parse_datetime(request.session.get(late_ticket(pk), ""))
    return at if at is not None and timezone.now() - at < HOUR + TICKET else None
