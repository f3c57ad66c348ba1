"""A small city whose figures were worked out by hand: `files/worked_city` says who did what when, and what that adds up to."""

import csv
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.models import CoursePage, Enrolment, LessonProgress
from academy.exams.models import Attempt
from academy.organisations.models import Enterprise, Membership
from academy.records.attending import attend, withdraw
from academy.records.certifying import revoke
from academy.records.completing import complete
from academy.records.models import Certificate
from tests.factories import (
    BusinessTypeFactory,
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
    make_course,
)

FILES = Path(__file__).parent / "files" / "worked_city"
# the day on which the sheet was worked out
NOW = datetime.fromisoformat("2026-07-15T10:00:00+08:00")
Line = dict[str, str]


def sheet(name: str) -> list[Line]:
    with (FILES / f"{name}.csv").open(encoding="utf8") as file:
        return list(csv.DictReader(file))


class City:
    """Built by the doors by which a real one is: in the order of the journal, and then as it is today."""

    def __init__(self, home: Page) -> None:
        CityFactory()
        for name in ("东关区", "西关区"):
            DistrictFactory(name=name)
        DistrictFactory(name="柳街街道", parent=DistrictFactory(name="东关区"))
        self.taught = {line["what"]: line for line in sheet("taught")}
        self.keys = {
            name: self._key(home, name, line, n) for n, (name, line) in enumerate(self.taught.items())
        }
        self.people: dict[str, User] = {}
        self.places = {line["enterprise"]: self._place(line) for line in sheet("places")}
        for line in sheet("journal"):
            self._do(line)
        self._settle()

    def _key(self, home: Page, name: str, line: Line, n: int) -> str:
        if line["kind"] != "course":
            return f"event:{n}"
        return make_course(home, lessons=1, title=name, slug=f"course-{n}").key

    def _place(self, line: Line) -> Enterprise:
        return EnterpriseFactory(
            name=line["enterprise"],
            district=DistrictFactory(name=line["district"]),
            business_type=BusinessTypeFactory(name=line["business type"]),
        )

    def _do(self, line: Line) -> None:
        who, at = self._person(line["who"]), datetime.fromisoformat(f"{line['when']}+08:00")
        doing: dict[str, Callable[[User, str, str, datetime], Any]] = {
            "joins": self._joins,
            "leaves": self._leaves,
            "begins": self._begins,
            "learns": self._learns,
            "fails": self._sits,
            "passes": lambda *said: self._sits(*said, passed=True),
            "completes": self._completes,
            "attends": self._attends,
            "attends by mistake": self._attends_by_mistake,
            "is revoked": self._is_revoked,
            "is": lambda who, what, detail, at: self._is(who, what),
        }
        doing[line["does"]](who, line["what"], line["detail"], at)

    def _person(self, name: str) -> User:
        if name not in self.people:
            self.people[name] = UserFactory(name=name)
        return self.people[name]

    def _joins(self, who: User, what: str, detail: str, at: datetime) -> None:
        post = PostFactory(name=detail)
        Membership.objects.create(user=who, enterprise=self.places[what], post=post, joined_at=at)

    def _leaves(self, who: User, what: str, detail: str, at: datetime) -> None:
        Membership.objects.current().filter(user=who, enterprise=self.places[what]).update(left_at=at)

    def _begins(self, who: User, what: str, detail: str, at: datetime) -> None:
        Enrolment.objects.create(user=who, course_key=self.keys[what], edition=int(detail), began_at=at)

    def _learns(self, who: User, what: str, detail: str, at: datetime) -> None:
        done = {"user": who, "course_key": self.keys[what], "edition": int(detail)}
        LessonProgress.objects.create(lesson_key=f"lesson:{what}", done_at=at, **done)

    def _sits(self, who: User, what: str, detail: str, at: datetime, passed: bool = False) -> None:
        purpose = f"{self.keys[what]}:{detail}"
        Attempt.objects.create(user=who, purpose=purpose, pass_mark=60, drawn=[], started_at=at, submitted_at=at, passed=passed)  # fmt: skip

    def _completes(self, who: User, what: str, detail: str, at: datetime) -> None:
        line = self.taught[what]
        complete(
            who,
            course_key=self.keys[what],
            course_title=what,
            edition=int(detail),
            hours=Decimal(line["hours"]),
            completed_at=at,
            validity_months=int(line["months valid"]) if line["months valid"] else None,
        )

    def _attends(self, who: User, what: str, detail: str, at: datetime) -> Any:
        line = self.taught[what]
        return attend(
            who,
            event_key=self.keys[what],
            event_title=what,
            kind=line["kind"],
            hours=Decimal(line["hours"]),
            at=at,
        )

    def _attends_by_mistake(self, who: User, what: str, detail: str, at: datetime) -> None:
        withdraw(self._attends(who, what, detail, at), reason="认错了人", by=StaffFactory())

    def _is_revoked(self, who: User, what: str, detail: str, at: datetime) -> None:
        certificate = Certificate.objects.get(user=who, course_key=self.keys[what])
        revoke(certificate, StaffFactory(), "代考")

    def _is(self, who: User, what: str) -> None:
        who.merged_into = self._person(what)
        who.save()

    def _settle(self) -> None:
        for line in sheet("places"):
            place = self.places[line["enterprise"]]
            if line["today"] == "closed":
                place.closed_on = NOW.date()
            if line["today"].startswith("is "):
                place.merged_into = self.places[line["today"].removeprefix("is ")]
            place.save()
        for name, line in self.taught.items():
            if line["today"] == "deleted":
                CoursePage.objects.get(pk=self.keys[name].removeprefix("course:")).delete()
