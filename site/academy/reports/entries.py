"""The records behind a number: completions and attendances in one list, the latest first."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from django.db.models import IntegerField, Q, QuerySet, Value
from django.utils import timezone

from academy.core.walking import walk
from academy.records.models import Attendance, Completion, midnight
from academy.reports.choices import EVENT, Choice
from academy.reports.filters import phone_has, says
from academy.reports.loading import COURSE, EPOCH

NO_SCORE = Value(None, IntegerField())
DAY = timedelta(days=1)


class Entry(NamedTuple):
    at: datetime
    pk: int
    user: int
    person: str
    phone: str | None
    enterprise: str
    district: str
    district_key: int | None
    title: str
    kind: str
    score: int | None
    hours: Decimal

    @property
    def day(self) -> date:
        return timezone.localdate(self.at, timezone.get_default_timezone())


PLACED = ("pk", "user", "person_name", "user__phone", "enterprise_name", "district_name", "district_key")


class Entries:
    """A sequence for a paginator. It knows from the columns on which day a page begins, so a late one is as quick as the first."""

    def __init__(self, choice: Choice, words: str = "") -> None:
        self.choice, self.words = choice, words
        self.facts = choice.facts()

    def __len__(self) -> int:
        if self.words:
            period = self.choice.period
            first, *others = (
                rows.order_by().values_list("pk") for rows in self._sources(period.first, period.last)
            )
            return first.union(*others, all=True).count()
        return len(self.facts)

    def __getitem__(self, which: slice) -> list[Entry]:
        first, last, skip = self._bounds(which.start, which.stop)
        count = which.stop - which.start
        heads = (rows[: skip + count] for rows in self._sources(first, last))
        return list(islice(_merged(*map(iter, heads)), skip, skip + count))

    def __iter__(self) -> Iterator[Entry]:
        period = self.choice.period
        return _merged(*(walk(rows) for rows in self._sources(period.first, period.last)))

    def _bounds(self, start: int, stop: int) -> tuple[date, date, int]:
        """The days on which the page ends and begins, and how many of the latter day come before it."""
        days, period = self.facts.day, self.choice.period
        if self.words or not 0 <= start < stop <= len(days):
            return period.first, period.last, start
        first, last = int(days[len(days) - stop]), int(days[len(days) - 1 - start])
        later = len(days) - int(np.searchsorted(days, last + 1))
        return date.fromordinal(first + EPOCH), date.fromordinal(last + EPOCH), start - later

    def _sources(self, first: date, last: date) -> list[QuerySet[Any, Any]]:
        kind, days = self.choice.kind, (midnight(first), midnight(last + DAY))
        sources = []
        if kind in (None, COURSE):
            sources.append(self._completions(*days))
        if kind != COURSE:
            sources.append(self._attendances(*days))
        return sources

    def _completions(self, begin: datetime, end: datetime) -> QuerySet[Any, Any]:
        rows = self.choice.records(Completion.objects.filter(completed_at__gte=begin, completed_at__lt=end))
        rows = rows.filter(self._about("course_key")).order_by("-completed_at", "-pk")
        return rows.values_list("completed_at", *PLACED, "course_title", Value(COURSE), "score", "hours")

    def _attendances(self, begin: datetime, end: datetime) -> QuerySet[Any, Any]:
        standing = Attendance.objects.standing()
        rows = self.choice.records(standing.filter(attended_at__gte=begin, attended_at__lt=end))
        rows = rows.filter(self._about("event_key")).order_by("-attended_at", "-pk")
        if self.choice.kind not in (None, EVENT):
            rows = rows.filter(kind=self.choice.kind)
        return rows.values_list("attended_at", *PLACED, "event_title", "kind", NO_SCORE, "hours")

    def _about(self, column: str) -> Q:
        found = Q() if self.choice.subject is None else Q(**{column: self.choice.subject})
        if self.words:
            found &= says("person_name", self.words) | phone_has(self.words)
        return found


def _merged(*sources: Iterator[Any]) -> Iterator[Entry]:
    rows = (map(Entry._make, source) for source in sources)
    return merge(*rows, key=lambda entry: (entry.at, entry.pk), reverse=True)
