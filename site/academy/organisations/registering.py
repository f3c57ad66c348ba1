"""How an enterprise comes into the register, is changed there, and closes. Everything is written down with who did it."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from academy.accounts.models import User
from academy.organisations.joining import empty, join, leave
from academy.organisations.models import Change, Enterprise, Membership, Post

KEPT = (
    "name",
    "credit_code",
    "licence",
    "licence_expires_on",
    "business_type",
    "district",
    "address",
    "risk_level",
    "responsible",
    "responsible_phone",
    "closed_on",
)


@transaction.atomic
def keep(enterprise: Enterprise, by: User) -> None:
    """As it is now. Where nothing differs from what is known, nothing is written. Who works there leaves when it
    closes."""
    known = Enterprise.objects.select_for_update().filter(pk=enterprise.pk).first()
    enterprise.save()
    changed = [
        (field, before, after)
        for field in KEPT
        if (before := _said(known, field)) != (after := _said(enterprise, field))
    ]
    note(enterprise, by, changed)
    if enterprise.closed_on and not (known and known.closed_on):
        empty(enterprise, enterprise.closed_on)


@transaction.atomic
def take_on(user: User, enterprise: Enterprise, post: Post, by: User) -> Membership:
    """Joining on the word of somebody who keeps the register."""
    before = Membership.objects.current().filter(user=user, enterprise=enterprise).first()
    place = join(user, enterprise, post)
    if place != before:
        note(enterprise, by, [(Change.STAFF, said_of(user, before), said_of(user, place))])
    return place


@transaction.atomic
def let_go(user: User, enterprise: Enterprise, on: date, by: User) -> None:
    before = Membership.objects.current().filter(user=user, enterprise=enterprise).first()
    if before:
        leave(user, enterprise, on)
        note(enterprise, by, [(Change.STAFF, said_of(user, before), "")])


def note(enterprise: Enterprise, by: User, changed: Sequence[tuple[str, str, str]]) -> None:
    """What each of these was before and is now."""
    if changed:
        Change.objects.create(enterprise=enterprise, by=by, what=[list(line) for line in changed])


def said_of(user: User, place: Membership | None) -> str:
    return f"{user.name or user.masked_phone} · {place.post}" if place else ""


def _said(enterprise: Enterprise | None, field: str) -> str:
    if enterprise is None:
        return ""
    display = getattr(enterprise, f"get_{field}_display", None)
    value = display() if display else getattr(enterprise, field)
    return "" if value is None else str(value)
