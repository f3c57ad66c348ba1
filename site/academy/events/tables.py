"""The tables of events, on the page and as files."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.core.cells import Cell
from academy.core.exports import Row
from academy.events.models import Event, Invited, SignIn
from academy.events.settling import earned

Sheet = tuple[Row, Iterable[Row]]


def listed(page: Iterable[Event]) -> dict[str, Any]:
    """Six columns; the file has all."""
    heads = [_("Event"), _("Kind"), _("Begins"), _("Place"), _("State"), _("Person-times")]
    rows = [
        [
            {"text": one.title, "url": reverse("staff_events:one", args=[one.pk])},
            {"text": one.get_kind_display()},
            {"text": said(one.begins_at)},
            {"text": f"{one.district} · {one.place}"},
            {"text": one.get_state_display()},
            {
                "text": _signed_in(one),
                "url": reverse("staff_events:sign_ins", args=[one.pk]) if one.signed_in else "",  # type: ignore[attr-defined]
            },
        ]
        for one in page
    ]
    return {"columns": _columns(heads, {5}), "rows": rows}


def listed_sheet(events: Iterable[Event]) -> Sheet:
    heads = [
        _("Event"),
        _("Kind"),
        _("District"),
        _("Place"),
        _("Begins"),
        _("Ends"),
        _("Training hours"),
        _("State"),
        _("Organiser"),
        _("Invited"),
        _("Person-times"),
        _("Enterprises guided"),
        _("Why it was cancelled"),
    ]
    return heads, (_listed_row(one) for one in events)


def sign_ins(event: Event, page: Iterable[SignIn]) -> dict[str, Any]:
    heads = [_("Name"), _("Enterprise"), _("Post"), _("Signed in"), _("Signed out"), _("How")]
    rows = [
        [
            {"text": one.person_name or "—", "url": reverse("staff_events:sign_in", args=[event.pk, one.pk])},
            {"text": one.enterprise_name or "—"},
            {"text": one.post_name or "—"},
            {"text": said(one.at)},
            {"text": said(one.left_at) or "—"},
            {"text": how(one)},
        ]
        for one in page
    ]
    return {"columns": _columns(heads, set()), "rows": rows}


def sign_ins_sheet(event: Event, found: Iterable[SignIn]) -> Sheet:
    heads = [
        _("Name"),
        _("Phone number"),
        _("Enterprise"),
        _("District"),
        _("Business type"),
        _("Post"),
        _("Signed in"),
        _("Signed out"),
        _("How"),
        _("By"),
        _("Training hours"),
        _("Undone because"),
    ]
    return heads, (_sign_in_row(event, one) for one in found)


def invited_sheet(event: Event) -> Sheet:
    """Who came of those who were asked: of a person when, of an enterprise how many."""
    standing = event.sign_ins.standing()
    there = dict(standing.values_list("user", "at"))
    sent = Counter(standing.values_list("enterprise_key", flat=True))
    heads = [
        _("Name"),
        _("Phone number"),
        _("Enterprise"),
        _("District"),
        _("Post"),
        _("Signed in"),
        _("People sent"),
    ]
    found = event.invited.select_related("user")
    return heads, (_invited_row(one, there, sent) for one in found)


def how(one: SignIn) -> str:
    """With what whoever checks the list should know of it."""
    words = one.get_how_display()
    if one.typed:
        words = _("name typed, confirmed by staff")
    if one.claimed_at:
        words = _("%(how)s; the phone said %(when)s") % {"how": words, "when": minute(one.claimed_at)}
    if one.event.closed_at and one.stored_at > one.event.closed_at:
        words = _("%(how)s; added after the list was closed") % {"how": words}
    return words


def said(moment: datetime | None) -> str:
    """On the screen; a file has it as `minute` writes it."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def minute(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _columns(heads: Row, numeric: set[int]) -> list[dict[str, Any]]:
    return [{"label": head, "numeric": n in numeric} for n, head in enumerate(heads)]


def _signed_in(one: Any) -> Cell:
    """Nobody has been at an event whose list is open: then it is how many are on it so far."""
    if one.state == Event.State.CLOSED:
        return int(one.attended)
    return _("%(n)s so far") % {"n": one.signed_in} if one.signed_in else "—"


def _listed_row(one: Any) -> list[Cell]:
    closed = one.state == Event.State.CLOSED
    return [
        one.title,
        one.get_kind_display(),
        str(one.district),
        one.place,
        minute(one.begins_at),
        minute(one.ends_at),
        one.hours,
        one.get_state_display(),
        str(one.organiser),
        one.asked,
        one.attended if closed else None,
        one.enterprises_guided if closed else None,
        one.reason,
    ]


def _sign_in_row(event: Event, one: SignIn) -> list[Cell]:
    hours = None if one.undone_at else one.attendance.hours if one.attendance else _promised(event, one)
    return [
        one.person_name,
        one.user.masked_phone,
        one.enterprise_name,
        one.district_name,
        one.business_type_name,
        one.post_name,
        minute(one.at),
        minute(one.left_at),
        how(one),
        str(one.by) if one.by else "",
        hours,
        one.undone_reason,
    ]


def _invited_row(one: Invited, there: dict[int, datetime], sent: Counter[int | None]) -> list[Cell]:
    came = minute(there.get(one.user.pk)) if one.user else ""
    return [
        one.person_name,
        one.user.masked_phone if one.user else "",
        one.enterprise_name,
        one.district_name,
        one.post_name,
        came,
        None if one.user else sent[one.enterprise_id],
    ]


def _promised(event: Event, one: SignIn) -> Any:
    """What it will be when the list is closed, for whoever has signed out or need not."""
    return earned(event, one.at, one.left_at) if one.left_at or not event.signs_out else None
