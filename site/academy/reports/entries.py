"""The records behind a number: completions and attendances in one list, the latest first."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from academy.records.models import Attendance, Completion, midnight
from academy.reports.choices import EVENT, Choice
from academy.reports.filters import phone_has
from academy.reports.loading import COURSE, EPOCH

CHUNK = 2000
DAY = timedelta(days=1)


class Entry(NamedTuple):
    at: datetime
    pk: int
    user: int
    person: str
    phone: str | None
    enterprise: str
    district: str
    title: str
    kind: str
    score: int | None
    hours: Decimal

    @property
    def day(self) -> date:
        return timezone.localdate(self.at, timezone.get_default_timezone())


PLACED = ("pk", "user", "person_name", "user__phone", "enterprise_name", "district_name")


class Entries:
    """A sequence for a paginator. It knows from the columns on which day a page begins, so a late one is as quick as the first."""

    def __init__(self, choice: Choice, words: str = "") -> None:
        self.choice, self.words = choice, words
        self.facts = choice.facts()

    def __len__(self) -> int:
        if self.words:
            return sum(rows.count() for rows in self._sources(self.choice.period.last))
        return len(self.facts)

    def __getitem__(self, which: slice) -> list[Entry]:
        last, skip = self._begin(which.start)
        count = which.stop - which.start
        heads = (rows[: skip + count] for rows in self._sources(last))
        return list(islice(_merged(*map(iter, heads)), skip, skip + count))

    def __iter__(self) -> Iterator[Entry]:
        return _merged(*(rows.iterator(CHUNK) for rows in self._sources(self.choice.period.last)))

    def _begin(self, place: int) -> tuple[date, int]:
        """The day of the record in that place, and how many of that day come before it."""
        days = self.facts.day
        if self.words or place >= len(days):
            return self.choice.period.last, place
        day = int(days[len(days) - 1 - place])
        later = len(days) - int(np.searchsorted(days, day + 1))
        return date.fromordinal(day + EPOCH), place - later

    def _sources(self, last: date) -> list[QuerySet[Any, Any]]:
        kind, end = self.choice.kind, midnight(last + DAY)
        sources = []
        if kind in (None, COURSE):
            sources.append(self._completions(end))
        if kind != COURSE:
            sources.append(self._attendances(end))
        return sources

    def _completions(self, end: datetime) -> QuerySet[Any, Any]:
        rows = self.choice.records(Completion.objects.since(self.choice.period.first))
        rows = rows.filter(self._about("course_key"), completed_at__lt=end).order_by("-completed_at", "-pk")
        return rows.values_list("completed_at", *PLACED, "course_title", Value(COURSE), "score", "hours")

    def _attendances(self, end: datetime) -> QuerySet[Any, Any]:
        rows = self.choice.records(Attendance.objects.standing().since(self.choice.period.first))
        rows = rows.filter(self._about("event_key"), attended_at__lt=end).order_by("-attended_at", "-pk")
        if self.choice.kind not in (None, EVENT):
            rows = rows.filter(kind=self.choice.kind)
        return rows.values_list("attended_at", *PLACED, "event_title", "kind", Value(None), "hours")

    def _about(self, column: str) -> Q:
        found = Q() if self.choice.subject is None else Q(**{column: self.choice.subject})
        if self.words:
            found &= Q(person_name__icontains=self.words) | phone_has(self.words)
        return found


def _merged(*sources: Iterator[Any]) -> Iterator[Entry]:
    rows = (map(Entry._make, source) for source in sources)
    return merge(*rows, key=lambda entry: (entry.at, entry.pk), reverse=True)
