import unicodedata
from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _


class RequestLoginCodeForm(allauth.RequestLoginCodeForm):
    """The worker's way in: a phone number, nothing else."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["email"]
        self.fields["phone"].required = True


class ConfirmLoginCodeForm(allauth.ConfirmLoginCodeForm):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("The 6 digits of the text message"),
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def clean_code(self) -> str:
        self.cleaned_data["code"] = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        code: str = super().clean_code()
        return code


class LoginForm(allauth.LoginForm):
    """The staff's way in, shown below the worker's on the same page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget = forms.EmailInput({"autocomplete": "username"})

    @property
    def by_phone(self) -> RequestLoginCodeForm:
        return RequestLoginCodeForm()
