"""Trainings, talks and guidance on site, and who was there."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from academy.demo.simulated.people import Jobs, People
from academy.demo.simulated.plan import Plan, moment
from academy.demo.simulated.register import Register
from academy.demo.simulated.words import EVENTS, IN_CHARGE, POSTS
from academy.demo.simulated.writing import first_key, write
from academy.records.models import Attendance
from academy.reports.facts import Column

FIELDS = (
    "id", "user", "person_name", "event_key", "event_title", "kind", "hours", "attended_at", "left_at", "stored_at", "withdrawn_at",
    "enterprise_key", "enterprise_name", "district_key", "district_name", "business_type_name", "post_name",
)  # fmt: skip
KINDS = {"training": 0.4, "talk": 0.15, "guidance": 0.45}
# how many people come to one, fewest and most, in a city of two hundred thousand
SEATS = {"training": (60, 800), "talk": (15, 60), "guidance": (3, 30)}
TENTHS = {"training": (20, 30, 40), "talk": (10, 15), "guidance": (10, 20)}
OF_WORKERS, WITHDRAWN = 500, 0.003


@dataclass(frozen=True)
class Meeting:
    key: int
    kind: str
    title: str
    county: int
    day: int
    begins: int
    hours: Decimal
    seats: int

    @property
    def ends(self) -> int:
        return self.begins + int(self.hours * 3600)

    @property
    def withdrawn(self) -> int:
        return self.ends + 3600


@dataclass(frozen=True)
class Meetings:
    """One place in each column for each attendance, by time; `withdrawn` are those that were entered by mistake."""

    first: int
    events: list[Meeting]
    event: Column
    job: Column
    withdrawn: Column

    def __len__(self) -> int:
        return len(self.event)


def build_meetings(
    plan: Plan, register: Register, people: People, words: list[tuple[Any, ...]], first_event: int
) -> Meetings:
    chance = plan.chance(8)
    events = _events(plan, register, chance, first_event)
    there = [_there(meeting, register, people.jobs, chance) for meeting in events]
    event = np.repeat(np.arange(len(events)), [len(jobs) for jobs in there])
    withdrawn = np.flatnonzero(chance.random(len(event)) < WITHDRAWN)
    meetings = Meetings(first_key(Attendance), events, event, np.concatenate(there), withdrawn)
    write(Attendance, FIELDS, _rows(people, meetings, words, chance), len(meetings))
    return meetings


def _events(plan: Plan, register: Register, chance: np.random.Generator, first: int) -> list[Meeting]:
    count = max(round(plan.workers * plan.years / 5 / OF_WORKERS), 12)
    day = np.sort(plan.between(np.zeros(count, int), np.full(count, plan.days - 1), chance))
    small = plan.workers / 200_000
    found = []
    for n in range(count):
        kind = str(chance.choice(list(KINDS), p=list(KINDS.values())))
        low, high = SEATS[kind]
        seats = int(
            np.exp(chance.uniform(np.log(low), np.log(high)))
            * (1 if kind != "training" else max(small, 0.05))
        )
        tenths = int(chance.choice(TENTHS[kind]))
        begins = int(plan.midnights[day[n]]) + 3600 * int(chance.choice((9, 14, 15)))
        county = int(chance.integers(len(register.county_pks)))
        year = plan.dates[day[n]].year
        title = f"{year}年{chance.choice(EVENTS[kind])}（模拟）"
        found.append(
            Meeting(first + n, kind, title, county, int(day[n]), begins, Decimal(tenths) / 10, max(seats, 2))
        )
    return found


def _there(meeting: Meeting, register: Register, jobs: Jobs, chance: np.random.Generator) -> Column:
    """The jobs that people came from: in its district, on that day; each person once."""
    working = (jobs.begin <= meeting.day) & (jobs.end > meeting.day)
    working &= register.county[jobs.enterprise] == meeting.county
    if meeting.kind == "talk":
        working &= np.isin(jobs.post, [n for n, name in enumerate(POSTS) if name in IN_CHARGE])
    able = chance.permutation(np.flatnonzero(working))
    _people, once = np.unique(jobs.person[able], return_index=True)
    return np.asarray(able[np.sort(once)][: meeting.seats])


def _rows(
    people: People, meetings: Meetings, words: list[tuple[Any, ...]], chance: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    early = chance.integers(-1200, 600, len(meetings)).tolist()
    withdrawn = set(meetings.withdrawn.tolist())
    for n, (event, job) in enumerate(zip(meetings.event.tolist(), meetings.job.tolist(), strict=True)):
        meeting, who = meetings.events[event], int(people.jobs.person[job])
        ends = moment(meeting.ends)
        yield (
            meetings.first + n, int(people.pks[who]), people.names[who], f"event:{meeting.key}", meeting.title, meeting.kind, meeting.hours,
            moment(meeting.begins + early[n]), ends, ends, moment(meeting.withdrawn) if n in withdrawn else None, *words[job],
        )  # fmt: skip
