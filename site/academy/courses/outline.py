"""What an edition of a course asks, be it the one in force or one kept for those who finish it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q

from academy.accounts.models import User
from academy.courses.models import CoursePage, CourseVersion, Enrolment, LessonPage, LessonVersion
from academy.exams.models import Paper

Lesson = LessonPage | LessonVersion
# what a course declares, which each edition keeps as it was
DECLARED = ("title", "outcome", "hours", "validity_months", "watched_share", "paper")


@dataclass(frozen=True, slots=True)
class Outline:
    course: CoursePage
    edition: int
    title: str
    outcome: str
    hours: Decimal
    validity_months: int
    watched_share: int
    paper: Paper | None
    lessons: tuple[Lesson, ...]
    frozen: bool = False

    @property
    def purpose(self) -> str:
        """What its exam is sat for: each edition has its own attempts."""
        return f"{self.course.key}:{self.edition}"

    @property
    def newer(self) -> int | None:
        """The edition in force, where this is an older one."""
        return self.course.edition if self.frozen else None

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    def lesson(self, key: str) -> Lesson | None:
        return next((lesson for lesson in self.lessons if lesson.key == key), None)


def of_page(course: CoursePage, lessons: Iterable[LessonPage]) -> Outline:
    return Outline(course=course, edition=course.edition, lessons=tuple(lessons), **declared(course))


def of_version(course: CoursePage, version: CourseVersion) -> Outline:
    lessons = tuple(version.lessons.all())
    return Outline(course=course, edition=version.edition, lessons=lessons, frozen=True, **declared(version))


def declared(edition: CoursePage | CourseVersion) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in DECLARED}


def outlines(courses: list[CoursePage], enrolled: Mapping[str, Enrolment]) -> list[Outline]:
    """Of each course the edition that somebody is at, else the one in force; as many queries for ten as for one."""
    at = {course.key: enrolled[course.key].edition for course in courses if course.key in enrolled}
    kept = _kept({(c.key, at[c.key]) for c in courses if at.get(c.key, c.edition) < c.edition})
    live = live_lessons([course for course in courses if course.key not in kept])
    return [
        of_version(course, kept[course.key])
        if course.key in kept
        else of_page(course, live.get(course.path, ()))
        for course in courses
    ]


def enrolments(user: User | AnonymousUser, courses: Iterable[CoursePage]) -> dict[str, Enrolment]:
    """By the course's key where somebody stands: the highest edition they have taken."""
    if not isinstance(user, User):
        return {}
    keys = [course.key for course in courses]
    rows = Enrolment.objects.filter(user=user, course_key__in=keys).order_by("edition")
    return {row.course_key: row for row in rows}


def live_lessons(courses: list[CoursePage]) -> dict[str, list[LessonPage]]:
    """Live lessons in order, by the path of their course."""
    if not courses:
        return {}
    under = reduce(or_, (Q(path__startswith=course.path, depth=course.depth + 1) for course in courses))
    found: dict[str, list[LessonPage]] = {}
    for lesson in LessonPage.objects.live().filter(under).defer("body").order_by("path"):
        found.setdefault(lesson.path[: -LessonPage.steplen], []).append(lesson)
    return found


def fingerprint(body: Any) -> str:
    """The same for the same content, whatever ids the editor's blocks were given."""
    told = json.dumps(_without_ids(body.get_prep_value()), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _kept(wanted: set[tuple[str, int]]) -> dict[str, CourseVersion]:
    if not wanted:
        return {}
    which = reduce(or_, (Q(course_key=key, edition=edition) for key, edition in wanted))
    lessons = Prefetch("lessons", LessonVersion.objects.defer("body"))
    found = CourseVersion.objects.filter(which).select_related("paper").prefetch_related(lessons)
    return {version.course_key: version for version in found}


def _without_ids(told: Any) -> Any:
    if isinstance(told, list):
        return [_without_ids(one) for one in told]
    if isinstance(told, dict):
        is_block = {"type", "value"} <= told.keys()
        return {name: _without_ids(one) for name, one in told.items() if not (is_block and name == "id")}
    return told
