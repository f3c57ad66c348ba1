"""Codes that phones send later than they were shown, since they had no network.

A code says when it was shown, by the server's clock; whose phone read it off the wall, and whose got it from a friend, it does not
say. So it signs in nobody: whoever keeps the list confirms who was there, or says that they were not.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.events.models import Event, Scan, SignIn
from academy.events.signing import How, Said, refuse_if_over, sign_in, sign_out
from academy.records.refusals import RefusedError

# whoever scans twice within this has scanned once; after it they sign out
ONCE = timedelta(minutes=10)


@transaction.atomic
def claim(event: Event, user: User, shown_at: datetime, now: datetime) -> Scan | None:
    """Sent however often, it is there once; None for whoever is on the list and is not leaving."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    user = user.merged_into or user
    refuse_if_over(event, now)
    there = event.sign_ins.standing().filter(user__in=same_person(user)).first()
    came = event.scans.filter(user__in=same_person(user), leaves=False).first()
    since = there.at if there else came.shown_at if came else None
    leaves = since is not None and _is_leaving(event, since, shown_at)
    if there and (there.left_at or not leaves):
        return None
    if came and not leaves:
        return came
    scan, _new = Scan.objects.get_or_create(
        event=event, user=user, leaves=leaves, defaults={"shown_at": shown_at, "stored_at": now}
    )
    return scan


@transaction.atomic
def confirm(scan: Scan, by: User, now: datetime) -> Scan:
    """They were there when the code was shown. Said twice, the first stands."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=scan.event_id)
    scan = event.scans.select_related("user__merged_into").get(pk=scan.pk)
    if scan.decided_at is None:
        scan.sign_in = _left(event, scan) if scan.leaves else _came(event, scan, by, now)
        _decided(scan, by, now)
    return scan


@transaction.atomic
def refuse(scan: Scan, by: User, now: datetime) -> Scan:
    """They were not there. It stays, with who said so."""
    event = Event.objects.select_for_update(of=("self",)).get(pk=scan.event_id)
    scan = event.scans.get(pk=scan.pk)
    if scan.decided_at is None:
        _decided(scan, by, now)
    return scan


def _came(event: Event, scan: Scan, by: User, now: datetime) -> SignIn:
    return sign_in(event, scan.user, Said(How.CODE, by, claimed=scan.shown_at), now)


def _left(event: Event, scan: Scan) -> SignIn:
    there = event.sign_ins.standing().filter(user__in=same_person(scan.user)).first()
    if there is None:
        raise RefusedError(_("First confirm that they came."))
    return sign_out(there, scan.shown_at)


def _decided(scan: Scan, by: User, now: datetime) -> None:
    scan.decided_at, scan.decided_by = now, by
    scan.save(update_fields=["decided_at", "decided_by", "sign_in"])


def _is_leaving(event: Event, since: datetime, shown_at: datetime) -> bool:
    return event.signs_out and event.is_open and shown_at >= since + ONCE
