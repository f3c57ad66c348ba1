"""Counting by going through every row, one after the other: slow, plain, and without a line of what the site counts with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from academy.accounts.models import User
from academy.courses.models import Enrolment, LessonProgress
from academy.events.models import Guidance
from academy.exams.models import Attempt
from academy.organisations.models import District, Enterprise, Membership
from academy.records.models import Attendance, Certificate, Completion

SHANGHAI = ZoneInfo("Asia/Shanghai")
CANTEENS = "学校食堂"


class Record(NamedTuple):
    person: int
    day: date
    district: int | None
    enterprise: int | None
    business_type: str
    post: str
    kind: str
    subject: str
    hours: Decimal


class Job(NamedTuple):
    person: int
    enterprise: int
    district: int
    business_type: str
    post: str


@dataclass
class Asked:
    """What is asked for; `own` are the districts that the reader may see, `None` all."""

    first: date
    last: date
    own: set[int] | None = None
    district: int | None = None
    apart: bool = False
    enterprise: int | None = None
    business_type: str | None = None
    post: str | None = None
    kind: str | None = None
    subject: str | None = None

    @property
    def is_whole(self) -> bool:
        return not self.apart and (self.own, self.district, self.enterprise, self.business_type, self.post) == (None,) * 5  # fmt: skip


@dataclass
class OneByOne:
    today: date
    lessons: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parent = {one.pk: one.parent_id for one in District.objects.all()}
        self.same = {one.pk: one.merged_into_id for one in User.objects.all()}
        self.twin = {one.pk: one.merged_into_id for one in Enterprise.objects.all()}
        self.records = [*self._completions(), *self._attendances()]
        self.jobs = list(self._jobs())

    def _completions(self) -> Iterator[Record]:
        for one in Completion.objects.all():
            yield self._record(one, one.completed_at, "course", one.course_key)

    def _attendances(self) -> Iterator[Record]:
        for one in Attendance.objects.all():
            if one.withdrawn_at is None:
                yield self._record(one, one.attended_at, one.kind, one.event_key)

    def _record(self, one: Any, at: datetime, kind: str, subject: str) -> Record:
        return Record(self.person(one.user_id), day(at), one.district_key, self.place(one.enterprise_key), one.business_type_name, one.post_name, kind, subject, one.hours)  # fmt: skip

    def _jobs(self) -> Iterator[Job]:
        seen = set()
        for one in Membership.objects.order_by("pk"):
            place = Enterprise.objects.get(pk=self.place(one.enterprise_id))
            key = (self.person(one.user_id), place.pk)
            if one.left_at is None and place.closed_on is None and key not in seen:
                seen.add(key)
                yield Job(*key, place.district_id, place.business_type.name, one.post.name)

    def person(self, key: int) -> int:
        return self.same[key] or key

    def place(self, key: int | None) -> int | None:
        return key if key is None else self.twin[key] or key

    def within(self, district: int | None, whole: int) -> bool:
        while district is not None and district != whole:
            district = self.parent[district]
        return district == whole

    def rows_of(self, asked: Asked) -> list[int]:
        """The districts that a table has a row for."""
        seen = [key for key in self.parent if asked.own is None or key in asked.own]
        tops = [key for key in seen if self.parent[key] not in seen]
        if asked.district is None and len(tops) > 1:
            return tops
        at = asked.district or tops[0]
        return [key for key in self.parent if self.parent[key] == at] or [at]

    def is_here(
        self, asked: Asked, district: int | None, enterprise: int | None, kind: str, post: str
    ) -> bool:
        """Place, business type and post are those that are asked for."""
        if asked.own is not None and district not in asked.own:
            return False
        if asked.district is not None and not self.within(district, asked.district):
            return False
        if asked.apart and any(self.within(district, row) for row in self.rows_of(asked)):
            return False
        if asked.enterprise is not None and enterprise != asked.enterprise:
            return False
        return asked.business_type in (None, kind) and asked.post in (None, post)

    def taught(self, asked: Asked) -> list[Record]:
        """Wherever it was."""
        return [
            one
            for one in self.records
            if asked.first <= one.day <= asked.last
            and asked.subject in (None, one.subject)
            and (asked.kind in (None, one.kind) or (asked.kind == "event" and one.kind != "course"))
        ]

    def counted(self, asked: Asked) -> list[Record]:
        return [one for one in self.taught(asked) if self.is_here(asked, one.district, one.enterprise, one.business_type, one.post)]  # fmt: skip

    def guided(self, asked: Asked) -> set[tuple[int, str, int | None, str, date]]:
        """Enterprise, event, district, business type, day."""
        found = set()
        for one in Guidance.objects.all():
            place, event, at = self.place(one.enterprise_id), f"event:{one.event_id}", day(one.at)
            fits = asked.kind in (None, "event", "guidance") and asked.subject in (None, event)
            here = self.is_here(asked, one.district_key, place, one.business_type_name, one.post_name)
            if one.withdrawn_at is None and fits and here and asked.first <= at <= asked.last:
                assert place is not None
                found.add((place, event, one.district_key, one.business_type_name, at))
        return found

    def staff(self, asked: Asked) -> tuple[list[tuple[int, int, str]], list[tuple[Job, bool]]]:
        """Enterprises with district and type; places of work, each with whether its holder is trained."""
        trained = {one.person for one in self.taught(asked)}
        places = [
            (one.pk, one.district_id, one.business_type.name)
            for one in Enterprise.objects.all()
            if one.closed_on is None
            and one.merged_into_id is None
            and self.is_here(asked, one.district_id, one.pk, one.business_type.name, asked.post or "")
        ]
        keys = {place[0] for place in places}
        jobs = [(job, job.person in trained) for job in self.jobs if job.enterprise in keys and asked.post in (None, job.post)]  # fmt: skip
        return places, jobs

    def certificates(self, asked: Asked) -> dict[str, int]:
        states = dict.fromkeys(("valid", "expiring", "expired", "revoked"), 0)
        revoked = {one.pk for one in Certificate.objects.all() if hasattr(one, "revocation")}
        renewed = {one.renews_id for one in Certificate.objects.all() if one.pk not in revoked}
        for one in Certificate.objects.select_related("completion"):
            made = one.completion
            here = self.is_here(asked, made.district_key, self.place(made.enterprise_key), made.business_type_name, made.post_name)  # fmt: skip
            if not here or asked.subject not in (None, made.course_key):
                continue
            over = one.expires_on is not None and one.expires_on < self.today
            soon = one.expires_on is not None and one.expires_on <= self.today + timedelta(days=60)
            states["revoked" if one.pk in revoked else "expired" if over else "valid"] += 1
            states["expiring"] += one.pk not in revoked and not over and soon and one.pk not in renewed
        return states

    def funnel(self, asked: Asked) -> list[int]:
        people = {job.person for job, _trained in self.staff(asked)[1]}
        certified = {one.completion_id for one in Certificate.objects.all() if not hasattr(one, "revocation")}
        furthest: dict[tuple[int, str], int] = {}
        for one in Enrolment.objects.all():
            person, key = self.person(one.user_id), (one.course_key, one.edition)
            if not asked.first <= day(one.began_at) <= asked.last or asked.subject not in (
                None,
                one.course_key,
            ):
                continue
            if not asked.is_whole and person not in people:
                continue
            done = [c for c in Completion.objects.all() if (self.person(c.user_id), c.course_key, c.edition) == (person, *key)]  # fmt: skip
            passed = [a for a in Attempt.objects.all() if a.passed and self.person(a.user_id) == person and a.purpose == f"{key[0]}:{key[1]}"]  # fmt: skip
            learned = any(
                sum((p.user_id, p.course_key, p.edition) == (user, *key) and p.done_at is not None for p in LessonProgress.objects.all())
                >= self.lessons.get(key, 10**9)
                for user in self.same
                if self.person(user) == person
            )  # fmt: skip
            stage = (
                3 if any(c.pk in certified for c in done) else 2 if done or passed else 1 if learned else 0
            )
            furthest[person, one.course_key] = max(stage, furthest.get((person, one.course_key), 0))
        return [sum(stage >= n for stage in furthest.values()) for n in range(4)]

    def exams(self, asked: Asked) -> tuple[tuple[int, int], tuple[int, int]]:
        """Passed of first ones, and of all."""
        people = {job.person for job, _trained in self.staff(asked)[1]}
        seen: set[tuple[int, str]] = set()
        first, everything = [], []
        for one in Attempt.objects.order_by("pk"):
            if one.submitted_at is None:
                continue
            person, course = self.person(one.user_id), ":".join(one.purpose.split(":")[:2])
            is_first = (person, one.purpose) not in seen
            seen.add((person, one.purpose))
            fits = asked.first <= day(one.submitted_at) <= asked.last and asked.subject in (None, course)
            if fits and (asked.is_whole or person in people):
                everything.append(one.passed)
                first += [one.passed] if is_first else []
        return (sum(first), len(first)), (sum(everything), len(everything))

    def figures(self, asked: Asked) -> dict[str, Any]:
        records, guided = self.counted(asked), self.guided(asked)
        places, jobs = self.staff(asked)
        covered = {job.enterprise for job, is_trained in jobs if is_trained}
        begun, _learned, passed, _certified = self.funnel(asked)
        first, everything = self.exams(asked)
        events = {one.subject for one in records if one.kind != "course"} | {one[1] for one in guided}
        return {
            **tally(records),
            "course_times": sum(one.kind == "course" for one in records),
            "event_times": sum(one.kind != "course" for one in records),
            "held": len(events),
            "guided": len({one[0] for one in guided}),
            "enterprises": (len(covered), len(places)),
            "canteens": (sum(key in covered for key, _d, kind in places if kind == CANTEENS), sum(kind == CANTEENS for _k, _d, kind in places)),
            "posts": (sum(is_trained for _job, is_trained in jobs), len(jobs)),
            "completion": (passed, begun),
            "first_pass": first,
            "all_pass": everything,
            **self.certificates(asked),
        }  # fmt: skip


def tally(records: list[Record]) -> dict[str, Any]:
    persons, hours = {one.person for one in records}, sum((one.hours for one in records), Decimal(0))
    return {"persons": len(persons), "person_times": len(records), "hours": hours}


def day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
