"""Who is asked to come: people, or enterprises that send whom they like; never more than the inviter may see."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.events import telling
from academy.events.models import Event, Invited
from academy.organisations.models import (
    BusinessType,
    District,
    Enterprise,
    EnterpriseQuerySet,
    Membership,
    Post,
)
from academy.organisations.scope import Scope
from academy.records.refusals import RefusedError

# more is a campaign, and no meeting
MOST = 5000
PLACE = ("enterprise__district__parent__parent", "enterprise__business_type", "post")


@dataclass(frozen=True, slots=True)
class Choice:
    """Everybody in the scope until something narrows it."""

    district: District | None = None
    business_types: list[BusinessType] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    risk_levels: list[str] = field(default_factory=list)
    words: str = ""

    def enterprises(self, scope: Scope) -> EnterpriseQuerySet:
        """Of those in business; words are of a name, or a whole credit code or licence."""
        found = scope.register().in_business()
        if self.district:
            found = found.within(self.district)
        if self.business_types:
            found = found.filter(business_type__in=self.business_types)
        if self.risk_levels:
            found = found.filter(risk_level__in=self.risk_levels)
        if self.words:
            same = Q(credit_code=self.words.upper()) | Q(licence=self.words)
            found = found.filter(Q(name__icontains=self.words) | same)
        return found

    def people(self, scope: Scope) -> QuerySet[Membership]:
        """One place of work for each of those who work there: the latest."""
        places = Membership.objects.current().filter(
            user__is_active=True, user__merged_into=None, enterprise__in=self.enterprises(scope)
        )
        if self.posts:
            places = places.filter(post__in=self.posts)
        latest = places.filter(user=OuterRef("user")).order_by("-joined_at", "-pk").values("pk")[:1]
        return places.filter(pk=Subquery(latest))


@transaction.atomic
def invite_people(event: Event, choice: Choice, scope: Scope) -> int:
    """How many are new on the list."""
    event = _open(event)
    there = event.invited.exclude(user=None).values("user")
    places = choice.people(scope).exclude(user__in=there).select_related("user", *PLACE)
    rows = [
        Invited(event=event, user=place.user, person_name=place.user.name, **place.snapshot())
        for place in places[: MOST + 1]
    ]
    return _write(event, rows)


@transaction.atomic
def invite_enterprises(event: Event, choice: Choice, scope: Scope) -> int:
    event = _open(event)
    there = event.invited.exclude(enterprise=None).values("enterprise")
    enterprises = choice.enterprises(scope).exclude(pk__in=there)
    found = enterprises.select_related("district__parent__parent", "business_type")
    rows = [Invited(event=event, enterprise=one, **_words(one)) for one in found[: MOST + 1]]
    return _write(event, rows)


@transaction.atomic
def uninvite(event: Event, pk: int) -> None:
    """Before the event is over: what was sent out by mistake. Whoever was told of it is told so."""
    event = _open(event)
    event.invited.filter(pk=pk).delete()
    telling.soon(event, timezone.now())


def _open(event: Event) -> Event:
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if not event.is_open:
        raise RefusedError(_("The event is over. Nobody is invited any more."))
    return event


def _write(event: Event, rows: list[Invited]) -> int:
    if len(rows) > MOST:
        raise RefusedError(
            _("More than %(most)s at once. Narrow it down, and invite in several steps.") % {"most": MOST}
        )
    Invited.objects.bulk_create(rows, batch_size=500)
    telling.soon(event, timezone.now())
    return len(rows)


def _words(enterprise: Enterprise) -> dict[str, Any]:
    return {
        "enterprise_key": enterprise.pk,
        "enterprise_name": enterprise.name,
        "district_key": enterprise.district_id,
        "district_name": enterprise.district.county.name,
        "business_type_name": enterprise.business_type.name,
    }
