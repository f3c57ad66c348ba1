"""The meetings as events: planned, with their lists, closed."""

from collections.abc import Iterator, Sequence
from typing import Any

from academy.demo.simulated.learning import PLACED
from academy.demo.simulated.meetings import Meeting, Meetings
from academy.demo.simulated.people import People
from academy.demo.simulated.plan import moment
from academy.demo.simulated.register import Register
from academy.demo.simulated.writing import Row, write
from academy.events.models import Event, Guidance, SignIn

EVENT = (
    "id", "kind", "title", "district", "place", "begins_at", "ends_at", "hours", "state", "organiser", "made_at", "closed_at", "closed_by",
)  # fmt: skip
SIGN_IN = ("event", "user", "person_name", "how", "at", "stored_at", "left_at", "by", "attendance", *PLACED)
GUIDANCE = ("event", "enterprise", "at", *PLACED)
DAY = 86_400


def build_events(register: Register, people: People, meetings: Meetings, words: Sequence[Row]) -> None:
    write(Event, EVENT, _events(register, people, meetings.events), len(meetings.events))
    write(SignIn, SIGN_IN, _sign_ins(people, meetings, words), len(meetings))
    guided = _guided(meetings, words)
    write(Guidance, GUIDANCE, guided, len(guided))


def _events(register: Register, people: People, events: list[Meeting]) -> Iterator[tuple[Any, ...]]:
    for meeting in events:
        ends = moment(meeting.ends)
        yield (
            meeting.key, meeting.kind, meeting.title, register.county_pks[meeting.county], "会议室（模拟）", moment(meeting.begins), ends,
            meeting.hours, "closed", people.official, moment(meeting.begins - 7 * DAY), ends, people.official,
        )  # fmt: skip


def _sign_ins(people: People, meetings: Meetings, words: Sequence[Row]) -> Iterator[tuple[Any, ...]]:
    for n, (event, job) in enumerate(zip(meetings.event.tolist(), meetings.job.tolist(), strict=True)):
        meeting, who = meetings.events[event], int(people.jobs.person[job])
        begins, ends = moment(meeting.begins), moment(meeting.ends)
        yield (
            meeting.key, int(people.pks[who]), people.names[who], "list", begins, begins, ends, people.official, meetings.first + n, *words[job],
        )  # fmt: skip


def _guided(meetings: Meetings, words: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Each enterprise from which somebody was there, once for an event."""
    found = {}
    for event, job in zip(meetings.event.tolist(), meetings.job.tolist(), strict=True):
        meeting, place = meetings.events[event], words[job]
        if meeting.kind == "guidance":
            found[meeting.key, place[0]] = (meeting.key, place[0], moment(meeting.begins), *place[:-1], "")
    return list(found.values())
