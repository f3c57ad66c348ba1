"""How far somebody is in a course, and when it is complete.

A lesson counts towards the next completion when it was done in an edition later than the last one completed:
raising the edition takes nothing from whoever is half-way, and asks everything anew of whoever was through.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.contrib.auth.models import AnonymousUser
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.courses.models import CoursePage, LessonPage, LessonProgress
from academy.exams.models import Attempt
from academy.exams.sitting import close_expired
from academy.records.completing import complete
from academy.records.models import Completion


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    lesson: LessonPage
    state: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` says when each lesson was done, by its key; withdrawn ones stay, so that nothing is undone."""

    course: CoursePage
    lessons: tuple[LessonPage, ...]
    done: dict[str, datetime]
    passed: Attempt | None = None
    completion: Completion | None = None

    @property
    def todo(self) -> list[LessonPage]:
        if self.completion:
            return []
        return [lesson for lesson in self.lessons if lesson.key not in self.done]

    @property
    def done_count(self) -> int:
        return len(self.lessons) if self.completion else len(self.done)

    @property
    def next_lesson(self) -> LessonPage | None:
        return next(iter(self.todo), None)

    @property
    def steps(self) -> list[Step]:
        return [Step(n, lesson, self._state(lesson)) for n, lesson in enumerate(self.lessons, 1)]

    def step_of(self, lesson: LessonPage) -> Step | None:
        return next((step for step in self.steps if step.lesson == lesson), None)

    def after(self, lesson: LessonPage) -> LessonPage | None:
        step = self.step_of(lesson)
        return self.lessons[step.number] if step and step.number < len(self.lessons) else None

    @property
    def cells(self) -> list[str]:
        """The ruler's: lessons withdrawn after they were done come first."""
        states = [step.state for step in self.steps]
        return ["done"] * (self.done_count - states.count("done")) + states

    @property
    def started(self) -> bool:
        return self.done_count > 0

    @property
    def exam_open(self) -> bool:
        return bool(self.course.paper and not self.todo and not self.passed and not self.completion)

    @property
    def met(self) -> bool:
        """Every lesson is done and the paper passed; where there is neither, there is nothing to complete."""
        return not self.todo and bool(self.passed if self.course.paper else self.done)

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)

    @property
    def text_left(self) -> str:
        n = self.done_count
        return ngettext("%(n)s lesson done", "%(n)s lessons done", n) % {"n": n}

    @property
    def text_right(self) -> str:
        n = len(self.todo)
        return ngettext("%(n)s lesson to go", "%(n)s lessons to go", n) % {"n": n} if n else ""

    def _state(self, lesson: LessonPage) -> str:
        if self.completion or lesson.key in self.done:
            return "done"
        return "now" if lesson == self.next_lesson else "todo"


def overview(user: User | AnonymousUser, courses: Iterable[CoursePage]) -> list[Progress]:
    """The progress in each course, in as many queries for ten courses as for one."""
    courses = list(courses)
    lessons = _lessons(courses)
    plain = [Progress(course, tuple(lessons.get(course.path, ())), {}) for course in courses]
    return _with_records(user, plain) if isinstance(user, User) else plain


def progress(user: User | AnonymousUser, course: CoursePage) -> Progress:
    return overview(user, [course])[0]


def settle(user: User | AnonymousUser, course: CoursePage) -> Progress:
    """The progress once what is due has happened: a late attempt is marked, a course is completed."""
    if isinstance(user, User):
        close_expired(user, course.purpose, timezone.now())
    found = progress(user, course)
    if isinstance(user, User) and found.met and not found.completion:
        return replace(found, completion=_complete(user, found))
    return found


def finish_lesson(user: User, lesson: LessonPage) -> Progress:
    """Said twice, it counts once, at the time of the first."""
    LessonProgress.objects.get_or_create(
        user=user,
        course_key=lesson.course.key,
        lesson_key=lesson.key,
        edition=lesson.course.edition,
        defaults={"done_at": timezone.now()},
    )
    return settle(user, lesson.course)


def continue_where(user: User) -> tuple[CoursePage, Progress] | None:
    """The course this person learned in last and has not completed."""
    rows = LessonProgress.objects.done().filter(user=user).values("course_key")
    recent = [row["course_key"] for row in rows.annotate(last=Max("done_at")).order_by("-last")]
    ids = [int(key.removeprefix("course:")) for key in recent]
    courses = CoursePage.objects.live().select_related("paper").filter(pk__in=ids)
    open_ones = [found for found in overview(user, courses) if found.started and not found.completion]
    latest = min(open_ones, key=lambda found: recent.index(found.course.key), default=None)
    return (latest.course, latest) if latest else None


def _lessons(courses: list[CoursePage]) -> dict[str, list[LessonPage]]:
    """Live lessons in order, by the path of their course."""
    if not courses:
        return {}
    under = reduce(or_, (Q(path__startswith=course.path, depth=course.depth + 1) for course in courses))
    found: dict[str, list[LessonPage]] = {}
    for lesson in LessonPage.objects.live().filter(under).defer("body").order_by("path"):
        found.setdefault(lesson.path[: -LessonPage.steplen], []).append(lesson)
    return found


def _with_records(user: User, plain: list[Progress]) -> list[Progress]:
    keys = [one.course.key for one in plain]
    completions = {
        c.course_key: c for c in Completion.objects.filter(user=user, course_key__in=keys).order_by("edition")
    }
    passes = {
        attempt.purpose: attempt
        for attempt in Attempt.objects.filter(user=user, purpose__in=[one.course.purpose for one in plain])
        .passed()
        .defer("drawn", "answers")
    }
    rows = list(LessonProgress.objects.done().filter(user=user, course_key__in=keys).order_by("-done_at"))
    return [_with_record(one, rows, completions.get(one.course.key), passes) for one in plain]


def _with_record(
    one: Progress, rows: list[LessonProgress], last: Completion | None, passes: dict[str, Attempt]
) -> Progress:
    since = last.edition if last else 0
    done = {
        row.lesson_key: row.done_at
        for row in rows
        if row.done_at and row.course_key == one.course.key and row.edition > since
    }
    return replace(
        one,
        done=done,
        passed=passes.get(one.course.purpose),
        completion=last if since >= one.course.edition else None,
    )


def _complete(user: User, found: Progress) -> Completion:
    """Completed when the last of its terms was met."""
    moments = [*found.done.values(), *([found.passed.submitted_at] if found.passed else [])]
    return complete(
        user,
        course_key=found.course.key,
        course_title=found.course.title,
        edition=found.course.edition,
        hours=found.course.hours,
        score=found.passed.score if found.passed else None,
        completed_at=max(filter(None, moments)),
        validity_months=found.course.validity_months,
    )
