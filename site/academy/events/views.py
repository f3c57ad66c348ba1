"""Events for whoever is invited: what, when, where; and signing in by the code on the screen."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.core.limiting import network_of, used_up, within
from academy.events import calendars, codes, signing
from academy.events.models import Event, SignIn
from academy.events.signing import How, Said
from academy.records.refusals import RefusedError

# whoever scanned the code has so long to sign in to the site and to say that it is them
TICKET = timedelta(minutes=15)


class SignedInRequest(HttpRequest):
    user: User


@login_required
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    now, events = timezone.now(), Event.objects.of(request.user).select_related("district")
    context = {
        "nav": "me",
        "coming": events.to_come(now).order_by("begins_at", "pk"),
        "past": events.exclude(pk__in=events.to_come(now).values("pk"))[:50],
    }
    return render(request, "events/mine.html", context)


@login_required
@require_safe
def one(request: SignedInRequest, pk: int) -> HttpResponse:
    event = _theirs(request, pk)
    context = {
        "nav": "me",
        "event": event,
        "sign_in": _standing(event, request.user),
        "scan": event.scans.filter(user__in=same_person(request.user)).last(),
        "materials": event.materials(),
    }
    return render(request, "events/mine_one.html", context)


@login_required
@require_safe
def ics(request: SignedInRequest, pk: int) -> HttpResponse:
    event = _theirs(request, pk)
    return HttpResponse(
        calendars.calendar(event, timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="event-{event.pk}.ics"'},
    )


@never_cache
@require_safe
def scanned(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A code that holds is exchanged for a ticket of this browser's own, which outlasts signing in to the site."""
    event = Event.objects.filter(pk=pk).first()
    if guesses_too_much(request):
        return missed(request, _("Too many codes were tried from here. Wait a minute."), 429)
    now = timezone.now()
    if event is None or not codes.holds(event, code, now):
        shown = event and codes.shown_at(event, code, now)
        if shown:
            request.session[late_ticket(pk)] = shown.isoformat()
            return redirect("events:late", pk)
        count_guess(request)
        why = _("This code has run out. Scan the one on the screen now, or have staff put you on the list.")
        return missed(request, why, 410)
    request.session[_ticket(pk)] = now.isoformat()
    request.session[_code(pk)] = code
    return redirect("events:here", pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: SignedInRequest, pk: int) -> HttpResponse:
    """Signing in, and out again, with a ticket; without one whoever is on the list sees that they are."""
    event = Event.objects.select_related("district").filter(pk=pk).first()
    sign_in = _standing(event, request.user) if event else None
    if event is None or not _has_ticket(request, pk):
        return _without_ticket(request, pk, sign_in)
    if request.method == "POST":
        return _signed(request, event, sign_in)
    context = {"nav": "me", "event": event, "sign_in": sign_in, "code": request.session.get(_code(pk), "")}
    return render(request, "events/here.html", context)


def _without_ticket(request: SignedInRequest, pk: int, sign_in: SignIn | None) -> HttpResponse:
    """An event that is not theirs is answered like one that is not there."""
    if sign_in:
        return redirect("events:one", pk)
    if request.method != "POST" and not _is_theirs(request, pk):
        raise Http404
    return missed(request, _("Scan the code on the screen once more."), 410)


def _signed(request: SignedInRequest, event: Event, sign_in: SignIn | None) -> HttpResponse:
    now = timezone.now()
    try:
        if event.state != Event.State.RUNNING:
            raise RefusedError(_("Nobody signs in here now: the event has not begun, or is over."))
        if "leave" in request.POST and sign_in:
            signing.sign_out(sign_in, now)
        else:
            signing.sign_in(event, request.user, Said(How.CODE), now)
    except RefusedError as refused:
        messages.error(request, str(refused))
        return redirect("events:here", event.pk)
    for kept in (_ticket(event.pk), _code(event.pk)):
        request.session.pop(kept, None)
    return redirect("events:one", event.pk)


def _theirs(request: SignedInRequest, pk: int) -> Event:
    event: Event = get_object_or_404(Event.objects.of(request.user).select_related("district"), pk=pk)
    return event


def _is_theirs(request: SignedInRequest, pk: int) -> bool:
    return Event.objects.of(request.user).filter(pk=pk).exists()


def _standing(event: Event, user: User) -> SignIn | None:
    found: SignIn | None = event.sign_ins.standing().filter(user__in=same_person(user)).first()
    return found


def late_ticket(pk: int) -> str:
    return f"event-{pk}-late"


def _ticket(pk: int) -> str:
    return f"event-{pk}"


def _code(pk: int) -> str:
    return f"event-{pk}-code"


def _has_ticket(request: HttpRequest, pk: int) -> bool:
    at = parse_datetime(request.session.get(_ticket(pk), ""))
    return at is not None and timezone.now() - at < TICKET


def missed(request: HttpRequest, why: str, status: int) -> HttpResponse:
    return render(request, "events/missed.html", {"nav": "me", "why": why}, status=status)


def _guesser(request: HttpRequest) -> tuple[str, str, str]:
    """A class shares one address, so whoever is signed in is known by that."""
    limits: dict[str, Any] = settings.EVENT_CODE_LIMITS
    if request.user.is_authenticated:
        return limits.get("person", ""), "event code", f"person {request.user.pk}"
    return limits.get("address", ""), "event code", network_of(request)


def guesses_too_much(request: HttpRequest) -> bool:
    return used_up(*_guesser(request))


def count_guess(request: HttpRequest) -> None:
    within(*_guesser(request))
