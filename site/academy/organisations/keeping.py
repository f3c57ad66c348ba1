"""The pages about one enterprise, for whoever keeps its staff list: what is not theirs to keep is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from academy.organisations.managing import KEEPS, kept_by, with_waiting
from academy.organisations.models import Enterprise, JoinRequest, same_enterprise
from academy.organisations.scope import Scope

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
    theirs = with_waiting(kept_by(request.user))  # type: ignore[arg-type]
    found: Enterprise = get_object_or_404(theirs.select_related("district", "business_type"), pk=pk)
    return found


def shared(enterprise: Enterprise, tab: str) -> dict[str, Any]:
    """What the head of each of its pages needs; who waits was counted when it was found `with_waiting`."""
    waiting: int | None = getattr(enterprise, "waiting", None)
    if waiting is None:
        asked = JoinRequest.objects.undecided().filter(enterprise__in=same_enterprise(enterprise))
        waiting = asked.count()
    return {"nav": "me", "tab": tab, "enterprise": enterprise, "keeps": True, "waiting": waiting}


def looked_at(request: HttpRequest, scope: Scope, enterprise: Enterprise, tab: str) -> dict[str, Any]:
    """The same for a page of something in the scope, which whoever supervises it may open as well: the others are
    offered to whoever `kept_by` gives it to."""
    is_theirs = enterprise.pk in scope.enterprises or request.user.has_perm(KEEPS)
    if is_theirs and enterprise.merged_into_id is None:
        return shared(enterprise, tab)
    return {"nav": "me", "tab": tab, "enterprise": enterprise}
