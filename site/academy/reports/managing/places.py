"""Which enterprise's staff list is open to whom: what is not theirs to keep is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from academy.organisations.managing import kept_by, managed_by
from academy.organisations.models import Enterprise, JoinRequest, same_enterprise

PER_PAGE = 50
View = Callable[..., HttpResponseBase]


def of_a_place(view: View) -> View:
    """The view is given the enterprise for its number."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        theirs = kept_by(request.user).select_related("district", "business_type")  # type: ignore[arg-type]
        return view(request, get_object_or_404(theirs, pk=pk), **kwargs)

    return guarded


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Of one there is no list."""
    found = managed_by(request.user).select_related("district")  # type: ignore[arg-type]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    if page.paginator.count == 1:
        return redirect("managing:people", page[0].pk)
    return render(request, "managing/places.html", {"nav": "me", "page": page})


def shared(enterprise: Enterprise, tab: str) -> dict[str, Any]:
    """What the head of each of its pages needs."""
    waiting = JoinRequest.objects.undecided().filter(enterprise__in=same_enterprise(enterprise))
    return {"nav": "me", "tab": tab, "enterprise": enterprise, "waiting": waiting.count()}
