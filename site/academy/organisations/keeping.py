"""The pages about one enterprise, for whoever keeps its staff list: what is not theirs to keep is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from academy.organisations.managing import kept_by
from academy.organisations.models import Enterprise, JoinRequest, same_enterprise

PER_PAGE = 50
View = Callable[..., HttpResponseBase]


def of_a_place(view: View) -> View:
    """The view is given the enterprise for its number."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        return view(request, kept(request, pk), **kwargs)

    return guarded


def kept(request: HttpRequest, pk: int) -> Enterprise:
    theirs = kept_by(request.user).select_related("district", "business_type")  # type: ignore[arg-type]
    found: Enterprise = get_object_or_404(theirs, pk=pk)
    return found


def shared(enterprise: Enterprise, tab: str) -> dict[str, Any]:
    """What the head of each of its pages needs."""
    waiting = JoinRequest.objects.undecided().filter(enterprise__in=same_enterprise(enterprise))
    return {"nav": "me", "tab": tab, "enterprise": enterprise, "keeps": True, "waiting": waiting.count()}


def looked_at(request: HttpRequest, enterprise: Enterprise, tab: str) -> dict[str, Any]:
    """The same for a page that whoever supervises it may open as well: the others are offered to whoever keeps it."""
    keeps = kept_by(request.user).filter(pk=enterprise.pk).exists()  # type: ignore[arg-type]
    return shared(enterprise, tab) if keeps else {"nav": "me", "tab": tab, "enterprise": enterprise}
