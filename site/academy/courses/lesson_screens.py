"""What the screen of a lesson shows, in whichever edition of the course it is taken."""

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.courses import watching
from academy.courses.checks import Check, checks_in
from academy.courses.enrolling import LockedError, enrol
from academy.courses.finishing import standing, to_do
from academy.courses.models import CoursePage, LessonProgress
from academy.courses.outline import Lesson, Outline
from academy.courses.progress import Progress
from academy.courses.terms import Terms, terms_of
from academy.courses.visiting import open_lesson
from academy.exams.showing import Picture, pictures

Reader = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Film:
    """`cells` draw the parts watched along the film, in thousandths of its length."""

    key: str
    seconds: float
    position: float
    share: int
    cells: list[tuple[float, float]]
    parts: list[list[float]]


@dataclass(frozen=True, slots=True)
class LessonScreen:
    """`number` is that of the lesson's page; `progress` is None for whoever does not learn here."""

    course: CoursePage
    number: int
    terms: Terms
    progress: LessonProgress | None
    checks: dict[str, Check]
    missing: list[str] = field(default_factory=list)

    @property
    def edition(self) -> int:
        return self.terms.edition

    @property
    def report_url(self) -> str:
        return self._url("report")

    @property
    def done_url(self) -> str:
        return self._url("done")

    @property
    def once_more(self) -> list[Check]:
        return [check for check in self.checks.values() if check.once_more]

    @property
    def pictures(self) -> dict[int, Picture]:
        """Of all questions at once."""
        return pictures([check.question for check in self.checks.values()])

    @property
    def films(self) -> dict[str, Film]:
        return {key: self._film(key, length) for key, (length, _title) in self.terms.videos.items() if length}

    @property
    def script(self) -> dict[str, Any]:
        """What the page's script begins with."""
        counted = standing(self.terms, self.progress) if self.progress else {}
        return {
            "report": self.report_url,
            "edition": self.edition,
            "person": self.progress.user_id if self.progress else None,
            "through": self.terms.watch_through,
            "share": self.terms.watched_share,
            "films": {
                key: {"seconds": film.seconds, "position": film.position, "parts": film.parts}
                for key, film in self.films.items()
            },
            "counted": counted,
        }

    def check_url(self, key: str) -> str:
        return self._url("check", int(key))

    def key(self) -> uuid.UUID:
        """Under which an answer from this page counts once."""
        return uuid.uuid4()

    def _url(self, name: str, *more: int) -> str:
        return reverse(f"courses:lesson_{name}", args=[self.course.pk, self.number, *more])

    def _film(self, key: str, length: float) -> Film:
        parts = self.progress.watched.get(key, []) if self.progress else []
        return Film(
            key,
            round(length, 2),
            self.progress.positions.get(key, 0) if self.progress else 0,
            watching.share(parts, length),
            [(round(1000 * a / length, 1), round(1000 * (b - a) / length, 1)) for a, b in parts],
            parts,
        )


def open_screen(user: Reader, found: Progress, lesson: Lesson) -> LessonScreen:
    """Serving a lesson opens it to whoever pursues this edition; preview and looking something up do not.

    Nor is anything opened to who completed the course before another came to be asked first.
    """
    terms = terms_of(found.outline, lesson)
    opened = None
    if isinstance(user, User) and _is_learned(found, lesson):
        with suppress(LockedError):
            enrol(user, found.course)
            opened = open_lesson(user, terms, timezone.now())
    return screen(user, found.outline, lesson, terms, opened)


def screen(
    user: Reader, outline: Outline, lesson: Lesson, terms: Terms, progress: LessonProgress | None
) -> LessonScreen:
    lacking = to_do(terms, progress) if progress and not progress.done_at else []
    checks = checks_in(lesson.body, progress, user)
    return LessonScreen(outline.course, lesson.number, terms, progress, checks, lacking)


def _is_learned(found: Progress, lesson: Lesson) -> bool:
    if found.is_preview or found.missing or not found.outline.lesson(lesson.key):
        return False
    # who is enrolled in an edition that nothing is kept of pursues the one in force
    took = found.enrolment.edition if found.enrolment else 0
    return not found.outline.frozen or took == found.outline.edition
