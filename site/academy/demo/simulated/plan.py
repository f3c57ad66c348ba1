"""How large the city is, and when its people learn."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np
from django.utils import timezone

from academy.records.models import midnight
from academy.reports.facts import Column

# by month: little is learned around the spring festival, much in the week of food safety in June and as schools begin
MONTHS = np.array([0.8, 0.45, 1.1, 1.05, 1.1, 1.5, 0.85, 1.0, 1.4, 0.8, 1.05, 0.9])
WEEKDAYS = np.array([1.15, 1.2, 1.15, 1.1, 1.0, 0.6, 0.5])
# from seven in the morning to eleven at night: before the kitchen is busy, and when it has closed
HOURS = np.array([2, 4, 8, 9, 4, 2, 5, 9, 9, 6, 2, 2, 4, 7, 6, 3], float)
FIRST_HOUR = 7


@dataclass(frozen=True)
class Plan:
    """`until` is the day after the last one."""

    workers: int
    years: int
    seed: int
    until: date

    def chance(self, part: int) -> np.random.Generator:
        """Of its own for each part, so that one may change without the others."""
        return np.random.default_rng([self.seed, part])

    @cached_property
    def first(self) -> date:
        return self.until.replace(year=self.until.year - self.years, day=min(self.until.day, 28))

    @cached_property
    def days(self) -> int:
        return (self.until - self.first).days

    @property
    def records(self) -> int:
        """Completions and attendances."""
        return round(1.2 * self.workers * self.years)

    @property
    def enterprises(self) -> int:
        return max(round(0.15 * self.workers), 24)

    @cached_property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range(self.days)]

    @cached_property
    def busy(self) -> Column:
        """How much is learned before each day, and in the end altogether."""
        months = np.array([day.month - 1 for day in self.dates])
        weekdays = np.array([day.weekday() for day in self.dates])
        # more is learned each year than in the year before
        growth = 1 + 0.12 * np.arange(self.days) / 365
        return np.concatenate([[0.0], np.cumsum(MONTHS[months] * WEEKDAYS[weekdays] * growth)])

    @cached_property
    def midnights(self) -> Column:
        """Seconds since 1970 at which each day begins, by number; those before the first day count on below 0."""
        return np.array([int(midnight(day).timestamp()) for day in self.dates], np.int64)

    def seconds(self, day: Column, chance: np.random.Generator) -> Column:
        """A moment on each of these days, of which those before the first have no calendar."""
        hour = FIRST_HOUR + chance.choice(len(HOURS), len(day), p=HOURS / HOURS.sum())
        inside = self.midnights[np.clip(day, 0, self.days - 1)]
        outside = self.midnights[0] + 86_400 * day
        begin = np.where(day < 0, outside, inside)
        return np.asarray(begin + 3600 * hour + chance.integers(0, 3600, len(day)), np.int64)

    def between(self, begin: Column, end: Column, chance: np.random.Generator) -> Column:
        """A day from `begin` to before `end`, more likely one on which much is learned."""
        low, high = self.busy[np.clip(begin, 0, self.days)], self.busy[np.clip(end, 0, self.days)]
        found = np.searchsorted(self.busy, low + chance.random(len(low)) * (high - low), side="right") - 1
        return np.asarray(np.clip(found, 0, self.days - 1))


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())
