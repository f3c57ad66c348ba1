"""Mainland mobile numbers, however they were typed."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LENGTH = 11
# Spaces, dashes, brackets, and the invisible marks that come along when a number is pasted
NOISE = {"Cc", "Cf", "Pd", "Pe", "Ps", "Zs"}


def clean_phone(text: str) -> str:
    """The eleven digits; +86, full-width digits and separators are understood."""
    plain = unicodedata.normalize("NFKC", text)
    number = "".join(char for char in plain if unicodedata.category(char) not in NOISE)
    number = _without_country(number)
    if not (number.isascii() and number.isdigit()):
        raise ValidationError(_("A phone number has digits only"), code="invalid_phone")
    if len(number) != LENGTH:
        message = gettext("A phone number has 11 digits; this one has %(count)d")
        raise ValidationError(message % {"count": len(number)}, code="invalid_phone")
    if number[0] != "1" or number[1] < "3":
        raise ValidationError(_("A mobile number starts with 13 to 19"), code="invalid_phone")
    return number


def _without_country(number: str) -> str:
    for prefix in ("+86", "0086", "86"):
        if number.startswith(prefix) and len(number) == len(prefix) + LENGTH:
            return number.removeprefix(prefix)
    return number.removeprefix("+")


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "tel", "autocomplete": "tel-national", "inputmode": "tel"}
        kwargs = {"label": _("Phone number"), "widget": forms.TextInput(attrs), "empty_value": None, **kwargs}
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return clean_phone(text) if text else None
