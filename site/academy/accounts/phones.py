"""Mainland mobile numbers, however they were typed."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LENGTH, SHOWN = 11, 4
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


def digits_of(words: str) -> str:
    """The digits of a phone number, however it is written; none, where the words are none."""
    plain = unicodedata.normalize("NFKC", words)
    number = _without_country("".join(char for char in plain if unicodedata.category(char) not in NOISE))
    return number if number.isascii() and number.isdigit() else ""


def phone_is(words: str, field: str = "phone") -> Q:
    """Whose whole number it is, or the last four digits that are shown of it. By any other part of a number all of it
    could be found out, a digit at a time."""
    digits = digits_of(words)
    if len(digits) == SHOWN:
        return Q(**{f"{field}__endswith": digits})
    return Q(**{field: digits}) if len(digits) == LENGTH else Q(pk__in=[])


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
