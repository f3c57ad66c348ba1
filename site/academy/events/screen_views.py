"""What hangs on the wall: the code that people sign in by, another one every fifteen seconds."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from academy.events import closing, codes
from academy.events.access import running_view
from academy.events.models import Event
from academy.events.models.event import LATE
from academy.records.qr import qr
from academy.records.refusals import RefusedError


@running_view
@never_cache
@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, event: Event) -> HttpResponse:
    """Opened on purpose: from then on people sign in."""
    if request.method == "POST":
        try:
            closing.begin(event, timezone.now())
        except RefusedError as refused:
            messages.error(request, str(refused))
            return redirect("staff_events:one", event.pk)
        return redirect("staff_events:screen", event.pk)
    if event.state != Event.State.RUNNING:
        return redirect("staff_events:one", event.pk)
    return render(request, "events/screen.html", {"event": event, **_shown(event)})


@running_view
@never_cache
@require_safe
def code(request: HttpRequest, event: Event) -> HttpResponse:
    """The part of the page that changes."""
    return render(request, "events/_code.html", {"event": event, **_shown(event)})


def _shown(event: Event) -> dict[str, Any]:
    now = timezone.now()
    if event.state != Event.State.RUNNING or now > event.ends_at + LATE:
        return {"qr": None, "lasts": 60_000, "signed_in": event.sign_ins.standing().count()}
    path = reverse("events:scanned", args=[event.pk, codes.current(event, now)])
    return {
        "qr": qr(settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path),
        "lasts": round(codes.lasts(now).total_seconds() * 1000),
        "signed_in": event.sign_ins.standing().count(),
    }
