"""How a completion comes to be. Called twice for one edition, it counts once."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.records.log import record
from academy.records.models import Completion, Verb


def complete(
    user: User,
    *,
    course_key: str,
    course_title: str,
    edition: int,
    hours: Decimal,
    score: int | None = None,
    completed_at: datetime | None = None,
) -> Completion:
    membership = Membership.objects.current_of(user)
    completion, _created = Completion.objects.get_or_create(
        user=user,
        course_key=course_key,
        edition=edition,
        defaults={
            "person_name": user.name,
            "course_title": course_title,
            "hours": hours,
            "score": score,
            "completed_at": completed_at or timezone.now(),
            **(membership.snapshot() if membership else {}),
        },
    )
    _write_down(completion)
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
