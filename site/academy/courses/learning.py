"""How far somebody is in a course, and when it is complete.

What counts is what was done in the edition that a person pursues: the one they are enrolled in, else the one in
force. A lesson that did not change is carried over when they move to a newer edition (see `enrolling`).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import reduce
from itertools import chain
from operator import or_

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.enrolling import enrol
from academy.courses.models import (
    CoursePage,
    CourseVersion,
    Enrolment,
    LessonPage,
    LessonProgress,
)
from academy.courses.outline import Lesson, Outline, enrolments, of_page, of_version, outlines
from academy.courses.progress import Progress, Required, Step
from academy.courses.requiring import required
from academy.exams.models import Attempt
from academy.exams.sitting import close_expired
from academy.records.completing import complete
from academy.records.locking import lock
from academy.records.models import Completion

__all__ = [
    "Progress",
    "Step",
    "continue_where",
    "finish_lesson",
    "overview",
    "preview",
    "progress",
    "progress_in",
    "pursued",
    "settle",
]
Reader = User | AnonymousUser


def pursued(user: Reader, course: CoursePage) -> Outline:
    """The edition this person is at; who never began, the one in force."""
    return outlines([course], enrolments(user, [course]))[0]


def overview(user: Reader, courses: Iterable[CoursePage]) -> list[Progress]:
    """The progress in each course, in as many queries for ten courses as for one."""
    courses = list(courses)
    enrolled = enrolments(user, courses)
    return _with_records(user, outlines(courses, enrolled), enrolled)


def progress(user: Reader, course: CoursePage) -> Progress:
    return overview(user, [course])[0]


def progress_in(user: Reader, course: CoursePage, version: CourseVersion) -> Progress:
    """As it stands in an edition that was kept, whichever they pursue now."""
    return _with_records(user, [of_version(course, version)], enrolments(user, [course]))[0]


def settle(user: Reader, course: CoursePage) -> Progress:
    """The progress once what is due has happened: a late attempt is marked, a course is completed."""
    enrolled = enrolments(user, [course])
    outline = outlines([course], enrolled)[0]
    if isinstance(user, User) and outline.paper:
        close_expired(user, outline.purpose, timezone.now())
    found = _with_records(user, [outline], enrolled)[0]
    if isinstance(user, User) and found.met and not found.completion:
        return replace(found, completion=_complete(user, found))
    return found


def finish_lesson(user: User, lesson: Lesson, now: datetime | None = None) -> Progress:
    """Whether it may be said is for `finishing`. Said twice, it counts once, at the time of the first; a lesson that is not of their edition counts for nothing.

    Raises LockedError while a course that comes first is not completed.
    """
    course = lesson.course
    with transaction.atomic():
        lock(user)
        enrol(user, course)
        outline = pursued(user, course)
        if outline.lesson(lesson.key):
            _mark_done(user, outline, lesson.key, now or timezone.now())
    return settle(user, course)


def continue_where(user: User, known: Iterable[Progress] = ()) -> tuple[CoursePage, Progress] | None:
    """The course this person learned in last and has not completed. What is `known` is not asked again."""
    recent = _recent(user)
    found = {one.course.key: one for one in known if one.course.key in recent}
    ids = [int(key.removeprefix("course:")) for key in recent if key not in found]
    courses = CoursePage.objects.live().select_related("paper").filter(pk__in=ids)
    everything = [*found.values(), *(overview(user, courses) if ids else [])]
    open_ones = [one for one in everything if one.under_way]
    latest = max(open_ones, key=lambda one: recent[one.course.key], default=None)
    return (latest.course, latest) if latest else None


def preview(course: CoursePage) -> Progress:
    """A course as its drafts have it, for editors: nothing is locked, nothing recorded."""
    pages = LessonPage.objects.child_of(course).order_by("path")
    drafts = [_draft(page) for page in pages]
    before = tuple(Required(row.course, False) for row in course.prerequisites.all())
    return Progress(of_page(course, drafts), required=before, is_preview=True)


def _draft(page: LessonPage) -> LessonPage:
    draft: LessonPage = page.get_latest_revision_as_object()
    draft.edition_url = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
    return draft


def _mark_done(user: User, outline: Outline, lesson_key: str, now: datetime) -> None:
    row, _created = LessonProgress.objects.get_or_create(
        user=user, course_key=outline.course.key, lesson_key=lesson_key, edition=outline.edition
    )
    if row.done_at is None:
        row.done_at = now
        row.save(update_fields=["done_at"])


def _recent(user: User) -> dict[str, datetime]:
    """When each course was last learned in."""
    last: dict[str, datetime] = {}
    began = Enrolment.objects.filter(user=user).values_list("course_key", "began_at")
    opened = _touched(LessonProgress.objects.filter(user=user))
    moments = ((row.course_key, moment) for row in opened for moment in _moments(row))
    for key, moment in chain(began, moments):
        last[key] = max(moment, last.get(key, moment))
    return last


def _touched(rows: QuerySet[LessonProgress]) -> QuerySet[LessonProgress]:
    named = ("course_key", "lesson_key", "edition", "opened_at", "done_at")
    return rows.only(*named).annotate(heard_at=Max("visits__heard_at"))


def _moments(row: LessonProgress) -> list[datetime]:
    return [moment for moment in (row.opened_at, row.done_at, row.heard_at) if moment]  # type: ignore[attr-defined]


def _with_records(user: Reader, found: list[Outline], enrolled: dict[str, Enrolment]) -> list[Progress]:
    before = required(user, [outline.course for outline in found])
    plain = [
        Progress(outline, enrolled.get(outline.course.key), required=before[outline.course.pk])
        for outline in found
    ]
    return _with_learned(user, plain) if plain and isinstance(user, User) else plain


def _with_learned(user: User, plain: list[Progress]) -> list[Progress]:
    keys = [one.course.key for one in plain]
    completions = {
        row.course_key: row
        for row in Completion.objects.filter(user__in=same_person(user), course_key__in=keys).order_by(
            "edition"
        )
    }
    passes = {
        attempt.purpose: attempt
        for attempt in Attempt.objects.filter(user=user, purpose__in=[one.outline.purpose for one in plain])
        .passed()
        .defer("drawn", "answers")
    }
    here = reduce(or_, (Q(course_key=one.course.key, edition=one.outline.edition) for one in plain))
    rows: dict[str, list[LessonProgress]] = {}
    for row in _touched(LessonProgress.objects.filter(here, user=user)).order_by("-done_at", "pk"):
        rows.setdefault(row.course_key, []).append(row)
    return [
        _with_record(one, rows.get(one.course.key, []), completions.get(one.course.key), passes)
        for one in plain
    ]


def _with_record(
    one: Progress, rows: list[LessonProgress], last: Completion | None, passes: dict[str, Attempt]
) -> Progress:
    is_through = last is not None and last.edition >= one.outline.edition
    opened = [row for row in rows if row.done_at is None and _moments(row)]
    latest = max(opened, key=lambda row: max(_moments(row)), default=None)
    return replace(
        one,
        done={row.lesson_key: row.done_at for row in rows if row.done_at},
        opened=latest.lesson_key if latest else "",
        passed=passes.get(one.outline.purpose),
        completion=last if is_through else None,
        before=None if is_through else last,
    )


def _complete(user: User, found: Progress) -> Completion:
    """Completed when the last of its terms was met."""
    outline = found.outline
    moments = [*found.done.values(), *([found.passed.submitted_at] if found.passed else [])]
    return complete(
        user,
        course_key=outline.course.key,
        course_title=outline.title,
        edition=outline.edition,
        hours=outline.hours,
        score=found.passed.score if found.passed else None,
        completed_at=max(filter(None, moments)),
        validity_months=outline.validity_months if outline.paper else None,
    )
