"""What a lesson asks of whoever takes it, in the edition they take: read from its body, kept for a minute."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max

from academy.accounts.models import User
from academy.core.videos import VideoValue
from academy.courses import reading
from academy.courses.models import CoursePage, CourseVersion, Enrolment, LessonPage, LessonVersion

_KEPT = 60

Lesson = LessonPage | LessonVersion
Edition = CoursePage | CourseVersion
Place = tuple[Edition, Lesson]


@dataclass(frozen=True, slots=True)
class Terms:
    """`videos` says of each film how long it is and what it is called; `checks` are the keys of its questions."""

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


def terms_of(course: Edition, lesson: Lesson) -> Terms:
    return Terms(
        course_key=course.key if isinstance(course, CoursePage) else course.course_key,
        edition=course.edition,
        lesson_key=lesson.key,
        title=lesson.title,
        watch_through=lesson.watch_through,
        watched_share=course.watched_share,
        signs=reading.signs(list(lesson.body.raw_data)),
        videos={film.key: (film.seconds, film["title"]) for film in _films(lesson.body) if film.seconds},
        checks=tuple(
            dict.fromkeys(str(block.value.pk) for block in lesson.body if _is_check(block) and block.value)
        ),
    )


def terms_at(course_pk: int, edition: int | None, number: int) -> Terms | None:
    """Of the lesson with this number; reports come often, so it is read once a minute for everybody."""
    key = f"lesson-terms:{course_pk}:{edition}:{number}"
    found: Terms | None = cache.get(key)
    if found is None:
        place = lesson_at(course_pk, edition, number)
        found = terms_of(*place) if place else None
        cache.set(key, found, _KEPT)
    return found


def pursued_edition(user: User, course_pk: int) -> int | None:
    """The highest edition that somebody took; None for the one in force."""
    taken = Enrolment.objects.filter(user=user, course_key=f"course:{course_pk}")
    found: int | None = taken.aggregate(highest=Max("edition"))["highest"]
    return found


def lesson_at(course_pk: int, edition: int | None, number: int) -> Place | None:
    """Lessons are counted from 1."""
    taken = _taken(course_pk, edition)
    found = list(_lessons(taken)[number - 1 : number]) if taken and 0 < number < 1000 else []
    return (taken, found[0]) if taken and found else None


def lesson_named(course_pk: int, edition: int | None, key: str) -> Place | None:
    taken = _taken(course_pk, edition)
    found = next((lesson for lesson in _lessons(taken) if lesson.key == key), None) if taken else None
    return (taken, found) if taken and found else None


def _taken(course_pk: int, edition: int | None) -> Edition | None:
    """The edition in force is the page; the others are kept as they were."""
    course = CoursePage.objects.live().filter(id=course_pk).first()
    if course and edition in (None, course.edition):
        return course  # type: ignore[no-any-return]
    return CourseVersion.objects.filter(course_key=f"course:{course_pk}", edition=edition).first()


def _lessons(taken: Edition) -> Any:
    if isinstance(taken, CourseVersion):
        return taken.lessons.all()
    return LessonPage.objects.child_of(taken).live().order_by("path")


def _films(body: Any) -> Iterator[VideoValue]:
    return (block.value for block in body if block.block_type == "video" and block.value["video"])


def _is_check(block: Any) -> bool:
    return bool(block.block_type == "check")
