"""How a completion comes to be, with its hours and its certificate. Called twice for one edition, it counts once."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.models import Membership
from academy.records.certifying import certify
from academy.records.hours import Source, credit
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import Completion, Verb

# a page may have a longer one
LONGEST_TITLE = Completion._meta.get_field("course_title").max_length or 0


@transaction.atomic
def complete(
    user: User,
    *,
    course_key: str,
    course_title: str,
    edition: int,
    hours: Decimal,
    score: int | None = None,
    completed_at: datetime | None = None,
    validity_months: int | None = None,
) -> Completion:
    """`validity_months`: how long the certificate holds; 0 without end, `None` where the course gives none.

    What this person has completed under another account is completed."""
    lock(user)
    at = completed_at or timezone.now()
    membership = Membership.objects.place_of(user, at)
    edition_known = Completion.objects.filter(
        user__in=same_person(user), course_key=course_key, edition=edition
    ).first()
    completion, _created = Completion.objects.get_or_create(
        user=edition_known.user if edition_known else user,
        course_key=course_key,
        edition=edition,
        defaults={
            "person_name": user.name,
            "course_title": course_title[:LONGEST_TITLE],
            "hours": hours,
            "score": score,
            "completed_at": at,
            **(membership.snapshot() if membership else {}),
        },
    )
    _write_down(completion)
    _credit(completion)
    if validity_months is not None:
        certify(completion, validity_months, at=completion.completed_at)
    return completion


def _write_down(completion: Completion) -> None:
    record(
        completion.user,
        Verb.COMPLETED,
        completion.course_key,
        completion.course_title,
        edition=completion.edition,
        at=completion.completed_at,
        evidence={"score": completion.score, "max": 100, "hours": str(completion.hours)},
        key=f"completed:{completion.course_key}:{completion.edition}",
    )


def _credit(completion: Completion) -> None:
    credit(
        completion.user,
        source=Source.COURSE,
        source_key=f"{completion.course_key}:{completion.edition}",
        title=completion.course_title,
        hours=completion.hours,
        earned_on=completion.completed_on,
        evidence={"completion": completion.pk, "edition": completion.edition, "score": completion.score},
    )
