"""Which enterprises have nobody at work who has learned anything, here or elsewhere."""

from datetime import date

from django.db.models import Q

from academy.organisations.models import Membership
from academy.records.models import Attendance, Completion


def untrained_since(day: date) -> Q:
    """A condition on enterprises: none of today's staff has completed a course or been at an event since that day,
    with whichever account."""
    completed = Completion.objects.since(day).order_by().values("user")
    attended = Attendance.objects.standing().since(day).order_by().values("user")
    learned = Q(user__in=completed) | Q(user__in=attended)
    before_merging = Q(user__merged__in=completed) | Q(user__merged__in=attended)
    trained = Membership.objects.current().filter(learned | before_merging)
    return ~Q(pk__in=trained.order_by().values("enterprise"))
