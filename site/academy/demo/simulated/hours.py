"""The ledger: an entry for each completion and each attendance, and one that takes back what was withdrawn."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np

from academy.demo.simulated.learning import Learned, course_key
from academy.demo.simulated.meetings import Meetings
from academy.demo.simulated.people import People
from academy.demo.simulated.plan import Plan, moment
from academy.demo.simulated.words import COURSES, WITHDRAWN
from academy.demo.simulated.writing import first_key, write
from academy.records.models import TrainingHours

FIELDS = (
    "id", "user", "hours", "earned_on", "source", "source_key", "title", "evidence", "created_at", "corrects", "reason", "entered_by",
)  # fmt: skip
Source = TrainingHours.Source


def build_hours(plan: Plan, people: People, learned: Learned, meetings: Meetings) -> int:
    taken_back = len(meetings.withdrawn)
    count = len(learned) + len(meetings) + taken_back
    first = first_key(TrainingHours)
    write(TrainingHours, FIELDS, _rows(plan, people, learned, meetings, first), count)
    return count


def _rows(
    plan: Plan, people: People, learned: Learned, meetings: Meetings, first: int
) -> Iterator[tuple[Any, ...]]:
    yield from _of_courses(plan, people, learned, first)
    first += len(learned)
    yield from _of_events(plan, people, meetings, first)
    yield from _taken_back(plan, people, meetings, first)


def _of_courses(plan: Plan, people: People, learned: Learned, first: int) -> Iterator[tuple[Any, ...]]:
    users = people.pks[people.jobs.person[learned.job]].tolist()
    day = (np.searchsorted(plan.midnights, learned.at, side="right") - 1).tolist()
    keys, titles = [course_key(n) for n in range(len(COURSES))], list(COURSES)
    hours = [Decimal(tenths) / 10 for _share, tenths, _months in COURSES.values()]
    columns = (column.tolist() for column in (learned.course, learned.edition, learned.score, learned.at))
    for n, (course, edition, score, at) in enumerate(zip(*columns, strict=True)):
        evidence = f'{{"completion": {learned.first + n}, "edition": {edition}, "score": {score}}}'
        yield (
            first + n, users[n], hours[course], plan.dates[day[n]], Source.COURSE.value, f"{keys[course]}:{edition}", titles[course], evidence,
            moment(at), None, "", None,
        )  # fmt: skip


def _of_events(plan: Plan, people: People, meetings: Meetings, first: int) -> Iterator[tuple[Any, ...]]:
    for n, (event, job) in enumerate(zip(meetings.event.tolist(), meetings.job.tolist(), strict=True)):
        meeting, pk = meetings.events[event], meetings.first + n
        user = int(people.pks[people.jobs.person[job]])
        yield (
            first + n, user, meeting.hours, plan.dates[meeting.day], Source.EVENT.value, f"attendance:{pk}", meeting.title,
            f'{{"attendance": {pk}}}', moment(meeting.ends), None, "", None,
        )  # fmt: skip


def _taken_back(plan: Plan, people: People, meetings: Meetings, first: int) -> Iterator[tuple[Any, ...]]:
    for nth, n in enumerate(meetings.withdrawn.tolist()):
        meeting = meetings.events[meetings.event[n]]
        user = int(people.pks[people.jobs.person[meetings.job[n]]])
        yield (
            first + len(meetings) + nth, user, -meeting.hours, plan.dates[meeting.day], Source.CORRECTION.value, f"simulated:{meetings.first + n}",
            meeting.title, "{}", moment(meeting.withdrawn), first + n, WITHDRAWN, people.official,
        )  # fmt: skip
