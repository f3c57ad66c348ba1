"""How a completion comes to be. Called twice for one edition, it counts once."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.records.models import Completion

# a page may have a longer one
LONGEST_TITLE = Completion._meta.get_field("course_title").max_length or 0


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
            "course_title": course_title[:LONGEST_TITLE],
            "hours": hours,
            "score": score,
            "completed_at": completed_at or timezone.now(),
            **(membership.snapshot() if membership else {}),
        },
    )
    return completion
