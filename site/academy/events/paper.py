"""A list that was kept on paper: name and phone number, a line for each, as they are copied from a spreadsheet."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_OID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.phones import clean_phone
from academy.events.letters import LONGEST_NAME, Letter, receive
from academy.events.models import Event
from academy.organisations.scope import Scope
from academy.records.refusals import RefusedError

MOST = 200
NUMBER = re.compile(r"(?:\+?86[ -]?)?\d(?:[ -]?\d){5,}")
CELLS = re.compile(r"[\t,;、|]")


class Line(NamedTuple):
    text: str
    phone: str
    name: str


class Wrong(NamedTuple):
    text: str
    why: str


def take(event: Event, scope: Scope, by: User, text: str, now: datetime) -> tuple[int, list[Wrong]]:
    """Whoever can be signed in is, each once however often the list is sent; the lines that cannot, with why."""
    taken, wrong = 0, []
    for one in lines(text):
        try:
            receive(event, scope, by, _letter(event, one), now)
            taken += 1
        except ValidationError as error:
            wrong.append(Wrong(one.text, error.messages[0]))
        except RefusedError as refused:
            wrong.append(Wrong(one.text, str(refused)))
    return taken, wrong


def lines(text: str) -> Iterator[Line]:
    """A heading, which has no digit, is passed over."""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    for n, line in enumerate(said):
        if n or any(char.isdigit() for char in line):
            yield _read(line)


def _read(line: str) -> Line:
    plain = unicodedata.normalize("NFKC", line)
    found = NUMBER.search(plain)
    rest = NUMBER.sub("\t", plain, count=1)
    cells = [cell.strip() for cell in (CELLS.split(rest) if CELLS.search(rest.strip()) else rest.split())]
    name = next((cell for cell in cells if cell and not cell.isdigit()), "")
    return Line(line, found[0] if found else "", name)


def _letter(event: Event, line: Line) -> Letter:
    """The same for the same number, so that it is one sign-in. Raises ValidationError."""
    if not line.phone:
        raise ValidationError(_("There is no phone number in this line."))
    if not line.name or len(line.name) > LONGEST_NAME:
        raise ValidationError(_("There is no name in this line."))
    phone = clean_phone(line.phone)
    key = uuid5(NAMESPACE_OID, f"{event.key}:{phone}")
    return Letter(key, None, None, phone, line.name, "", "", False)
