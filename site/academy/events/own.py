"""Events as one enterprise sees them: who of its people was asked, and who was there, by the words of that day."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.events.models import Event, EventQuerySet, Invited, SignIn
from academy.events.tables import minute, said
from academy.organisations.models import Enterprise


class Own:
    """Also under the other names by which the enterprise was entered."""

    def __init__(self, enterprise: Enterprise) -> None:
        here = Q(enterprise_key__in=[enterprise.pk, *enterprise.merged.values_list("pk", flat=True)])
        self.invited = Invited.objects.filter(here)
        self.sign_ins = SignIn.objects.standing().filter(here)

    def events(self) -> EventQuerySet:
        """With `asked` (people of the enterprise; it may have been asked to send whom it likes) and `there`."""
        of_them = Q(pk__in=self.invited.values("event")) | Q(pk__in=self.sign_ins.values("event"))
        found: EventQuerySet = Event.objects.filter(of_them).select_related("district")
        people = self.invited.exclude(user=None)
        return found.annotate(asked=_number(people), there=_number(self.sign_ins))

    def people(self, event: Event) -> list[Row]:
        """One line a person: those who were there first."""
        came = self.sign_ins.filter(event=event).select_related("user", "attendance")
        asked = self.invited.filter(event=event).exclude(user=None).select_related("user")
        named = set(asked.values_list("user", flat=True))
        there = [_came(one, one.user_id in named) for one in came]
        away = asked.exclude(user__in=came.values("user"))
        return there + [_missed(one) for one in away.order_by("person_name", "pk")]


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.filter(event=OuterRef("pk")).order_by().values("event").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _came(one: SignIn, was_asked: bool) -> Row:
    """Hours are known once the list is closed."""
    counts = one.attendance and not one.attendance.withdrawn_at
    hours = one.attendance.hours if one.attendance and counts else None
    times = (minute(one.at), minute(one.left_at))
    asked = _("yes") if was_asked else _("no")
    return [one.person_name, one.user.masked_phone, one.post_name, asked, *times, hours]


def _missed(one: Invited) -> Row:
    phone = one.user.masked_phone if one.user else ""
    return [one.person_name, phone, one.post_name, _("yes"), "", "", None]


def list_heads() -> list[str]:
    return [
        _("Event"),
        _("Kind"),
        _("Begins"),
        _("Place"),
        _("State"),
        _("Our people invited"),
        _("Were there"),
    ]


def list_row(one: Any) -> Row:
    place = f"{one.district} · {one.place}"
    return [one.title, one.get_kind_display(), minute(one.begins_at), place, one.get_state_display(), one.asked, one.there]  # fmt: skip


def listed_cells(enterprise: Enterprise, page: Iterable[Any]) -> dict[str, Any]:
    rows = []
    for one in page:
        cells: list[dict[str, Any]] = [{"text": cell} for cell in list_row(one)]
        cells[0]["url"] = reverse("own_events:one", args=[enterprise.pk, one.pk])
        cells[2]["text"] = said(one.begins_at)
        rows.append(cells)
    return {"columns": _columns(list_heads(), {5, 6}), "rows": rows}


def heads() -> list[str]:
    return [
        _("Name"), _("Phone number"), _("Post"), _("Invited"), _("Signed in"), _("Signed out"), _("Training hours"),
    ]  # fmt: skip


def person_cells(page: Iterable[Row]) -> dict[str, Any]:
    rows = [[{"text": "—" if cell in ("", None) else cell} for cell in row] for row in page]
    return {"columns": _columns(heads(), {6}), "rows": rows}


def _columns(heads: list[str], numeric: set[int]) -> list[dict[str, Any]]:
    return [{"label": head, "numeric": n in numeric} for n, head in enumerate(heads)]
