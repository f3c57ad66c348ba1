"""The pages of the supervising staff about people, places and records: nobody opens one without a part of the city."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from academy.accounts.access import VIEWS_TRAINING, View, permitted
from academy.accounts.models import User
from academy.organisations.scope import Scope, scope_of


class StaffRequest(HttpRequest):
    user: User
    scope: Scope


def supervised(*permissions: str) -> Callable[[View], View]:
    """Like `permitted`; the view finds in `request.scope` what it may show. Who has no district is told so, in words."""

    def guard(view: View) -> View:
        @permitted(*permissions)
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.scope = scope_of(request.user)
            if not request.scope.supervises:
                return without_district(request)
            return view(request, *args, **kwargs)

        return guarded

    return guard


supervisor_required = supervised(VIEWS_TRAINING)


def without_district(request: HttpRequest) -> HttpResponse:
    return render(request, "organisations/without_district.html", status=403)
