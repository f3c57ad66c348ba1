"""Whose event somebody runs: one held in their part of the city. Any other is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404

from academy.accounts.access import permitted, staff_required
from academy.events.models import Event
from academy.organisations.scope import scope_of
from academy.organisations.supervising import StaffRequest

View = Callable[..., HttpResponseBase]
may_run = permitted("events.change_event")


def event_view(view: View) -> View:
    """For whoever may look on."""
    return staff_required(_found(view))


def running_view(view: View) -> View:
    """For whoever plans events and keeps their lists."""
    return may_run(_found(view))


def _found(view: View) -> View:
    @wraps(view)
    def found(request: StaffRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.scope = scope_of(request.user)
        events = Event.objects.within(request.scope).select_related("district", "organiser")
        return view(request, get_object_or_404(events, pk=pk), *args, **kwargs)

    return found
