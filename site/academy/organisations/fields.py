"""What is typed into the register's forms: digits and letters may be full-width."""

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ－／．　]")


def half_width(text: str) -> str:
    """Digits, letters and what joins them; Chinese punctuation stays as it is."""
    return WIDE.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text).strip()


class CodeField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return half_width(super().to_python(value) or "")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    default_error_messages = {"invalid": _("A day is written like 2026-11-30.")}
    default_validators = [
        MinValueValidator(date(1949, 10, 1), _("That is too long ago for a day in this register.")),
        MaxValueValidator(date(2099, 12, 31), _("Days count up to 2099-12-31.")),
    ]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DayInput, **kwargs)

    def to_python(self, value: Any) -> date | None:
        return super().to_python(half_width(value) if isinstance(value, str) else value)


def is_over(day: date) -> None:
    """Or running: nobody leaves, and nothing closes, in the future."""
    if day > timezone.localdate(timezone=timezone.get_default_timezone()):
        raise ValidationError(_("This day is still to come. Enter it when it is there."))
