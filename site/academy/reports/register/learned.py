"""What was learned by those of one enterprise: its own records, as they were made there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from heapq import merge
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.organisations.models import Enterprise, same_enterprise
from academy.organisations.scope import Scope
from academy.records.models import Attendance, AttendanceQuerySet, Completion, CompletionQuerySet
from academy.records.models.certificate import shanghai_today

LATELY = timedelta(days=365)


@dataclass(frozen=True)
class Learned:
    """Completions and standing attendances of the last 365 days. Persons are distinct people, whatever accounts they
    used; person-times are the records, one by one."""

    completions: CompletionQuerySet
    attendances: AttendanceQuerySet
    since: date

    @classmethod
    def at(cls, enterprise: Enterprise, scope: Scope) -> "Learned":
        since, keys = shanghai_today() - LATELY, same_enterprise(enterprise)
        completions = scope.records(Completion.objects.filter(enterprise_key__in=keys).since(since))
        attended = Attendance.objects.standing().filter(enterprise_key__in=keys).since(since)
        return cls(completions, scope.records(attended), since)

    @property
    def person_times(self) -> int:
        return len(self._people)

    @property
    def persons(self) -> int:
        return len(set(self._people))

    @cached_property
    def _people(self) -> list[int]:
        """Whose each record is."""
        kept = Coalesce("user__merged_into", "user")
        completed, attended = (
            rows.order_by().values_list(kept, flat=True) for rows in (self.completions, self.attendances)
        )
        return list(completed.union(attended, all=True))

    def sheet(self) -> Iterator[Row]:
        """The latest first, from both, a piece at a time."""
        completed, attended = (
            rows.iterator(chunk_size=2000) for rows in (self.completions, self.attendances)
        )
        return map(_row, merge(completed, attended, key=_moment, reverse=True))


def heads() -> list[str]:
    return [_("Day"), _("Name"), _("Course or event"), _("Post"), _("Training hours")]


def _moment(record: Any) -> Any:
    return record.completed_at if isinstance(record, Completion) else record.attended_at


def _row(record: Any) -> Row:
    is_course = isinstance(record, Completion)
    day = record.completed_on if is_course else record.attended_on
    title = record.course_title if is_course else record.event_title
    return [day, record.person_name, title, record.post_name, record.hours]
