"""The unified social credit code of an enterprise (GB 32100-2015): 18 characters, the last of which checks the others."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# without I, O, S, V and Z, which are read as digits
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))


def plain(written: str) -> str:
    """As it is kept, whatever it was typed with: full-width letters, spaces, small letters."""
    return "".join(unicodedata.normalize("NFKC", written).split()).upper()


def check_character(body: str) -> str:
    """What the first 17 characters ask for as the last. Raises ValueError for any that no code has."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def validate(code: str) -> None:
    if len(code) != LENGTH:
        words = _("A unified social credit code has 18 characters; this has %(n)s.")
        raise ValidationError(words, params={"n": len(code)})
    wrong = sorted(set(code) - set(ALPHABET))
    if wrong:
        words = _("A unified social credit code has no “%(sign)s”.")
        raise ValidationError(words, params={"sign": wrong[0]})
    if check_character(code[:-1]) != code[-1]:
        raise ValidationError(
            _("The last character does not check the others: there is a mistake in this code.")
        )
