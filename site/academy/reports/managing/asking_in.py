"""How people come onto a staff list: by a code on the wall, by a text message, or because they asked."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.accounts.models import User
from academy.accounts.sms import SmsError
from academy.organisations import inviting
from academy.organisations import requests as asked
from academy.organisations.keeping import PER_PAGE, of_a_place, shared
from academy.organisations.models import Enterprise, Invitation, JoinRequest, same_enterprise
from academy.records.qr import qr
from academy.reports.managing.forms import DeclineForm, PhoneForm, PosterForm


@of_a_place
@require_safe
def requests(request: HttpRequest, enterprise: Enterprise) -> HttpResponse:
    return _requests(request, enterprise)


@of_a_place
@require_POST
def accepted(request: HttpRequest, enterprise: Enterprise, request_pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    one = _request(enterprise, request_pk)
    _tell(request, asked.accept(one, request.user), _("Confirmed: %(name)s is on the staff list."), one)
    return redirect("managing:requests", enterprise.pk)


@of_a_place
@require_POST
def declined(request: HttpRequest, enterprise: Enterprise, request_pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    one = _request(enterprise, request_pk)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _requests(request, enterprise, refused=(one.pk, form))
    done = asked.decline(one, request.user, form.cleaned_data["reason"])
    _tell(request, done, _("Not confirmed. %(name)s reads your reason."), one)
    return redirect("managing:requests", enterprise.pk)


@of_a_place
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest, enterprise: Enterprise) -> HttpResponse:
    """POST makes a code for the wall."""
    assert isinstance(request.user, User)
    form = PosterForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = inviting.invite(enterprise, request.user, **form.cleaned_data)
        return redirect("managing:poster", enterprise.pk, made.pk)
    return _invitations(request, enterprise, poster_form=form)


@of_a_place
@require_POST
def by_phone(request: HttpRequest, enterprise: Enterprise) -> HttpResponse:
    """Whether the number has an account is not said: the answer is the same."""
    assert isinstance(request.user, User)
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _invitations(request, enterprise, phone_form=form)
    made = inviting.invite(enterprise, request.user, days=inviting.PHONE_DAYS, **form.cleaned_data)
    try:
        sent = inviting.send(made, request.build_absolute_uri(made.get_absolute_url()))
    except SmsError:
        sent = False
    if sent:
        words = _("%(phone)s has a text message. As soon as they confirm, they stand on the list.")
        messages.success(request, words % {"phone": made.masked_phone})
    else:
        words = _("%(phone)s is invited, but the text message could not be sent. Send it again later.")
        messages.error(request, words % {"phone": made.masked_phone})
    return redirect("managing:invitations", enterprise.pk)


@of_a_place
@require_POST
def texted(request: HttpRequest, enterprise: Enterprise) -> HttpResponse:
    """To those whom a sheet invited."""
    inviting.send_texts.enqueue(enterprise.pk)
    messages.success(request, _("The text messages are on their way."))
    return redirect("managing:invitations", enterprise.pk)


@of_a_place
@require_safe
def poster(request: HttpRequest, enterprise: Enterprise, invitation_pk: int) -> HttpResponse:
    found = _invitation(enterprise, invitation_pk, phone="")
    url = request.build_absolute_uri(found.get_absolute_url())
    context = {**shared(enterprise, "invitations"), "invitation": found, "url": url, "qr": qr(url)}
    return render(request, "managing/poster.html", context)


@of_a_place
@require_POST
def revoked(request: HttpRequest, enterprise: Enterprise, invitation_pk: int) -> HttpResponse:
    inviting.revoke(_invitation(enterprise, invitation_pk))
    messages.success(request, _("Taken back. Nobody can use it any more."))
    return redirect("managing:invitations", enterprise.pk)


def _tell(request: HttpRequest, done: bool, words: str, one: JoinRequest) -> None:
    if done:
        messages.success(request, words % {"name": one.user.called})
    else:
        messages.info(request, _("This had been decided or withdrawn already."))


def _request(enterprise: Enterprise, pk: int) -> JoinRequest:
    rows = JoinRequest.objects.select_related("user", "post", "enterprise")
    return get_object_or_404(rows, pk=pk, enterprise__in=same_enterprise(enterprise))


def _invitation(enterprise: Enterprise, pk: int, **more: Any) -> Invitation:
    rows = Invitation.objects.select_related("post", "enterprise")
    return get_object_or_404(rows, pk=pk, enterprise__in=same_enterprise(enterprise), **more)


def _requests(
    request: HttpRequest, enterprise: Enterprise, refused: tuple[int, DeclineForm] | None = None
) -> HttpResponse:
    waiting = JoinRequest.objects.undecided().filter(enterprise__in=same_enterprise(enterprise))
    page = Paginator(waiting.select_related("user", "post", "invitation"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    pk, wrong = refused or (None, None)
    rows = [(one, wrong if one.pk == pk else DeclineForm(auto_id=f"r{one.pk}-%s")) for one in page]
    context = {**shared(enterprise, "requests"), "page": page, "rows": rows, "form": wrong}
    return render(request, "managing/requests.html", context, status=422 if refused else 200)


def _invitations(request: HttpRequest, enterprise: Enterprise, **forms: Any) -> HttpResponse:
    found = (
        Invitation.objects.open().filter(enterprise__in=same_enterprise(enterprise)).select_related("post")
    )
    context = {
        **shared(enterprise, "invitations"),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "unsent": found.filter(sent_at=None).exclude(phone="").count(),
        "poster_form": PosterForm(),
        "phone_form": PhoneForm(),
        **forms,
    }
    wrong = any(form.errors for form in forms.values())
    return render(request, "managing/invitations.html", context, status=422 if wrong else 200)
