"""Completions of courses, with what each comes to: hours and, where the course gives one, a certificate."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from academy.demo.simulated.people import Jobs, People
from academy.demo.simulated.plan import Plan, moment
from academy.demo.simulated.register import Register
from academy.demo.simulated.words import COURSES, POSTS
from academy.demo.simulated.writing import first_key, write
from academy.records.models import Completion
from academy.reports.facts import Column

PLACED = (
    "enterprise_key",
    "enterprise_name",
    "district_key",
    "district_name",
    "business_type_name",
    "post_name",
)
FIELDS = (
    "id", "user", "person_name", "course_key", "course_title", "edition", "hours", "score", "completed_at", "stored_at", *PLACED,
)  # fmt: skip
# keys of pages that no site reaches, so that no real course is said to have been completed
FIRST_COURSE = 900_001
# drawn twice in one year a course counts once, so more are drawn than are needed
SPARE = 1.4
LATE = 0.02


@dataclass(frozen=True)
class Learned:
    """One place in each column for each completion, by time. `job` says where, `course` is a place in `COURSES`."""

    first: int
    job: Column
    course: Column
    edition: Column
    score: Column
    at: Column

    def __len__(self) -> int:
        return len(self.at)


def course_key(course: int) -> str:
    return f"course:{FIRST_COURSE + course}"


def shares() -> Column:
    """How often each course is taken; all of them together are one."""
    found = np.array([share for share, _hours, _months in COURSES.values()], float)
    return np.asarray(found / found.sum())


def once(plan: Plan, person: Column, course: Column, edition: Column) -> Column:
    """A number for each person, course and edition."""
    return np.asarray((person.astype(np.int64) * len(COURSES) + course) * (plan.years + 2) + edition)


def placed(register: Register, jobs: Jobs) -> list[tuple[Any, ...]]:
    """For each job the words that a record made there has."""
    posts = list(POSTS)
    found = []
    for enterprise, post in zip(jobs.enterprise.tolist(), jobs.post.tolist(), strict=True):
        place = register.places[register.place[enterprise]]
        found.append(
            (
                int(register.pks[enterprise]),
                register.names[enterprise],
                place.pk,
                place.county_name,
                register.types[enterprise],
                posts[post],
            )
        )
    return found


def build_completions(plan: Plan, people: People, words: list[tuple[Any, ...]], count: int) -> Learned:
    learned = _learned(plan, people.jobs, count)
    write(Completion, FIELDS, _rows(people, learned, words, plan.chance(5)), len(learned))
    return learned


def _learned(plan: Plan, jobs: Jobs, count: int) -> Learned:
    chance = plan.chance(4)
    low, high = plan.busy[np.clip(jobs.begin, 0, plan.days)], plan.busy[np.clip(jobs.end, 0, plan.days)]
    upto = np.concatenate([[0.0], np.cumsum(np.maximum(high - low, 0))])
    drawn = round(count * SPARE) + 100
    job = np.clip(
        np.searchsorted(upto, chance.random(drawn) * upto[-1], side="right") - 1, 0, len(jobs.person) - 1
    )
    day = plan.between(jobs.begin[job], jobs.end[job], chance)
    course = chance.choice(len(COURSES), drawn, p=shares())
    edition = 1 + np.array([date.year - plan.first.year for date in plan.dates])[day]
    _values, kept = np.unique(once(plan, jobs.person[job], course, edition), return_index=True)
    kept = chance.permutation(kept)[:count]
    at = plan.seconds(day[kept], chance)
    order = np.argsort(at, kind="stable")
    kept, at = kept[order], at[order]
    score = np.clip(chance.normal(91, 6, len(kept)), 80, 100).astype(int)
    return Learned(first_key(Completion), job[kept], course[kept], edition[kept], score, at)


def _rows(
    people: People, learned: Learned, words: list[tuple[Any, ...]], chance: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    person = people.jobs.person[learned.job]
    users, titles, keys = (
        people.pks[person].tolist(),
        list(COURSES),
        [course_key(n) for n in range(len(COURSES))],
    )
    hours = [Decimal(tenths) / 10 for _share, tenths, _months in COURSES.values()]
    # sent when there was a network again
    late = np.where(chance.random(len(learned)) < LATE, chance.integers(60, 7200, len(learned)), 0)
    columns = (users, person, learned.job, learned.course, learned.edition, learned.score, learned.at, late)
    rows = zip(*(column if isinstance(column, list) else column.tolist() for column in columns), strict=True)
    for n, (user, who, job, course, edition, score, at, waited) in enumerate(rows, learned.first):
        done = moment(at)
        yield (
            n, user, people.names[who], keys[course], titles[course], edition, hours[course], score, done,
            moment(at + waited) if waited else done, *words[job],
        )  # fmt: skip
