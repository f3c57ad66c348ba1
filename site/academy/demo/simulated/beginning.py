"""Who began which course: whoever completed it, and some who never did, half of them after the lessons."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from academy.courses.models import CourseVersion, Enrolment, LessonProgress, LessonVersion
from academy.demo.simulated.learning import Learned, course_key, once, shares
from academy.demo.simulated.people import People
from academy.demo.simulated.plan import Plan, moment
from academy.demo.simulated.words import COURSES
from academy.demo.simulated.writing import write
from academy.reports.facts import Column

FIELDS = ("user", "course_key", "edition", "began_at")
LESSON_FIELDS = ("user", "course_key", "lesson_key", "edition", "opened_at", "done_at")
LESSON = "lesson:900001"
GIVEN_UP, LEARNED = 0.12, 0.5
# seconds from the beginning to the end: half an hour at least, days at most
FASTEST, SLOWEST = 1_800, 864_000


@dataclass(frozen=True)
class Begun:
    """One place in each column for each enrolment; `course` is a place in `COURSES`."""

    person: Column
    course: Column
    edition: Column
    at: Column

    def __len__(self) -> int:
        return len(self.at)

    def some(self, which: Column) -> "Begun":
        return Begun(self.person[which], self.course[which], self.edition[which], self.at[which])


def build_beginnings(plan: Plan, people: People, learned: Learned) -> int:
    """Needs the completions; tells how many enrolments there are."""
    chance = plan.chance(10)
    at = learned.at - chance.integers(FASTEST, SLOWEST, len(learned))
    completed = Begun(people.jobs.person[learned.job], learned.course, learned.edition, at)
    given_up = _given_up(plan, completed, chance)
    _keep_editions(plan)
    for begun in (completed, given_up):
        write(Enrolment, FIELDS, _enrolments(people, begun), len(begun))
    through = given_up.some(np.flatnonzero(chance.random(len(given_up)) < LEARNED))
    write(LessonProgress, LESSON_FIELDS, _lessons(people, through), len(through))
    return len(completed) + len(given_up)


def _given_up(plan: Plan, completed: Begun, chance: np.random.Generator) -> Begun:
    """By people who then learned something else."""
    count = round(GIVEN_UP * len(completed))
    them = completed.some(chance.integers(0, len(completed), count))
    found = replace(them, course=chance.choice(len(COURSES), count, p=shares()))
    number, done = (once(plan, one.person, one.course, one.edition) for one in (found, completed))
    new = ~np.isin(number, done)
    return found.some(np.flatnonzero(new)[np.unique(number[new], return_index=True)[1]])


def _enrolments(people: People, begun: Begun) -> Iterator[tuple[Any, ...]]:
    keys = [course_key(n) for n in range(len(COURSES))]
    columns = (people.pks[begun.person], begun.course, begun.edition, begun.at)
    for user, course, edition, at in zip(*(column.tolist() for column in columns), strict=True):
        yield user, keys[course], edition, moment(at)


def _lessons(people: People, begun: Begun) -> Iterator[tuple[Any, ...]]:
    for user, course, edition, at in _enrolments(people, begun):
        yield user, course, LESSON, edition, at, at + timedelta(seconds=FASTEST)


def _keep_editions(plan: Plan) -> None:
    """Of one lesson each, as those of courses that have been taken down since."""
    versions = [
        CourseVersion(
            course_key=course_key(n),
            edition=edition,
            title=title,
            hours=Decimal(tenths) / 10,
            validity_months=months or 0,
            watched_share=0,
            frozen_at=moment(int(plan.midnights[-1])),
        )
        for n, (title, (_share, tenths, months)) in enumerate(COURSES.items())
        for edition in range(1, plan.years + 2)
    ]
    LessonVersion.objects.bulk_create(
        LessonVersion(
            version=version, key=LESSON, sort_order=1, title=version.title, minutes=30, watch_through=False
        )
        for version in CourseVersion.objects.bulk_create(versions)
    )
