"""Who may open the pages of the supervising staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


def staff_required(view: View) -> View:
    """Strangers are sent to sign in and come back; workers are told that the page is not for them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.has_perm("accounts.view_training"):
            return staff_only(request)
        return view(request, *args, **kwargs)

    return guarded


def staff_only(request: HttpRequest) -> HttpResponse:
    return render(request, "account/staff_only.html", status=403)
