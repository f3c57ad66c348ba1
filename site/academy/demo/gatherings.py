"""The demo's events: two that are over, with who was there, and one to come."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.demo.content import read
from academy.events.closing import close
from academy.events.models import Event, Invited
from academy.events.signing import Said, sign_in
from academy.organisations.models import District, Enterprise


def load_events() -> None:
    organiser = User.objects.get(email=read("city")["staff"]["email"])
    for entry in read("events"):
        if not Event.objects.filter(title=entry["title"]).exists():
            _hold(_planned(entry, organiser), entry, organiser)


def _planned(entry: dict[str, Any], organiser: User) -> Event:
    begins = _moment(timezone.localdate() + timedelta(days=entry["day"]), entry["begins"])
    names = ("kind", "title", "place", "agenda", "signs_out", "capacity")
    event = Event.objects.create(
        district=District.objects.get(name=entry["district"]),
        begins_at=begins,
        ends_at=begins + timedelta(minutes=entry["minutes_long"]),
        hours=Decimal(entry["hours"]),
        organiser=organiser,
        **{name: entry[name] for name in names if name in entry},
    )
    event.pages.set(Page.objects.filter(slug__in=entry.get("pages", [])))
    for enterprise in Enterprise.objects.filter(name__in=entry["invite"]):
        words = {
            "enterprise_key": enterprise.pk,
            "enterprise_name": enterprise.name,
            "district_key": enterprise.district_id,
            "district_name": enterprise.district.county.name,
        }
        Invited.objects.create(event=event, enterprise=enterprise, **words)
    return event


def _hold(event: Event, entry: dict[str, Any], organiser: User) -> None:
    if "there" not in entry:
        return
    for one in entry["there"]:
        said = Said(one["how"], organiser if one["how"] == "list" else None)
        at = event.begins_at + timedelta(minutes=one["after"])
        sign_in(event, User.objects.get(phone=one["phone"]), said, at)
    guided = [one.enterprise for one in event.invited.exclude(enterprise=None) if one.enterprise]
    close(event, organiser, event.ends_at, minutes=entry["minutes"], guided=guided)


def _moment(day: date, clock: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))
