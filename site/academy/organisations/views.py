from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from academy.accounts.models import User
from academy.organisations.forms import LISTED, WorkForm, enterprises
from academy.organisations.invited import said_of
from academy.organisations.joining import choose, leave
from academy.organisations.models import District, Membership


@login_required
def work(request: HttpRequest) -> HttpResponse:
    """Name, enterprise and post of whoever has signed in. May be skipped, and changed later."""
    assert isinstance(request.user, User)
    onward = _onward(request)
    district, words = _district(request), request.GET.get("q", "").strip()[:50].replace("\0", "")
    listed = enterprises(None, "") if request.POST else enterprises(district, words)
    form = WorkForm(request.POST or None, user=request.user, listed=listed)
    if request.method == "POST" and form.is_valid():
        messages.success(request, said_of(form.save()))
        return redirect(onward)
    context: dict[str, Any] = {
        "form": form,
        "districts": District.objects.filter(enterprises__isnull=False).distinct(),
        "district": district,
        "words": words,
        "listed": LISTED,
        "is_cut": len(form.fields["enterprise"].listed) >= LISTED,  # type: ignore[attr-defined]
        "next": onward,
        "nav": "me",
    }
    return render(request, "organisations/work.html", context)


@login_required
@require_POST
def leave_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Sent twice, the place was left once; who came back meanwhile stays."""
    place = _own(request, pk)
    if place.left_at is None:
        leave(place.user, place.enterprise)
    messages.success(request, _("You no longer work at %(place)s. Your records there stay.") % _named(place))
    return redirect(_onward(request))


@login_required
@require_POST
def name_place(request: HttpRequest, pk: int) -> HttpResponse:
    place = _own(request, pk)
    choose(place.user, place.enterprise)
    messages.success(request, _("Your records from now on name %(place)s.") % _named(place))
    return redirect(_onward(request))


def _own(request: HttpRequest, pk: int) -> Membership:
    places = Membership.objects.select_related("user", "enterprise")
    return get_object_or_404(places, pk=pk, user=request.user)


def _named(place: Membership) -> dict[str, str]:
    return {"place": place.enterprise.name}


def _district(request: HttpRequest) -> District | None:
    chosen = request.GET.get("district", "")
    return District.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 10 else None


def _onward(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/me/"
