"""Who may open the pages of the supervising staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

View = Callable[..., HttpResponseBase]


def permitted(*permissions: str) -> Callable[[View], View]:
    """Strangers are sent to sign in and come back; who has none of the permissions is told that the page is not for
    them."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not any(map(request.user.has_perm, permissions)):
                return staff_only(request)
            return view(request, *args, **kwargs)

        return guarded

    return guard


# what the supervising staff see, and what editors do
VIEWS_TRAINING, WRITES_ANSWERS = "accounts.view_training", "library.add_faq"
staff_required = permitted(VIEWS_TRAINING)
editor_required = permitted(WRITES_ANSWERS)


def staff_only(request: HttpRequest) -> HttpResponse:
    return render(request, "account/staff_only.html", status=403)
