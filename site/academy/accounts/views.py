import time
from typing import Any

from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from academy.accounts.access import staff_only
from academy.accounts.adapter import UNSENT_PHONE
from academy.accounts.models import User
from academy.accounts.sms import gateway


class RequestCodeView(RequestLoginCodeView):
    """Known or new, a number is answered alike; a new one has its account from here on."""

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "phone": self.request.session.pop(UNSENT_PHONE, "")}

    def form_valid(self, form: Any) -> HttpResponse:
        form._user = User.objects.of_phone(form.cleaned_data["phone"])
        response: HttpResponse = super().form_valid(form)
        return response


class ConfirmCodeView(ConfirmLoginCodeView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        start = reverse("account_request_login_code")
        if getattr(response, "url", None) != start:
            return response
        if not getattr(self, "_process", None):
            messages.error(request, _("This code is no longer valid. Enter your number and get a new one."))
        return HttpResponseRedirect(self.passthrough_next_url(start))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "sms_hint": gateway().hint}

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        phone = self._process.state["phone"]
        if not ratelimit.consume(self.request, action="request_login_code", key=phone):
            messages.error(self.request, _("A code is on its way. Wait a minute before you ask for another."))
            return HttpResponseRedirect(self.passthrough_next_url(self.request.path))
        # A new code lives as long as the first one did
        self._process.state["at"] = time.time()
        response: HttpResponse = super()._resend_form_valid(form)
        messages.success(self.request, _("Another code was sent"))
        return response


def reader_entrance(request: HttpRequest) -> HttpResponse:
    """Where Wagtail sends whoever may not read a page or a file: to sign in, or, signed in, to be told so."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or "/")


def admin_entrance(request: HttpRequest) -> HttpResponse:
    """Where Wagtail sends whom it does not let in: to sign in, or to a page that says why not.

    Sent to the sign-in page itself, a signed-in worker would be sent back to the admin, and round again.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("wagtailadmin_home"))
    if not request.user.has_perm("wagtailadmin.access_admin"):
        return staff_only(request)
    return redirect("wagtailadmin_home")
