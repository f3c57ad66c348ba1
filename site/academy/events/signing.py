"""Who is there: signed in once, signed out, and taken off the list again with a reason."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.events.models import Event, SignIn
from academy.events.models.event import LATE
from academy.events.moments import Moment, happened
from academy.events.settling import settle
from academy.organisations.models import Membership
from academy.records.attending import withdraw
from academy.records.refusals import RefusedError

How = SignIn.How


@dataclass(frozen=True, slots=True)
class Said:
    """How it is known, by whom, and when by the phone's clock. `name`: what to call somebody of whom whoever runs the
    list may see nothing else."""

    how: str
    by: User | None = None
    key: UUID | None = None
    claimed: datetime | None = None
    signature: bytes = b""
    typed: str = ""
    name: str = ""


@transaction.atomic
def sign_in(event: Event, user: User, said: Said, now: datetime) -> SignIn:
    """Said twice, it is there once; what was undone does not come back by being sent again."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    user = user.merged_into or user
    known = _known(event, user, said)
    if known:
        return _add_signature(known, said)
    _refuse(event, now)
    moment = happened(said.claimed, now, event.opens_at, event.ends_at, LATE)
    made = _write(event, user, said, moment, now)
    if event.state == Event.State.PLANNED:
        event.state = Event.State.RUNNING
        event.save(update_fields=["state"])
    if event.state == Event.State.CLOSED:
        settle(event, made)
    return made


def sign_out(sign_in: SignIn, at: datetime) -> SignIn:
    """The first time stands. When the list is closed it is closed for this, too."""
    with transaction.atomic():
        event = Event.objects.select_for_update(of=("self",)).get(pk=sign_in.event_id)
        sign_in = event.sign_ins.get(pk=sign_in.pk)
        if not event.is_open:
            raise RefusedError(_("The list is closed."))
        if sign_in.left_at is None and sign_in.undone_at is None:
            sign_in.left_at = max(min(at, event.ends_at), sign_in.at)
            sign_in.save(update_fields=["left_at"])
    return sign_in


@transaction.atomic
def undo(sign_in: SignIn, reason: str, by: User, now: datetime) -> SignIn:
    """It stays in the list, crossed out. What it had become is withdrawn."""
    if not reason.strip():
        raise RefusedError(_("Say why: the reason stays with the entry."))
    event = Event.objects.select_for_update(of=("self",)).get(pk=sign_in.event_id)
    sign_in = event.sign_ins.select_related("attendance__user").get(pk=sign_in.pk)
    if sign_in.undone_at is None:
        sign_in.undone_at, sign_in.undone_by = now, by
        sign_in.undone_reason = reason.strip()
        sign_in.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        known = sign_in.attendance
        if known and not event.sign_ins.standing().filter(attendance=known).exists():
            withdraw(known, reason=reason, by=by)
    return sign_in


def _known(event: Event, user: User, said: Said) -> SignIn | None:
    same = event.sign_ins.filter(key=said.key).first() if said.key else None
    return same or event.sign_ins.standing().filter(user__in=same_person(user)).first()


def _add_signature(known: SignIn, said: Said) -> SignIn:
    """Whoever was on the list already and signs now has signed; the first signature stands."""
    if known.undone_at or known.signature or known.typed:
        return known
    if said.signature:
        known.signature = ContentFile(said.signature, "signature.png")
    known.typed = said.typed
    known.save(update_fields=["signature", "typed"])
    return known


def refuse_if_over(event: Event, now: datetime) -> None:
    """Cancelled, or closed for too long."""
    if event.state == Event.State.CANCELLED:
        raise RefusedError(_("This event was cancelled: %(why)s") % {"why": event.reason})
    if event.state == Event.State.CLOSED and not event.takes_late(now):
        raise RefusedError(_("The list has been closed for too long. Nobody is added any more."))


def _refuse(event: Event, now: datetime) -> None:
    refuse_if_over(event, now)
    if now < event.opens_at:
        raise RefusedError(_("The event has not begun: people sign in from two hours before."))


def _write(event: Event, user: User, said: Said, moment: Moment, now: datetime) -> SignIn:
    made = SignIn(
        event=event,
        user=user,
        how=said.how,
        by=said.by,
        key=said.key,
        at=moment.at,
        stored_at=now,
        claimed_at=None if moment.believed else said.claimed,
        typed=said.typed,
        **_words(user, said),
    )
    if said.signature:
        made.signature = ContentFile(said.signature, "signature.png")
    made.save()
    return made


def _words(user: User, said: Said) -> dict[str, Any]:
    if said.name:
        return {"person_name": said.name}
    membership = Membership.objects.current_of(user)
    return {"person_name": user.name, **(membership.snapshot() if membership else {})}
