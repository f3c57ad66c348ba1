"""How an attendance comes to be, with its hours. Said twice for one event, it counts once."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.models import Membership
from academy.records.hours import Source, balance, correct, credit
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import Attendance, TrainingHours, Verb
from academy.records.refusals import RefusedError

LONGEST_TITLE = Attendance._meta.get_field("event_title").max_length or 0


@transaction.atomic
def attend(
    user: User,
    *,
    event_key: str,
    event_title: str,
    kind: str,
    hours: Decimal,
    at: datetime,
    evidence: Mapping[str, Any] | None = None,
) -> Attendance:
    """`evidence` is how it is known: a code on the screen, a list, a signature."""
    lock(user)
    membership = Membership.objects.place_of(user, at)
    known = Attendance.objects.standing().filter(user__in=same_person(user), event_key=event_key).first()
    attendance, is_new = Attendance.objects.standing().get_or_create(
        user=known.user if known else user,
        event_key=event_key,
        defaults={
            "person_name": user.name,
            "event_title": event_title[:LONGEST_TITLE],
            "kind": kind,
            "hours": hours,
            "attended_at": at,
            **(membership.snapshot() if membership else {}),
        },
    )
    if is_new:
        said = {"kind": kind, "hours": str(hours), **(evidence or {})}
        record(user, Verb.ATTENDED, event_key, event_title, at=at, evidence=said, key=attendance.key)
        _credit(attendance)
    return attendance


@transaction.atomic
def withdraw(attendance: Attendance, *, reason: str, by: User) -> Attendance:
    """Entered by mistake: it no longer counts, and its hours are taken away by another entry. Said again, once."""
    if not reason.strip():
        raise RefusedError(_("Say why: the reason stays with the entry."))
    lock(attendance.user)
    attendance = Attendance.objects.select_for_update(of=("self",)).get(pk=attendance.pk)
    if attendance.withdrawn_at is None:
        attendance.withdrawn_at = timezone.now()
        attendance.save(update_fields=["withdrawn_at"])
        said = {"withdrawn": reason.strip(), "by": by.pk}
        record(attendance.user, Verb.CORRECTED, attendance.event_key, attendance.event_title, evidence=said)
        _take_back(attendance, reason, by)
    return attendance


def _credit(attendance: Attendance) -> None:
    credit(
        attendance.user,
        source=Source.EVENT,
        source_key=attendance.key,
        title=attendance.event_title,
        hours=attendance.hours,
        earned_on=attendance.attended_on,
        evidence={"attendance": attendance.pk},
    )


def _take_back(attendance: Attendance, reason: str, by: User) -> None:
    entry = TrainingHours.objects.filter(
        user=attendance.user, source=Source.EVENT, source_key=attendance.key
    ).first()
    left = balance(entry) if entry else Decimal(0)
    if entry and left:
        correct(attendance.user, -left, reason=reason, by=by, corrects=entry)
