"""What a lesson asks of whoever takes it, in the edition they take: read from its body, kept for a minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache

from academy.core import reading
from academy.core.videos import VideoValue
from academy.courses.models import CoursePage, Enrolment
from academy.courses.outline import Lesson, Outline, outlines

_KEPT = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """`videos` says of each film how long it is and what it is called; `checks` are the keys of its questions.

    A film whose file cannot be read just now has the length 0: it is asked for, and nothing of it can be counted.
    """

    course_key: str
    edition: int
    lesson_key: str
    title: str
    watch_through: bool
    watched_share: int
    signs: int
    videos: dict[str, tuple[float, str]]
    checks: tuple[str, ...]

    @property
    def most_seconds(self) -> int:
        """So much reading counts; a lesson that only shows films has nothing to read."""
        return reading.usual_seconds(self.signs)

    @property
    def least_seconds(self) -> int:
        return reading.least_seconds(self.signs, settings.FASTEST_READING)

    def length(self, video: str) -> float:
        return self.videos[video][0]


def terms_of(outline: Outline, lesson: Lesson) -> Terms:
    return Terms(
        course_key=outline.course.key,
        edition=outline.edition,
        lesson_key=lesson.key,
        title=lesson.title,
        watch_through=lesson.watch_through,
        watched_share=outline.watched_share,
        signs=reading.signs(list(lesson.body.raw_data)),
        videos={
            film.key: (film.seconds or 0.0, film["title"])
            for film in _films(lesson.body)
            if film.seconds != 0
        },
        checks=tuple(
            dict.fromkeys(str(block.value.pk) for block in lesson.body if _is_check(block) and block.value)
        ),
    )


def terms_at(course_pk: int, edition: int, number: int) -> Terms | None:
    """Of a lesson in an edition. Reports come often, so it is read once a minute for everybody."""
    key = f"lesson-terms:{course_pk}:{edition}:{number}"
    found: Terms | None = cache.get(key)
    if found is None:
        found = _read(course_pk, edition, number)
        cache.set(key, found, _KEPT)
    return found


def _read(course_pk: int, edition: int, number: int) -> Terms | None:
    course = CoursePage.objects.live().filter(id=course_pk).first()
    if course is None:
        return None
    outline = outlines([course], {course.key: Enrolment(course_key=course.key, edition=edition)})[0]
    lesson = outline.lesson(f"lesson:{number}")
    return terms_of(outline, lesson) if lesson and outline.edition == edition else None


def _films(body: Any) -> Iterator[VideoValue]:
    return (block.value for block in body if block.block_type == "video" and block.value["video"])


def _is_check(block: Any) -> bool:
    return bool(block.block_type == "check")
