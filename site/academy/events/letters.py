"""A sign-in as the desk's script sends it, sometimes an hour later: JSON, of which nothing is taken for granted."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.accounts.phones import clean_phone
from academy.events import people, pictures
from academy.events.models import Event, SignIn
from academy.events.models.event import LATE
from academy.events.moments import happened
from academy.events.signing import How, Said, sign_in, sign_out
from academy.organisations.scope import Scope
from academy.records.refusals import RefusedError

LONGEST_NAME = 50
SAFE = 2**53


class MalformedError(ValueError):
    """Not a sign-in in any form that we know."""


@dataclass(frozen=True, slots=True)
class Letter:
    """Somebody by number, or by phone and name. `leaves`: signed out, not in."""

    key: UUID
    at: datetime | None
    user: int | None
    phone: str
    name: str
    signature: str
    typed: str
    leaves: bool


def read(body: bytes) -> Letter:
    try:
        given = json.loads(body)
        return Letter(
            UUID(_text(given["key"])),
            _moment(given.get("at")),
            _number(given.get("user")),
            _text(given.get("phone", "")),
            _text(given.get("name", ""), LONGEST_NAME),
            _text(given.get("signature", ""), pictures.SIGNATURE_BYTES + 1),
            _text(given.get("typed", ""), LONGEST_NAME),
            given.get("leaves") is True,
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise MalformedError from None


def by_waiting(letter: Letter, waited: str, now: datetime) -> Letter:
    """How long it waited is known better than when it was: a device whose clock is wrong is as wrong when it sends. One whose
    clock was put right in between says nothing that can be, and is taken by its clock."""
    if not (waited.isascii() and waited.isdecimal() and len(waited) < 7):
        return letter
    return replace(letter, at=now - timedelta(seconds=int(waited)))


def from_form(given: QueryDict) -> Letter:
    """What the page sends without a script: now, and once for each time the page was opened."""
    said = {name: given.get(name, "") for name in ("key", "phone", "name", "typed")}
    number = given.get("user", "")
    user = int(number) if number.isdecimal() and len(number) < 16 else None
    return read(json.dumps({**said, "user": user, "leaves": given.get("leaves") == "1"}).encode())


@transaction.atomic
def receive(event: Event, scope: Scope, by: User, letter: Letter, now: datetime) -> SignIn:
    """What is refused leaves nothing behind, not even an account."""
    Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    known = event.sign_ins.filter(key=letter.key).first()
    if known:
        return known
    if letter.leaves:
        return _leave(event, letter, now)
    person, shown = _person(event, scope, letter)
    drawn = pictures.signature(letter.signature) if letter.signature else b""
    how = How.SIGNATURE if drawn or letter.typed else How.LIST
    said = Said(how, by, letter.key, letter.at, drawn, letter.typed, shown)
    return sign_in(event, person, said, now)


def _leave(event: Event, letter: Letter, now: datetime) -> SignIn:
    """Whoever is on the list, however they came there."""
    person = User.objects.filter(pk=letter.user or 0).first()
    there = event.sign_ins.standing().filter(user__in=same_person(person)).first() if person else None
    if there is None:
        raise RefusedError(_("Nobody of this name is on the list."))
    return sign_out(there, happened(letter.at, now, event.opens_at, event.ends_at, LATE).at)


def _person(event: Event, scope: Scope, letter: Letter) -> tuple[User, str]:
    if letter.user is not None:
        return people.by_number(event, scope, letter.user), ""
    if not letter.name:
        raise RefusedError(_("Enter the name as well."))
    try:
        phone = clean_phone(letter.phone)
    except ValidationError as wrong:
        raise RefusedError(" ".join(wrong.messages)) from None
    return people.by_phone(event, scope, phone, letter.name)


def _moment(value: Any) -> datetime | None:
    """A clock that says nothing sensible says nothing."""
    try:
        at = parse_datetime(value) if isinstance(value, str) and len(value) < 40 else None
        return None if at is None else timezone.localtime(at) if at.tzinfo else timezone.make_aware(at)
    except (ValueError, OverflowError):
        return None


def _number(value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 < value < SAFE:
        raise MalformedError
    return value


def _text(value: Any, longest: int = 100) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise MalformedError
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise MalformedError
    return value.strip()
