"""Which enterprises have nobody at work who has learned anything this year, here or elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from academy.accounts.models import User
from academy.organisations.models import Enterprise, EnterpriseQuerySet, Membership
from academy.records.models import Attendance, Completion
from academy.records.models.certificate import shanghai_today
from academy.reports.kept import Kept


@dataclass(frozen=True)
class Trained:
    """Enterprises of whose staff today somebody has completed a course or been at an event since 1 January, with
    whichever account. It is as long as the staff that was read for it."""

    enterprises: frozenset[int]
    staff: int

    def __len__(self) -> int:
        return self.staff


class Untrained:
    """A sequence for a paginator: those of `found` of whose staff nobody is trained, in its order. In a large city that
    is of some moments ago: half a million rows stand behind it."""

    def __init__(self, found: EnterpriseQuerySet) -> None:
        trained = _trained.current().enterprises
        self.found = found
        self.keys = [pk for pk in found.values_list("pk", flat=True) if pk not in trained]

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, which: slice) -> list[Enterprise]:
        known = self.found.in_bulk(self.keys[which])
        return [known[pk] for pk in self.keys[which] if pk in known]

    def iterator(self, chunk_size: int) -> Iterator[Enterprise]:
        for start in range(0, len(self), chunk_size):
            yield from self[start : start + chunk_size]


def _read() -> Trained:
    since = date(shanghai_today().year, 1, 1)
    completed = Completion.objects.since(since).order_by().values("user")
    attended = Attendance.objects.standing().since(since).order_by().values("user")
    merged = User.objects.exclude(merged_into=None)
    before_merging = merged.filter(Q(pk__in=completed) | Q(pk__in=attended)).values("merged_into")
    staff = Membership.objects.current().order_by()
    trained = staff.filter(Q(user__in=completed) | Q(user__in=attended) | Q(user__in=before_merging))
    enterprises = frozenset(trained.values_list("enterprise", flat=True).distinct())
    return Trained(enterprises, staff.count())


_trained = Kept(_read)
