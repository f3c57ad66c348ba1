"""The numbers of a choice: what happened in its period, and how things stand today."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

import numpy as np
from django.conf import settings

from academy.reports import guidance, periods
from academy.reports.certified import States
from academy.reports.choices import Choice
from academy.reports.facts import Column, Facts, Tally
from academy.reports.guidance import Visit
from academy.reports.journeys import Exams, Funnel
from academy.reports.loading import COURSE
from academy.reports.rosters import Share, Staff
from academy.reports.snapshots import Snapshot

Value = int | Decimal | Share


@dataclass(frozen=True)
class Figures:
    choice: Choice
    snapshot: Snapshot

    @cached_property
    def facts(self) -> Facts:
        return self.choice.facts()

    @cached_property
    def total(self) -> Tally:
        return self.facts.tally()

    @cached_property
    def all_visits(self) -> list[Visit]:
        """Of every day that a page shows: of the period, of the months before it, of the year before."""
        period = self.choice.period
        first = min(period.first, period.year_before.first, *periods.shown(period))
        return guidance.visits(self.choice, first, period.last)

    @cached_property
    def visits(self) -> list[Visit]:
        return self._visits(self.choice.period.first, self.choice.period.last)

    def _visits(self, first: date, last: date) -> list[Visit]:
        return guidance.between(self.all_visits, first, last)

    @property
    def guided(self) -> int:
        return guidance.guided(self.visits)

    @cached_property
    def staff(self) -> Staff:
        return self.snapshot.roster.chosen(self.choice)

    @property
    def canteens(self) -> Share:
        return self.staff.of_type(settings.CANTEENS)

    @cached_property
    def states(self) -> States:
        return self.snapshot.certificates.states(self.choice, periods.today())

    @cached_property
    def funnel(self) -> Funnel:
        return self.snapshot.journeys.funnel(self.choice, self._people())

    @cached_property
    def exams(self) -> Exams:
        return self.snapshot.journeys.exams(self.choice, self._people())

    @cached_property
    def values(self) -> dict[str, Value]:
        """Each under the name of its definition."""
        return {
            **_happened(self.facts, self.visits),
            "enterprises": self.staff.enterprises,
            "canteens": self.canteens,
            "posts": self.staff.posts,
            "completion": Share(self.funnel.passed, self.funnel.begun),
            "first_pass": self.exams.first,
            "all_pass": self.exams.all,
            **self.states._asdict(),
        }

    @cached_property
    def before(self) -> dict[str, Value]:
        """What happened on the same days a year ago."""
        period = self.choice.period.year_before
        days = period.first, period.last
        return _happened(self.choice.facts(*days), self._visits(*days))

    def _people(self) -> Column | None:
        return None if self.choice.is_whole else self.staff.people()


def held(facts: Facts, visits: list[Visit]) -> int:
    """Events in which somebody was or an enterprise was guided."""
    there = facts.said("subject", ~facts.has("kind", COURSE))
    return len(there.union(visit.event for visit in visits))


def _happened(facts: Facts, visits: list[Visit]) -> dict[str, Value]:
    courses = int(np.count_nonzero(facts.has("kind", COURSE)))
    return {
        **facts.tally()._asdict(),
        "course_times": courses,
        "event_times": len(facts) - courses,
        "held": held(facts, visits),
        "guided": guidance.guided(visits),
    }
