"""What the screen of a lesson shows, in whichever edition of the course it is taken."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.courses import watching
from academy.courses.checks import Check, checks_in
from academy.courses.finishing import standing, to_do
from academy.courses.models import CoursePage, LessonProgress
from academy.courses.terms import Edition, Lesson, Terms, terms_of
from academy.courses.visiting import open_lesson
from academy.exams.showing import Picture, pictures


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
    """`number` counts the lessons of the edition from 1; `progress` is None for whoever is not signed in."""

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
        return {key: self._film(key, length) for key, (length, _title) in self.terms.videos.items()}

    @property
    def script(self) -> dict[str, Any]:
        """What the page's script begins with."""
        counted = standing(self.terms, self.progress, timezone.now()) if self.progress else {}
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


def open_screen(
    user: User | AnonymousUser,
    course: CoursePage,
    edition: Edition,
    lesson: Lesson,
    number: int,
    *,
    is_preview: bool = False,
) -> LessonScreen:
    """Serving a lesson to somebody who is signed in opens it; an editor's preview does not."""
    terms = terms_of(edition, lesson)
    now = timezone.now()
    learns = isinstance(user, User) and not is_preview
    progress = open_lesson(user, terms, now) if learns else None
    return _screen(user, course, lesson, number, terms, progress)


def answered_screen(
    user: User, course: CoursePage, lesson: Lesson, number: int, terms: Terms, progress: LessonProgress
) -> LessonScreen:
    return _screen(user, course, lesson, number, terms, progress)


def _screen(
    user: User | AnonymousUser,
    course: CoursePage,
    lesson: Lesson,
    number: int,
    terms: Terms,
    progress: LessonProgress | None,
) -> LessonScreen:
    lacking = to_do(terms, progress) if progress and not progress.done_at else []
    return LessonScreen(course, number, terms, progress, checks_in(lesson.body, progress, user), lacking)
