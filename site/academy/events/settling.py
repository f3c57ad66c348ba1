"""A sign-in becomes an attendance, with the hours that were really spent."""

from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

from academy.events.models import Event, SignIn
from academy.records.attending import attend

TENTH = Decimal("0.1")
NONE = Decimal(0)


def earned(event: Event, at: datetime, left: datetime | None) -> Decimal:
    """All hours for whoever stayed; of an event that people sign out of, as much of them as somebody was there for, and
    none for whoever left without a word. To come a little late costs nothing."""
    if not event.signs_out:
        return event.hours
    if left is None:
        return NONE
    whole = event.ends_at - event.begins_at
    there = min(left, event.ends_at) - min(max(at, event.begins_at), event.ends_at)
    if there >= whole * 9 / 10:
        return event.hours
    share = event.hours * Decimal(max(there.total_seconds(), 0)) / Decimal(whole.total_seconds())
    return share.quantize(TENTH, ROUND_FLOOR)


def settle(event: Event, sign_in: SignIn) -> None:
    if sign_in.undone_at or sign_in.attendance:
        return
    attendance = attend(
        sign_in.user,
        event_key=event.key,
        event_title=event.title,
        kind=event.kind,
        hours=earned(event, sign_in.at, sign_in.left_at),
        at=sign_in.at,
        evidence=_evidence(sign_in),
    )
    if sign_in.left_at and attendance.left_at is None:
        attendance.left_at = sign_in.left_at
        attendance.save(update_fields=["left_at"])
    sign_in.attendance = attendance
    sign_in.save(update_fields=["attendance"])


def _evidence(sign_in: SignIn) -> dict[str, object]:
    return {
        "how": sign_in.how,
        "by": sign_in.by_id,
        "sign_in": sign_in.pk,
        "stored": sign_in.stored_at,
        "left": sign_in.left_at,
        "phone": sign_in.claimed_at,
    }
