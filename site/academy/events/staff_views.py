"""Events for the supervising staff: the list, planning, inviting, cancelling, closing."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.accounts.access import permitted, staff_required
from academy.accounts.models import User
from academy.core.database import counts
from academy.core.exports import export
from academy.events import closing, inviting, listing, overlapping, pictures, tables, telling
from academy.events.access import event_view, running_view
from academy.events.forms import AdditionForm, ChoiceForm, ClosingForm, EventForm, PhotosForm, ReasonForm
from academy.events.models import Event
from academy.organisations.models import Enterprise
from academy.organisations.scope import scope_of
from academy.organisations.supervising import StaffRequest
from academy.records.models import Attendance, AttendanceQuerySet
from academy.records.reaching import is_daytime
from academy.records.refusals import RefusedError

PER_PAGE = 50
NAV = {"nav": "events"}


@staff_required
@require_safe
def events(request: HttpRequest) -> HttpResponseBase:
    filters = listing.EventFilters(request.GET, scope_of(request.user))
    found = listing.with_numbers(filters.events()).select_related("district", "organiser")
    if "format" in request.GET:
        return export(request.GET["format"], "events", *tables.listed_sheet(found.iterator(500)))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {**NAV, "filters": filters, "page": page, **tables.listed(page)}
    return render(request, "events/list.html", context)


@permitted("events.add_event")
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    form = EventForm(request.POST or None, scope=scope_of(request.user))
    if form.is_valid():
        form.instance.organiser = request.user
        return redirect("staff_events:one", form.save().pk)
    return _form(request, form, None)


@running_view
@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, event: Event) -> HttpResponse:
    """What is closed or cancelled stays as it was."""
    with transaction.atomic():
        event = get_object_or_404(Event.objects.select_for_update(of=("self",)), pk=event.pk)
        if not event.is_open:
            return _refused(request, event, _("The event is over. It stays as it was."))
        form = EventForm(request.POST or None, instance=event, scope=request.scope)
        if form.is_valid():
            _changed(form)
            messages.success(request, _("Saved."))
            return redirect("staff_events:one", event.pk)
    return _form(request, form, event)


@event_view
@require_safe
def one(request: HttpRequest, event: Event) -> HttpResponseBase:
    if "format" in request.GET:
        return export(request.GET["format"], f"event-{event.pk}-invited", *tables.invited_sheet(event))
    standing = event.sign_ins.standing()
    context: dict[str, Any] = {
        **NAV,
        **counts(
            signed_in=standing if event.is_open else _attended(event),
            asked=event.invited.all(),
            scans=event.scans.undecided() if event.is_open else event.scans.none(),
            without_managers=telling.without_managers(event) if event.is_open else Enterprise.objects.none(),
            told=telling.latest(event).exclude(told_at=None),
            not_told=telling.latest(event).filter(told_at=None),
        ),
        "event": event,
        "now": timezone.now(),
        "latest": standing.order_by("-at", "-pk")[:5],
        "invited": event.invited.all()[:PER_PAGE],
        "guided": event.guided.all(),
        "photos": event.photos.all(),
        "materials": event.materials(),
        "form": PhotosForm(),
        "additions": event.additions.select_related("by"),
        "addition_form": AdditionForm(),
        "tells_soon": event.tell_at is not None and event.tell_at <= timezone.now() + telling.GRACE,
        "is_night": not is_daytime(),
    }
    return render(request, "events/one.html", context)


@running_view
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, event: Event) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            closing.cancel(event, form.cleaned_data["reason"])
            return redirect("staff_events:one", event.pk)
        except RefusedError as refused:
            form.add_error(None, str(refused))
    context = {**NAV, "event": event, "form": form}
    return render(request, "events/cancel.html", context, status=422 if form.is_bound else 200)


@running_view
@require_http_methods(["GET", "POST"])
def invite(request: StaffRequest, event: Event) -> HttpResponse:
    """A first look says how many fit, a second one invites them."""
    scope = request.scope
    given = request.POST or request.GET
    form = ChoiceForm(given or None, scope)
    context: dict[str, Any] = {**NAV, "event": event, "form": form}
    if form.is_valid():
        choice = form.choice()
        if request.method == "POST":
            return _invited(request, event, choice)
        context["fit_people"] = choice.people(scope).count()
        context["fit_enterprises"] = choice.enterprises(scope).count()
        context["chosen"] = [(name, value) for name in form.fields for value in given.getlist(name) if value]
    return render(request, "events/invite.html", context, status=422 if form.errors else 200)


@running_view
@require_POST
def uninvite(request: HttpRequest, event: Event) -> HttpResponse:
    pk = request.POST.get("invited", "")
    try:
        inviting.uninvite(event, int(pk) if pk.isdecimal() and len(pk) < 19 else 0)
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("staff_events:one", event.pk)


@running_view
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, event: Event) -> HttpResponse:
    if not event.is_open:
        return redirect("staff_events:one", event.pk)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ClosingForm(event, closing.candidates(event), *given)
    if form.is_valid():
        try:
            _close(event, request.user, form)
            messages.success(request, _("The list is closed. Everybody on it is counted."))
            return redirect("staff_events:one", event.pk)
        except RefusedError as refused:
            form.add_error(None, str(refused))
    standing = event.sign_ins.standing()
    context: dict[str, Any] = {
        **NAV,
        **counts(
            signed_in=standing,
            asked=event.invited.all(),
            scans=event.scans.undecided() if event.is_open else event.scans.none(),
            without_managers=telling.without_managers(event) if event.is_open else Enterprise.objects.none(),
        ),
        "event": event,
        "form": form,
        "not_out": standing.filter(left_at=None).count(),
        "scans": event.scans.undecided().count(),
        "elsewhere": overlapping.elsewhere(event)[:PER_PAGE],
    }
    return render(request, "events/close.html", context, status=422 if form.is_bound else 200)


@running_view
@require_POST
def photos(request: HttpRequest, event: Event) -> HttpResponse:
    """Also afterwards: a photo adds to what is known and changes nothing."""
    form = PhotosForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise RefusedError(" ".join(str(error) for error in form.errors.get("photos", [])))
        closing.add_photos(event, request.user, _read(form.cleaned_data["photos"]))  # type: ignore[arg-type]
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("staff_events:one", event.pk)


@running_view
@require_POST
def minutes(request: HttpRequest, event: Event) -> HttpResponse:
    """An addition; what stands in them stays."""
    form = AdditionForm(request.POST)
    assert isinstance(request.user, User)
    try:
        if not form.is_valid():
            raise RefusedError(" ".join(str(error) for error in form.errors.get("text", [])))
        closing.add_to_minutes(event, form.cleaned_data["text"], request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect(reverse("staff_events:one", args=[event.pk]) + "#minutes")


@event_view
@require_safe
def photo(request: HttpRequest, event: Event, photo_pk: int) -> HttpResponseBase:
    found = get_object_or_404(event.photos, pk=photo_pk)
    return picture(found.file, "image/jpeg")


@running_view
@require_POST
def withdraw_guided(request: HttpRequest, event: Event, guidance_pk: int) -> HttpResponse:
    guidance = get_object_or_404(event.guided, pk=guidance_pk)
    assert isinstance(request.user, User)
    try:
        closing.withdraw_guidance(
            guidance, request.POST.get("reason", "")[:200], request.user, timezone.now()
        )
    except RefusedError as refused:
        messages.error(request, str(refused))
    return redirect("staff_events:one", event.pk)


def picture(file: Any, content_type: str) -> HttpResponse:
    """Only through a view that has asked who looks, and kept by nobody on the way."""
    with file.open("rb") as stored:
        response = HttpResponse(stored.read(), content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _changed(form: EventForm) -> None:
    """Another time or place is told to whoever knew of the first."""
    event, now = form.instance, timezone.now()
    if telling.is_news(event, form.changed_data):
        event.moved += 1
        event.tell_at = now + telling.GRACE
    if event.state == Event.State.RUNNING and now < event.opens_at:
        event.state = Event.State.PLANNED
    form.save()


def _attended(event: Event) -> AttendanceQuerySet:
    """Of a closed list what counts: who was on it under two accounts was there once."""
    return Attendance.objects.standing().filter(event_key=event.key)


def _form(request: HttpRequest, form: EventForm, event: Event | None) -> HttpResponse:
    context = {**NAV, "form": form, "event": event}
    return render(request, "events/plan.html", context, status=422 if form.is_bound else 200)


def _refused(request: HttpRequest, event: Event, why: str) -> HttpResponse:
    messages.error(request, why)
    return redirect("staff_events:one", event.pk)


def _invited(request: StaffRequest, event: Event, choice: inviting.Choice) -> HttpResponse:
    enterprises = request.POST.get("whom") == "enterprises"
    work = inviting.invite_enterprises if enterprises else inviting.invite_people
    try:
        new = work(event, choice, request.scope)
    except RefusedError as refused:
        return _refused(request, event, str(refused))
    said = (
        ngettext("%(n)s enterprise is invited.", "%(n)s enterprises are invited.", new)
        if enterprises
        else ngettext("%(n)s person is invited.", "%(n)s people are invited.", new)
    )
    messages.success(request, said % {"n": new})
    return redirect("staff_events:one", event.pk)


def _close(event: Event, by: Any, form: ClosingForm) -> None:
    """Where a photo cannot be read, nothing is closed yet."""
    said = form.cleaned_data
    closing.close(
        event,
        by,
        timezone.now(),
        minutes=said["minutes"],
        guided=said.get("guided", ()),
        photos=_read(said["photos"]),
        all_stayed=said.get("all_stayed", False),
    )


def _read(files: list[Any]) -> list[bytes]:
    return [pictures.photo(file) for file in files]
