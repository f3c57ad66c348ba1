"""What the rosters say, done: accounts begun and named, places of work begun and ended."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.imports.judging import Judged, journal, set_all
from academy.organisations.inviting import PHONE_DAYS, new_code
from academy.organisations.models import ImportChange, Invitation, Membership


def write(judged: Sequence[Judged]) -> list[ImportChange]:
    """Ends come before beginnings, as somebody works once at a time in one place; so they are undone the other way."""
    now = timezone.now()
    return [*_begin_accounts(judged), *_name(judged), *_end(judged, now), *_begin(judged, now)]


def invite(judged: Sequence[Judged], by: User) -> list[ImportChange]:
    """Whoever is not on the list stands on it once they confirm."""
    until = timezone.now() + timedelta(days=PHONE_DAYS)
    opened = [(one, _invitation(one.values, by, until)) for one in judged]
    Invitation.objects.bulk_create([row for _one, row in opened])
    return [journal(one.line.number, "invitation", row, {}, True) for one, row in opened]


def _invitation(given: dict[str, Any], by: User, until: datetime) -> Invitation:
    return Invitation(
        enterprise=given["enterprise"],
        post_id=given["post_id"],
        phone=given["phone"],
        name=given["name"],
        code=new_code(),
        made_by=by,
        expires_at=until,
    )


def _begin_accounts(judged: Sequence[Judged]) -> list[ImportChange]:
    first: dict[str, Judged] = {}
    for one in judged:
        if one.values["user"] is None:
            first.setdefault(one.values["phone"], one)
    users = {
        phone: User(phone=phone, name=one.values["name"], password=make_password(None))
        for phone, one in first.items()
    }
    User.objects.bulk_create(users.values())
    for one in judged:
        one.values["user"] = one.values["user"] or users[one.values["phone"]]
    return [journal(one.line.number, "user", users[phone], {}, True) for phone, one in first.items()]


def _name(judged: Sequence[Judged]) -> list[ImportChange]:
    notes, renamed = [], {}
    for one in judged:
        user, name = one.values["user"], one.values.get("name")
        if name and user.name != name:
            notes.append(journal(one.line.number, "user", user, set_all(user, {"name": name}), False))
            renamed[user.pk] = user
    User.objects.bulk_update(renamed.values(), ["name"])
    return notes


def _end(judged: Sequence[Judged], now: datetime) -> list[ImportChange]:
    changed = [(one, fields) for one in judged if one.target and (fields := _changed(one, now))]
    rows = [one.target.membership for one, _fields in changed]
    notes = [
        journal(one.line.number, "membership", row, set_all(row, fields), False)
        for (one, fields), row in zip(changed, rows, strict=True)
    ]
    Membership.objects.bulk_update(rows, ["joined_at", "left_at"], batch_size=200)
    return notes


def _changed(one: Judged, now: datetime) -> dict[str, Any]:
    given = one.values
    if "post_id" in given:
        return {"left_at": _begun(given.get("since"), now)}
    joined = {"joined_at": _begun(given["since"], now)} if given.get("since") else {}
    return joined | ({"left_at": _ended(given["until"], now)} if given.get("until") else {})


def _begin(judged: Sequence[Judged], now: datetime) -> list[ImportChange]:
    opened = [(one, _place(one, now)) for one in judged if one.target is None or "post_id" in one.values]
    Membership.objects.bulk_create([row for _one, row in opened])
    return [journal(one.line.number, "membership", row, {}, True) for one, row in opened]


def _place(one: Judged, now: datetime) -> Membership:
    given = one.values
    return Membership(
        user=given["user"],
        enterprise=given["enterprise"],
        post_id=given["post_id"],
        joined_at=_begun(given.get("since"), now),
    )


def _begun(day: date | None, now: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(day, time())) if day else now


def _ended(day: date, now: datetime) -> datetime:
    return min(now, timezone.make_aware(datetime.combine(day, time(23, 59, 59))))
