"""How far those came who began a course, and how exams went. Both stand where somebody works today."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import NamedTuple

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from academy.accounts.models import User
from academy.courses.models import CoursePage, CourseVersion, Enrolment, LessonPage, LessonProgress
from academy.exams.models import Attempt
from academy.records.models import Certificate, Completion
from academy.reports.choices import Choice
from academy.reports.coding import Words
from academy.reports.facts import Column
from academy.reports.loading import CHUNK, canonical, day_number, local_day
from academy.reports.rosters import Share


class Funnel(NamedTuple):
    """Of whoever began a course in the period, each course once: how many came how far by now."""

    begun: int = 0
    learned: int = 0
    passed: int = 0
    certified: int = 0


class Paths(NamedTuple):
    """A person and a course in each place, and how far they came: the place in `Funnel`."""

    person: Column
    subject: Column
    stage: Column


class Exams(NamedTuple):
    """Passed of those handed in: all of them, and the first of each person for each exam."""

    all: Share
    first: Share


@dataclass(frozen=True, slots=True)
class Journeys:
    """Columns of enrolments (`e_`), ordered by person and subject, and of exams handed in (`x_`). Subjects are places in `subjects`."""

    e_person: Column
    e_day: Column
    e_subject: Column
    # 0 begun, 1 lessons done, 2 exam passed or nothing left to pass, 3 certified
    e_stage: Column
    x_person: Column
    x_day: Column
    x_subject: Column
    x_passed: Column
    x_first: Column
    subjects: tuple[str, ...]
    taken_at: datetime

    def __len__(self) -> int:
        return len(self.e_person) + len(self.x_person)

    def paths(self, choice: Choice, people: Column | None) -> "Paths":
        """`people`: of these accounts only. Whoever began two editions of a course is there once, with the further one."""
        here = self._here(self.e_person, self.e_day, self.e_subject, choice, people)
        person, subject, stage = self.e_person[here], self.e_subject[here], self.e_stage[here]
        is_next = (np.diff(person, prepend=-1) != 0) | (np.diff(subject, prepend=-1) != 0)
        begins = np.flatnonzero(is_next)
        furthest = np.maximum.reduceat(stage, begins) if len(begins) else stage
        return Paths(person[begins], subject[begins], furthest)

    def funnel(self, choice: Choice, people: Column | None) -> Funnel:
        stages = self.paths(choice, people).stage
        return Funnel(*(int(np.count_nonzero(stages >= stage)) for stage in range(len(Funnel._fields))))

    def exams(self, choice: Choice, people: Column | None) -> Exams:
        here = self.sat(choice, people)
        first = here & self.x_first
        counted = ((here & self.x_passed, here), (first & self.x_passed, first))
        return Exams(*(Share(int(part.sum()), int(whole.sum())) for part, whole in counted))

    def sat(self, choice: Choice, people: Column | None) -> Column:
        """For each exam handed in, whether it is one of the choice."""
        there = np.zeros(len(self.x_person), bool)
        there[self._here(self.x_person, self.x_day, self.x_subject, choice, people)] = True
        return there

    def _here(
        self, person: Column, day: Column, subject: Column, choice: Choice, people: Column | None
    ) -> Column:
        """Their places. Of five years of them most are of other periods, so that is looked at first."""
        begin, end = day_number(choice.period.first), day_number(choice.period.last)
        here = np.flatnonzero((day >= begin) & (day <= end))
        if people is not None:
            here = here[np.isin(person[here], people)]
        if choice.subject is not None:
            known = self.subjects.index(choice.subject) if choice.subject in self.subjects else -1
            here = here[subject[here] == known]
        return here


class _Sitting(NamedTuple):
    user: int
    purpose: str
    at: datetime
    passed: bool


def read() -> Journeys:
    now, accounts, subjects = timezone.now(), canonical(User), Words()
    e_person, e_day, e_subject, e_stage = _columns(
        (person, day_number(day), subjects.place(course), stage)
        for person, course, day, stage in _enrolments(accounts)
    )
    x_person, x_day, x_subject, passed, first = _columns(
        (
            (one.user, _day(one.at), subjects.place(_of(one.purpose)), one.passed, is_first)
            for one, is_first in _sittings(accounts)
        ),
        5,
    )
    order = np.lexsort((e_subject, e_person))
    return Journeys(
        e_person=e_person[order],
        e_day=e_day[order],
        e_subject=e_subject[order],
        e_stage=e_stage[order],
        x_person=x_person,
        x_day=x_day,
        x_subject=x_subject,
        x_passed=passed.astype(bool),
        x_first=first.astype(bool),
        subjects=subjects.all,
        taken_at=now,
    )


def _columns(rows: Iterable[tuple[int, ...]], count: int = 4) -> list[Column]:
    """A million rows as one run of numbers: as tuples they would take ten times the memory."""
    found = np.fromiter(chain.from_iterable(rows), np.int32).reshape(-1, count)
    return [np.ascontiguousarray(found[:, n]) for n in range(count)]


def _sittings(accounts: Mapping[int, int]) -> Iterator[tuple[_Sitting, bool]]:
    """Each with whether it was the first of that person for that exam; in the order in which they were begun."""
    rows = Attempt.objects.exclude(submitted_at=None).order_by("pk")
    seen = set()
    named = rows.values_list("user", "purpose", "submitted_at", "passed")
    for user, purpose, at, passed in named.iterator(CHUNK):
        assert at is not None
        sitting = _Sitting(accounts.get(user, user), purpose, at, passed)
        yield sitting, (sitting.user, sitting.purpose) not in seen
        seen.add((sitting.user, sitting.purpose))


def _enrolments(accounts: Mapping[int, int]) -> Iterator[tuple[int, str, date, int]]:
    """What was done under another account of the same person is done."""
    same = {name: OuterRef(name) for name in ("user", "course_key", "edition")}
    certified = Certificate.objects.standing().order_by().filter(**same)
    # the database is quicker at telling a million days
    rows = Enrolment.objects.order_by().annotate(
        day=TruncDate("began_at", tzinfo=timezone.get_default_timezone()),
        completed=Exists(Completion.objects.order_by().filter(**same)),
        certified=Exists(certified),
    )
    lessons, passed, elsewhere = _learned(accounts), _passed(accounts), _elsewhere(accounts)
    named = ("user", "course_key", "edition", "day", "completed", "certified")
    for user, course, edition, day, completed, certified in rows.values_list(*named).iterator(CHUNK):
        person = accounts.get(user, user)
        it = (person, course, edition)
        if certified or elsewhere.get(it):
            yield person, course, day, 3
        elif completed or it in elsewhere or (person, f"{course}:{edition}") in passed:
            yield person, course, day, 2
        else:
            yield person, course, day, 1 if it in lessons else 0


def _is_certified() -> Exists:
    """With a certificate that was not revoked, run out or not."""
    return Exists(Certificate.objects.standing().order_by().filter(completion=OuterRef("pk")))


def _elsewhere(accounts: Mapping[int, int]) -> dict[tuple[int, str, int], bool]:
    """What people with several accounts have completed, and whether it is certified."""
    merged = User.objects.exclude(merged_into=None)
    theirs = Q(user__in=merged.values("pk")) | Q(user__in=merged.values("merged_into"))
    rows = Completion.objects.filter(theirs).order_by()
    found: dict[tuple[int, str, int], bool] = {}
    named = rows.annotate(certified=_is_certified()).values_list("user", "course_key", "edition", "certified")
    for user, course, edition, is_certified in named.iterator(CHUNK):
        it = (accounts.get(user, user), course, edition)
        found[it] = found.get(it, False) or is_certified
    return found


def _passed(accounts: Mapping[int, int]) -> set[tuple[int, str]]:
    rows = Attempt.objects.passed().order_by().values_list("user", "purpose")
    return {(accounts.get(user, user), purpose) for user, purpose in rows.iterator(CHUNK)}


def _learned(accounts: Mapping[int, int]) -> set[tuple[int, str, int]]:
    """Who has done every lesson of which edition, under one account."""
    needed = _lessons()
    rows = LessonProgress.objects.done().order_by().values_list("user", "course_key", "edition")
    done = rows.annotate(count=Count("pk")).iterator(CHUNK)
    return {
        (accounts.get(user, user), course, edition)
        for user, course, edition, n in done
        if n >= needed.get((course, edition), n + 1)
    }


def _lessons() -> dict[tuple[str, int], int]:
    """How many lessons each edition has."""
    kept = (
        CourseVersion.objects.order_by().values_list("course_key", "edition").annotate(count=Count("lessons"))
    )
    under = Counter(
        path[: -LessonPage.steplen] for path in LessonPage.objects.live().values_list("path", flat=True)
    )
    pages = CoursePage.objects.values_list("pk", "edition", "path")
    live = {(f"course:{pk}", edition): under[path] for pk, edition, path in pages}
    return live | {(course, edition): lessons for course, edition, lessons in kept}


def _of(purpose: str) -> str:
    """`course:5:2:renewal:1` is an exam of `course:5`."""
    return ":".join(purpose.split(":")[:2])


def _day(at: datetime) -> int:
    return day_number(local_day(at))
