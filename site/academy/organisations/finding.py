"""Enterprises as somebody writes them: by unified social credit code, or by name."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from academy.organisations import credit_codes
from academy.organisations.models import Enterprise, EnterpriseQuerySet


def named(register: EnterpriseQuerySet, said: str) -> Enterprise:
    return all_named(register, [said])[0]


def all_named(register: EnterpriseQuerySet, said: Iterable[str]) -> list[Enterprise]:
    """Of this register. Raises ValidationError in words, the same for what is not there and for what is elsewhere."""
    lines = list(dict.fromkeys(line.strip() for line in said if line.strip()))
    codes = [credit_codes.plain(line) for line in lines]
    found: dict[str, list[Enterprise]] = {}
    places = register.in_business().select_related("district__parent__parent", "business_type")
    for one in places.filter(Q(credit_code__in=codes) & ~Q(credit_code="") | Q(name__in=lines)):
        for key in {one.credit_code, one.name} - {""}:
            found.setdefault(key, []).append(one)
    pairs = [(line, found.get(code) or found.get(line, [])) for line, code in zip(lines, codes, strict=True)]
    if wrong := [error for line, places_ in pairs if (error := _wrong(line, len(places_)))]:
        raise ValidationError(wrong[:5])
    return [places_[0] for _line, places_ in pairs]


def _wrong(line: str, n: int) -> ValidationError | None:
    if n == 1:
        return None
    words = (
        _("Several enterprises are called “%(said)s”. Write the credit code.")
        if n
        else _("There is no enterprise “%(said)s” here.")
    )
    return ValidationError(words, params={"said": line[:40]})
