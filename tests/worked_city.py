"""A small city whose figures were worked out by hand: `files/worked_city` says who did what when, and what that adds up to."""

import csv
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from wagtail.models import Page, Site

from academy.accounts.models import User
from academy.courses.assignments import assigning
from academy.courses.models import Assignment, CoursePage, Enrolment, LessonProgress
from academy.events import closing, signing
from academy.events.models import Event
from academy.events.signing import How, Said
from academy.exams.models import Attempt
from academy.library.handbooks import reading, sending
from academy.library.models import ChapterReading, HandbookDispatch
from academy.organisations.joining import join, leave
from academy.organisations.models import District, Enterprise
from academy.organisations.registering import keep
from academy.records import merging
from academy.records.certifying import revoke
from academy.records.completing import complete
from academy.records.hours import correct
from academy.records.models import Certificate, EnterpriseMerge, PersonMerge, TrainingHours
from tests.factories import (
    BusinessTypeFactory,
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
    make_assignment,
    make_course,
    make_handbook,
)

FILES = Path(__file__).parent / "files" / "worked_city"
# the day on which the sheet was worked out
NOW = datetime.fromisoformat("2026-07-15T10:00:00+08:00")
Line = dict[str, str]


def sheet(name: str) -> list[Line]:
    with (FILES / f"{name}.csv").open(encoding="utf8") as file:
        return list(csv.DictReader(file))


def moment(said: str) -> datetime:
    return datetime.fromisoformat(f"{said}+08:00")


class City:
    """Built by the doors by which a real one is, in the order of the journal. `clock` says when it is."""

    def __init__(self, clock: Callable[[datetime], None]) -> None:
        CityFactory()
        for name in ("东关区", "西关区"):
            DistrictFactory(name=name)
        DistrictFactory(name="柳街街道", parent=DistrictFactory(name="东关区"))
        self.staff = StaffFactory()
        self.book = make_handbook(edition="第0版")
        home = Site.objects.get(is_default_site=True).root_page
        self.sent: dict[str, HandbookDispatch] = {}
        self.duties: dict[str, Assignment] = {}
        self.taught = {line["what"]: line for line in sheet("taught")}
        self.keys, self.events = {}, {}
        for n, (name, line) in enumerate(self.taught.items()):
            self.keys[name] = self._key(home, name, line, n)
        self.people: dict[str, User] = {}
        self.places = {line["enterprise"]: self._place(line) for line in sheet("places")}
        for line in sheet("journal"):
            clock(moment(line["when"]))
            self._do(line)
        clock(NOW)
        for name, line in self.taught.items():
            if line["today"] == "deleted":
                CoursePage.objects.get(pk=self.keys[name].removeprefix("course:")).delete()

    def _key(self, home: Page, name: str, line: Line, n: int) -> str:
        if line["kind"] == "course":
            return make_course(home, lessons=1, title=name, slug=f"course-{n}").key
        self.events[name] = EventFactory(
            title=name,
            kind=line["kind"],
            hours=Decimal(line["hours"]),
            district=DistrictFactory(name=line["district"]),
            begins_at=moment(line["begins"]),
            ends_at=moment(line["ends"]),
            organiser=self.staff,
        )
        key: str = self.events[name].key
        return key

    def _place(self, line: Line) -> Enterprise:
        return EnterpriseFactory(
            name=line["enterprise"],
            district=DistrictFactory(name=line["district"]),
            business_type=BusinessTypeFactory(name=line["business type"]),
        )

    def _do(self, line: Line) -> None:
        at = moment(line["when"])
        of_people: dict[str, Callable[[User, str, str, datetime], object]] = {
            "joins": lambda who, what, post, at: join(who, self.places[what], PostFactory(name=post)),
            "leaves": lambda who, what, detail, at: leave(who, self.places[what]),
            "begins": self._begins,
            "learns": self._learns,
            "fails": self._sits,
            "passes": lambda *said: self._sits(*said, passed=True),
            "completes": self._completes,
            "signs in": lambda who, what, detail, at: signing.sign_in(self._event(what), who, Said(How.CODE), at),
            "is revoked": self._is_revoked,
            "is deactivated": lambda who, what, detail, at: User.objects.filter(pk=who.pk).update(is_active=False),
            "is corrected": self._is_corrected,
            "opens": self._opens,
            "signs": lambda who, what, detail, at: reading.sign(who, self.book, who.name, at),
            "is excused": lambda who, what, reason, at: assigning.excuse(self.duties[what].assignees.get(user=who), reason=reason, by=self.staff),
        }  # fmt: skip
        of_papers: dict[str, Callable[[str, str, str, datetime], object]] = {
            "is now": self._is_now,
            "is sent": self._is_sent,
            "was sent": self._was_sent,
            "is assigned": self._is_assigned,
        }
        others: dict[str, Callable[[str, str, datetime], object]] = {
            "is closed": self._is_closed,
            "was never at": self._was_never_at,
            "is": self._is,
            "is parted": self._is_parted,
            "closes": self._closes,
        }
        if line["does"] in others:
            others[line["does"]](line["who"], line["what"], at)
        elif line["does"] in of_papers:
            of_papers[line["does"]](line["who"], line["what"], line["detail"], at)
        else:
            of_people[line["does"]](self._person(line["who"]), line["what"], line["detail"], at)

    def _person(self, name: str) -> User:
        if name not in self.people:
            self.people[name] = UserFactory(name=name)
        return User.objects.get(pk=self.people[name].pk)

    def _event(self, name: str) -> Event:
        return Event.objects.get(pk=self.events[name].pk)

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

    def _is_revoked(self, who: User, what: str, detail: str, at: datetime) -> None:
        certificate = Certificate.objects.get(user=who, course_key=self.keys[what])
        revoke(certificate, self.staff, "代考")

    def _is_corrected(self, who: User, what: str, detail: str, at: datetime) -> None:
        entry = TrainingHours.objects.get(user=who, source_key=f"{self.keys[what]}:1")
        correct(who, Decimal(detail), reason="看错了", by=self.staff, corrects=entry)

    def _is_closed(self, event: str, guided: str, at: datetime) -> None:
        places = [self.places[name] for name in guided.split(";") if name]
        closing.close(self._event(event), self.staff, at, guided=places)

    def _was_never_at(self, who: str, event: str, at: datetime) -> None:
        if who in self.places:
            guidance = self.events[event].guided.get(enterprise=self.places[who])
            closing.withdraw_guidance(guidance, "填错了", self.staff, at)
        else:
            signing.undo(self.events[event].sign_ins.get(user__name=who), "没来", self.staff, at)

    def _is(self, who: str, other: str, at: datetime) -> None:
        if who in self.places:
            merging.merge_enterprises(self.places[who], self.places[other], by=self.staff, reason="同一家")
        else:
            merging.merge_people(self._person(who), self._person(other), by=self.staff, reason="同一人")

    def _is_parted(self, who: str, what: str, at: datetime) -> None:
        if who in self.places:
            merging.undo(EnterpriseMerge.objects.get(merged=self.places[who]), self.staff)
        else:
            merging.undo(PersonMerge.objects.get(merged=self.people[who]), self.staff)

    def _closes(self, who: str, what: str, at: datetime) -> None:
        place = Enterprise.objects.get(pk=self.places[who].pk)
        place.closed_on = at.date()
        keep(place, self.staff)

    def _opens(self, who: User, what: str, detail: str, at: datetime) -> None:
        for chapter in self.book.chapters:
            own = {"user": who, "handbook_key": self.book.key, "edition": self.book.edition}
            ChapterReading.objects.create(**own, chapter_key=chapter.key, opened_at=at)

    def _is_now(self, book: str, edition: str, detail: str, at: datetime) -> None:
        self.book.edition = edition
        self.book.save_revision().publish()

    def _is_sent(self, receiver: str, book: str, copies: str, at: datetime) -> None:
        self.sent[receiver] = sending.send(
            self.places.get(receiver) or District.objects.get(name=receiver),
            handbook_key=self.book.key,
            title=book,
            edition=self.book.edition,
            copies=int(copies),
            sent_on=at.date(),
            receipt="收条",
            by=self.staff,
            key=uuid4(),
        )

    def _was_sent(self, receiver: str, book: str, copies: str, at: datetime) -> None:
        sending.correct(self.sent[receiver], int(copies), reason="数错了", by=self.staff, key=uuid4())

    def _is_assigned(self, what: str, due: str, district: str, at: datetime) -> None:
        about: dict[str, Any] = {"object_key": self.keys.get(what, self.book.key), "title": what}
        if what not in self.keys:
            about |= {"kind": Assignment.Kind.HANDBOOK, "edition": self.book.edition}
        where = District.objects.get(name=district) if district else None
        self.duties[what] = make_assignment(
            self.staff, district=where, due_on=date.fromisoformat(due), **about
        )
        assigning.fill.func(self.duties[what].pk)
