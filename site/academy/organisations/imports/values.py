"""What is written in a cell, as a value. Each function raises ValidationError with words for whoever filled it in."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.phones import clean_phone
from academy.core.cells import bare, is_calculated
from academy.organisations import credit_codes
from academy.organisations.models import Enterprise

# what people write where there is nothing
BLANK = frozenset(["无", "暂无", "-", "--", "/", "\\", "n/a", "null", "none", "nan", "nat"])
# what a spreadsheet writes instead of a value, or where the column is too narrow for it
ERROR = re.compile(r"#+|#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
# quotes that say a number is text, and the point of one that once was a number
QUOTED, WHOLE = re.compile(r"^['‘’`´\"“”]+|['‘’`´\"“”]+$"), re.compile(r"(\d{5,})\.0+")
# 1.38E+10, which a spreadsheet made of a number that did not fit its column
SCIENTIFIC = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
DAY = re.compile(
    r"(\d{4}) ?[-/. 年] ?(\d{1,2}) ?[-/. 月] ?(\d{1,2}) ?[日号]?(?: ?(?:星期|周)[一二三四五六日天])?"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?|(\d{4})(\d\d)(\d\d)"
)
SERIAL = re.compile(r"\d{5}(\.\d+)?")
# between the first day and the last of a time
UNTIL = re.compile(r" ?(?:至|到|~|—+) ?")
# a spreadsheet counts days from here, and once too often: 1900 was no leap year
EPOCH = date(1899, 12, 30)
EARLIEST, LATEST = date(1949, 10, 1), date(2099, 12, 31)
LANDLINE = re.compile(r"(0\d{2,3}-?)?\d{7,8}(-\d{1,6})?")
LICENCE = re.compile(r"JY\d{14}")


def plain(text: str) -> str:
    """As it is looked up: half-width, without the apostrophe that said it was text."""
    return " ".join(unicodedata.normalize("NFKC", bare(text)).split())


def is_blank(text: str) -> bool:
    return plain(text).replace("—", "-").lower() in BLANK


def typed(text: str) -> str:
    """A number or a day without what a spreadsheet or a program put around it."""
    said = QUOTED.sub("", plain(text)).strip()
    whole = WHOLE.fullmatch(said)
    return whole[1] if whole else said


def written_code(text: str) -> str:
    """A credit code as it is kept: none has a dash."""
    said = credit_codes.plain(typed(text))
    return "" if is_blank(text) else "".join(sign for sign in said if unicodedata.category(sign) != "Pd")


def written_licence(text: str) -> str:
    return "" if is_blank(text) else credit_codes.plain(typed(text))


def words(field: str) -> Callable[[str], str]:
    """Text no longer than the field of this name in the register holds."""
    longest = Enterprise._meta.get_field(field)
    assert isinstance(longest, Field)

    def read(text: str) -> str:
        return limited(text, longest.max_length or 0)

    return read


def limited(text: str, most: int) -> str:
    if ERROR.fullmatch(text):
        raise ValidationError(_("The spreadsheet reports an error here."))
    if is_calculated(text) and bare(text) == text:
        sign = text.lstrip("'").strip()[:1]
        raise ValidationError(
            _("A cell that begins with “%(sign)s” is taken for a formula. Write what it says instead.")
            % {"sign": sign}
        )
    said = " ".join(bare(text).split())
    if len(said) > most:
        raise ValidationError(
            _("At most %(most)d characters; this has %(n)d.") % {"most": most, "n": len(said)}
        )
    return said


def person(text: str) -> str:
    longest = User._meta.get_field("name").max_length
    return limited(text, longest or 0)


def code(text: str) -> str:
    said = _digits(written_code(text))
    credit_codes.validate(said)
    return said


def licence(text: str) -> str:
    said = _digits(written_licence(text))
    if said.startswith("JY") and not LICENCE.fullmatch(said):
        raise ValidationError(
            _("A food licence has JY and 14 digits; after JY there are %(n)d characters here.")
            % {"n": len(said) - 2}
        )
    return limited(said, 40)


def phone(text: str) -> str:
    return clean_phone(_digits(typed(text)))


def contact(text: str) -> str:
    """A mobile number or a landline."""
    said = _digits(typed(text).replace(" ", "").replace("—", "-"))
    return said if LANDLINE.fullmatch(said) and not said.startswith("1") else clean_phone(said)


def risk(text: str) -> str:
    said = plain(text).upper().removesuffix("级")
    if said not in Enterprise.Risk.values:
        raise ValidationError(_("A risk level is A, B, C or D."))
    return said


def day(text: str) -> date:
    said = typed(text).replace("–", "-").replace("−", "-")
    if SERIAL.fullmatch(said):
        found = EPOCH + timedelta(days=int(float(said)))
    elif match := DAY.fullmatch(said):
        found = _date([int(part) for part in match.groups() if part])
    else:
        raise ValidationError(
            _("Write the date like 2026-03-01; “%(said)s” is not understood.") % {"said": said[:30]}
        )
    if not EARLIEST <= found <= LATEST:
        raise ValidationError(_("The year %(year)d cannot be right.") % {"year": found.year})
    return found


def last_day(text: str) -> date:
    """Of a time that is written with its first day, the last."""
    parts = UNTIL.split(typed(text).removeprefix("自").replace("——", "—"))
    if len(parts) != 2:
        return day(text)
    first, last = map(day, parts)
    if last < first:
        raise ValidationError(_("This ends before it begins."))
    return last


def past_day(text: str) -> date:
    found = day(text)
    if found > timezone.localdate():
        raise ValidationError(_("This day is yet to come."))
    return found


def shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value if value is not None else "")


def _date(parts: list[int]) -> date:
    try:
        return date(*parts)
    except ValueError:
        raise ValidationError(_("There is no such day.")) from None


def _digits(said: str) -> str:
    if SCIENTIFIC.fullmatch(said):
        words = _(
            "The spreadsheet has shortened this number to %(said)s and lost its digits. Format the column as text and write it anew."
        )
        raise ValidationError(words % {"said": said})
    return said
