"""The ledger of training hours: credited once, corrected by another entry, never edited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.models import Membership
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import TrainingHours, Verb, midnight
from academy.records.models.hours import TrainingHoursQuerySet
from academy.records.refusals import RefusedError

NONE = Decimal(0)
Source = TrainingHours.Source
# a post, since when, until when
Held = tuple[str, datetime, datetime | None]
# an event may have a longer one
LONGEST_TITLE = TrainingHours._meta.get_field("title").max_length or 0


@dataclass(frozen=True)
class Year:
    """What a person has learned in a year, against what the post asks for (`None`: nothing)."""

    year: int
    entries: list[TrainingHours]
    target: Decimal | None

    @property
    def total(self) -> Decimal:
        return sum((entry.hours for entry in self.entries), NONE)

    @property
    def missing(self) -> Decimal:
        return max((self.target or NONE) - self.total, NONE)

    @property
    def percent(self) -> int:
        return max(0, min(100, int(self.total * 100 / self.target))) if self.target else 0


@transaction.atomic
def credit(
    user: User,
    *,
    source: str,
    source_key: str,
    title: str,
    hours: Decimal,
    earned_on: date,
    evidence: Mapping[str, Any] | None = None,
) -> TrainingHours:
    """One entry for what was learned, however often it is said."""
    entry, is_new = TrainingHours.objects.get_or_create(
        user=user,
        source=source,
        source_key=source_key,
        defaults={
            "title": title[:LONGEST_TITLE],
            "hours": hours,
            "earned_on": earned_on,
            "evidence": dict(evidence or {}),
        },
    )
    if is_new:
        said = {"hours": str(hours), "source": source, "on": earned_on}
        record(user, Verb.CREDITED, source_key, title, evidence=said, key=f"credited:{source}:{source_key}")
    return entry


@transaction.atomic
def correct(
    user: User,
    hours: Decimal,
    *,
    reason: str,
    by: User,
    corrects: TrainingHours | None = None,
    earned_on: date | None = None,
    key: str = "",
) -> TrainingHours:
    """So many hours more or less, for a reason; in the year of what is corrected. Said again with the same key, once.

    What is corrected cannot come to less than nothing. A correction of a correction is one of what that one corrects.
    """
    if by.pk in (user.pk, user.merged_into_id):
        raise RefusedError(_("Nobody corrects their own hours. Ask a colleague."))
    lock(user)
    if known := TrainingHours.objects.filter(user=user, source=Source.CORRECTION, source_key=key).first():
        return known
    first = corrects.corrects or corrects if corrects else None
    _check(user, hours, reason, first)
    entry = TrainingHours.objects.create(
        user=user,
        source=Source.CORRECTION,
        source_key=key or uuid4().hex,
        title=first.title if first else "",
        hours=hours,
        earned_on=first.earned_on if first else earned_on or timezone.localdate(),
        corrects=first,
        reason=reason.strip(),
        entered_by=by,
    )
    said = {"hours": str(hours), "reason": entry.reason, "by": by.pk}
    key = f"corrected:{entry.source_key}"
    record(user, Verb.CORRECTED, f"hours:{(first or entry).pk}", entry.title, evidence=said, key=key)
    return entry


def _check(user: User, hours: Decimal, reason: str, first: TrainingHours | None) -> None:
    if not reason.strip():
        raise RefusedError(_("Say why: the reason stays with the entry."))
    if not hours:
        raise RefusedError(_("A correction adds hours or takes some away; 0 does neither."))
    if first and first.user_id != user.pk:
        raise RefusedError(_("That entry belongs to somebody else."))
    left = balance(first) if first else NONE
    if left + hours < 0:
        raise RefusedError(_("Only %(left)s hours are left there to take away.") % {"left": left})


def balance(entry: TrainingHours) -> Decimal:
    """What an entry comes to with all its corrections. Added up here: SQLite would add them as floats."""
    return sum(entry.corrections.values_list("hours", flat=True), entry.hours)


def year_of(user: User, year: int, places: Iterable[Membership] | None = None) -> Year:
    """`places`, where they are known: those of today, which is enough for the running year."""
    held = _held(user) if places is None else [(one.post.name, one.joined_at, one.left_at) for one in places]
    return Year(year, list(_entries(user).in_year(year)), _target(held, year))


def years_of(user: User) -> list[Year]:
    """Every year with an entry and the running one, the latest first."""
    entries, held = list(_entries(user)), _held(user)
    years = sorted({timezone.localdate().year, *(entry.earned_on.year for entry in entries)}, reverse=True)
    return [
        Year(year, [entry for entry in entries if entry.earned_on.year == year], _target(held, year))
        for year in years
    ]


def _entries(user: User) -> TrainingHoursQuerySet:
    found: TrainingHoursQuerySet = TrainingHours.objects.filter(user__in=same_person(user))
    return found.select_related("corrects", "entered_by")


def _held(user: User) -> list[Held]:
    rows = Membership.objects.filter(user__in=same_person(user))
    return list(rows.values_list("post__name", "joined_at", "left_at"))


def _target(held: list[Held], year: int) -> Decimal | None:
    """The highest of the posts that the person holds, or held when the year ended."""
    end = midnight(date(year + 1, 1, 1))
    posts = [post for post, joined, left in held if joined < end and (left is None or left >= end)]
    targets = settings.HOURS_TARGETS
    return max((Decimal(targets[post]) for post in posts if post in targets), default=None)
