"""Where this site differs from allauth: mainland phone numbers, text messages, and our words."""

import logging
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.accounts.phones import PhoneField
from academy.accounts.sms import SmsError, gateway

logger = logging.getLogger(__name__)

UNSENT_PHONE = "unsent_phone"


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is closed. Ask your administrator."),
        "email_password_mismatch": gettext_lazy("E-mail or password does not match. Check both."),
        "incorrect_code": gettext_lazy("Wrong code. Look at the text message and enter its 6 digits again."),
        "phone_password_mismatch": gettext_lazy("A phone number needs no password: use the form above."),
        "phone_taken": gettext_lazy("This number belongs to another account."),
        "rate_limited": gettext_lazy("That was too fast. Wait a minute, then try again."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Workers get their account with the first code, staff from an administrator."""
        return False

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        """The number of an account that was merged is one more number of the account that is kept."""
        found = User.objects.select_related("merged_into").filter(phone=phone).first()
        return found and (found.merged_into or found)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Each number stays with its account, so that a merge can be undone."""
        if not User.objects.filter(phone=phone, merged_into=user).update(phone_verified=True):
            self.set_phone(user, phone, True)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """Nobody can change to a number that has an account; its owner is told, the asker learns nothing."""
        if User.objects.filter(phone=phone).exclude(pk__in=same_person(user)).exists():
            self._send(phone, _("Shi'an Academy: this number already has an account, sign in with it"))
            return
        values = {"code": code, "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60}
        self._send(phone, _("Shi'an Academy: code %(code)s, valid for %(minutes)d minutes") % values)

    def _send(self, phone: str, text: str) -> None:
        try:
            gateway().send(phone, text)
        except SmsError as error:
            logger.exception("A text message was not sent")
            raise ImmediateHttpResponse(_back_to_the_form(phone)) from error


def _back_to_the_form(phone: str) -> HttpResponse:
    """To where the number was entered, with the number and the way onward kept."""
    request = context.request
    request.session[UNSENT_PHONE] = phone
    messages.error(request, _("The code could not be sent. Your number is kept: try again in a minute."))
    return HttpResponseRedirect(passthrough_next_redirect_url(request, request.path, REDIRECT_FIELD_NAME))
