"""The meetings as the app of events knows them, where there is one."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from academy.demo.simulated.meetings import Meeting, Meetings
from academy.demo.simulated.people import People
from academy.demo.simulated.plan import moment
from academy.demo.simulated.register import Register
from academy.demo.simulated.writing import write

FIELDS = (
    "id", "kind", "title", "district", "place", "begins_at", "ends_at", "hours", "state", "organiser", "made_at", "closed_at", "closed_by",
)  # fmt: skip
DAY = 86_400


def build_events(register: Register, people: People, meetings: Meetings) -> None:
    if apps.is_installed("academy.events"):
        rows = _rows(register, people, meetings.events)
        write(apps.get_model("events", "Event"), FIELDS, rows, len(meetings.events))


def _rows(register: Register, people: People, events: list[Meeting]) -> Iterator[tuple[Any, ...]]:
    for meeting in events:
        ends = moment(meeting.ends)
        yield (
            meeting.key, meeting.kind, meeting.title, register.county_pks[meeting.county], "会议室（模拟）", moment(meeting.begins), ends,
            meeting.hours, "closed", people.official, moment(meeting.begins - 7 * DAY), ends, people.official,
        )  # fmt: skip
