"""Which enterprises have nobody at work who has learned anything this year, here or elsewhere."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.records.models import Attendance, Completion
from academy.records.models.certificate import shanghai_today
from academy.reports.kept import Kept


@dataclass(frozen=True)
class Trained:
    """Enterprises of whose staff today somebody has completed a course or been at an event since 1 January, with
    whichever account. It is as long as the staff that was read for it."""

    enterprises: list[int]
    staff: int

    def __len__(self) -> int:
        return self.staff


def untrained() -> Q:
    """A condition on enterprises. In a large city it is of some moments ago: half a million rows stand behind it."""
    return ~Q(pk__in=_trained.current().enterprises)


def _read() -> Trained:
    since = date(shanghai_today().year, 1, 1)
    completed = Completion.objects.since(since).order_by().values("user")
    attended = Attendance.objects.standing().since(since).order_by().values("user")
    merged = User.objects.exclude(merged_into=None)
    before_merging = merged.filter(Q(pk__in=completed) | Q(pk__in=attended)).values("merged_into")
    staff = Membership.objects.current().order_by()
    trained = staff.filter(Q(user__in=completed) | Q(user__in=attended) | Q(user__in=before_merging))
    return Trained(list(trained.values_list("enterprise", flat=True).distinct()), staff.count())


_trained = Kept(_read)
