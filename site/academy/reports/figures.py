"""The numbers of a choice: what happened in its period, and how things stand today."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from academy.reports import periods
from academy.reports.certified import States
from academy.reports.choices import Choice
from academy.reports.facts import NOWHERE, Column, Facts, Tally
from academy.reports.journeys import Exams, Funnel
from academy.reports.loading import COURSE
from academy.reports.rosters import Share, Staff
from academy.reports.snapshots import Snapshot

GUIDANCE = "guidance"
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
    def before(self) -> Tally:
        """The same days a year ago."""
        period = self.choice.period.year_before
        return self.choice.facts(period.first, period.last).tally()

    @cached_property
    def staff(self) -> Staff:
        return self.snapshot.roster.chosen(self.choice)

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
        courses = len(self.facts.named("kind", COURSE))
        return {
            **self.total._asdict(),
            "course_times": courses,
            "event_times": len(self.facts) - courses,
            "held": held(self.facts),
            "guided": guided(self.facts),
            "enterprises": self.staff.enterprises,
            "posts": self.staff.posts,
            "completion": Share(self.funnel.passed, self.funnel.begun),
            "first_pass": self.exams.first,
            "all_pass": self.exams.all,
            **self.states._asdict(),
        }

    def _people(self) -> Column | None:
        return None if self.choice.is_whole else self.staff.people()


def held(facts: Facts) -> int:
    kinds = [word for word in facts.words["kind"] if word != COURSE]
    return len(np.unique(facts.named("kind", *kinds).subject))


def guided(facts: Facts) -> int:
    places = np.unique(facts.named("kind", GUIDANCE).enterprise)
    return int(np.count_nonzero(places != NOWHERE))
