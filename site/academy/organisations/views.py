from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from academy.accounts.models import User
from academy.organisations.forms import WorkForm
from academy.organisations.invited import said_of
from academy.organisations.models import District


@login_required
def work(request: HttpRequest) -> HttpResponse:
    """Name, enterprise and post of whoever has signed in. May be skipped, and changed later."""
    assert isinstance(request.user, User)
    onward = _onward(request)
    district = _district(request)
    form = WorkForm(request.POST or None, user=request.user, district=None if request.POST else district)
    if request.method == "POST" and form.is_valid():
        messages.success(request, said_of(form.save()))
        return redirect(onward)
    districts = District.objects.filter(enterprises__isnull=False).distinct()
    context = {"form": form, "districts": districts, "district": district, "next": onward, "nav": "me"}
    return render(request, "organisations/work.html", context)


def _district(request: HttpRequest) -> District | None:
    chosen = request.GET.get("district", "")
    return District.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 10 else None


def _onward(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else "/me/"
