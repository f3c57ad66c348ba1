"""An event from its plan to its closed list: begun, cancelled, closed. Only what is closed counts."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.events import telling
from academy.events.models import Addition, Event, Guidance, Photo, SignIn, SignInQuerySet
from academy.events.settling import settle
from academy.organisations.models import Enterprise
from academy.records.refusals import RefusedError

logger = logging.getLogger(__name__)
State = Event.State


@transaction.atomic
def begin(event: Event, now: datetime) -> Event:
    event = _locked(event)
    if now < event.opens_at:
        raise RefusedError(_("The event has not begun: people sign in from two hours before."))
    if event.state == State.PLANNED:
        event.state = State.RUNNING
        event.save(update_fields=["state"])
    return event


@transaction.atomic
def cancel(event: Event, reason: str) -> Event:
    """Whoever is invited is told why; what has people on its list is closed instead."""
    event = _locked(event)
    if not reason.strip():
        raise RefusedError(_("Say why it is cancelled: whoever is invited reads it."))
    if event.sign_ins.standing().exists():
        raise RefusedError(_("People have signed in. Close the list, or undo the sign-ins first."))
    if event.is_open:
        event.state, event.reason = State.CANCELLED, reason.strip()
        event.save(update_fields=["state", "reason"])
        telling.soon(event, timezone.now())
    return event


def close(
    event: Event,
    by: User,
    now: datetime,
    *,
    minutes: str = "",
    guided: Iterable[Enterprise] = (),
    photos: Iterable[bytes] = (),
    all_stayed: bool = False,
) -> Event:
    """Everybody on the list has been there from now on. Closed twice, it is closed once.

    `all_stayed`: whoever did not sign out stayed to the end.
    """
    with transaction.atomic():
        event = _locked(event)
        if not event.is_open:
            return event
        if now < event.begins_at:
            raise RefusedError(_("It has not begun yet. Cancel it, or change its time."))
        event.state, event.closed_at, event.closed_by, event.minutes = State.CLOSED, now, by, minutes
        event.save(update_fields=["state", "closed_at", "closed_by", "minutes"])
        if all_stayed:
            event.sign_ins.standing().filter(left_at=None).update(left_at=event.ends_at)
        for enterprise in guided if event.kind == Event.Kind.GUIDANCE else ():
            guide(event, enterprise)
        add_photos(event, by, photos)
    settle_all(SignIn.objects.filter(event=event))
    return event


def settle_all(sign_ins: SignInQuerySet) -> None:
    """Each by itself, so that a large meeting keeps nobody waiting, and one that fails stops no other; whoever is left
    over is settled by the clock."""
    for pk in list(sign_ins.unsettled().values_list("pk", flat=True)):
        try:
            _settle(pk)
        except Exception:
            logger.exception("Sign-in %s could not be made an attendance.", pk)


@transaction.atomic
def _settle(pk: int) -> None:
    event = Event.objects.select_for_update(of=("self",)).get(sign_ins=pk)
    settle(event, event.sign_ins.select_related("user").get(pk=pk))


def on_the_minute(sender: type[Any], **kwargs: Any) -> None:
    """What follows from a closed list happens, even where the process that closed it died."""
    settle_all(SignIn.objects.all())


def add_to_minutes(event: Event, text: str, by: User) -> Addition:
    """What was written when the list was closed stays as it was."""
    if event.state != State.CLOSED:
        raise RefusedError(_("The minutes are written when the list is closed."))
    return Addition.objects.create(event=event, text=text, by=by)


def add_photos(event: Event, by: User, photos: Iterable[bytes]) -> None:
    for content in photos:
        Photo.objects.create(event=event, by=by, file=ContentFile(content, "photo.jpg"))


def guide(event: Event, enterprise: Enterprise) -> Guidance:
    said = {
        "at": event.begins_at,
        "enterprise_key": enterprise.pk,
        "enterprise_name": enterprise.name,
        "district_key": enterprise.district_id,
        "district_name": enterprise.district.county.name,
        "business_type_name": enterprise.business_type.name,
    }
    guidance, _created = Guidance.objects.get_or_create(
        event=event, enterprise=enterprise, withdrawn_at=None, defaults=said
    )
    return guidance


@transaction.atomic
def withdraw_guidance(guidance: Guidance, reason: str, by: User, now: datetime) -> Guidance:
    if not reason.strip():
        raise RefusedError(_("Say why: the reason stays with the entry."))
    _locked(guidance.event)
    guidance.refresh_from_db()
    if guidance.withdrawn_at is None:
        guidance.withdrawn_at, guidance.withdrawn_by, guidance.reason = now, by, reason.strip()
        guidance.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
    return guidance


def candidates(event: Event) -> "list[Enterprise]":
    """The enterprises that were invited, and those whose people signed in."""
    there = event.sign_ins.standing().values("enterprise_key")
    people = event.invited.exclude(user=None).values("enterprise_key")
    asked = event.invited.exclude(enterprise=None).values("enterprise")
    register = Enterprise.objects.select_related("district__parent__parent", "business_type")
    return list(
        register.filter(pk__in=asked) | register.filter(pk__in=there) | register.filter(pk__in=people)
    )


def _locked(event: Event) -> Event:
    return Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
