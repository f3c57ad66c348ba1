"""A new edition of a course: what is in force is kept for whoever is under way, then the drafts take its place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.courses.models import CoursePage, CourseVersion, Enrolment, LessonPage, LessonVersion
from academy.courses.outline import declared, fingerprint
from academy.records.models import Completion


@dataclass(frozen=True, slots=True)
class Change:
    """What the new edition would make of a lesson; `goes_in` unless an editor decides otherwise."""

    lesson: LessonPage
    words: str | Promise
    goes_in: bool = True


class Standing(NamedTuple):
    under_way: int
    completed: int


@transaction.atomic
def publish_edition(
    course: CoursePage,
    user: User,
    now: datetime,
    *,
    replacing: int | None = None,
    goes_in: Collection[int] | None = None,
) -> CoursePage:
    """The course as it is afterwards. Asked twice to replace the same edition, it is replaced once.

    Raises ValidationError where a draft is incomplete, or is to go live later: an edition begins as a whole.

    `goes_in` are the numbers of the lessons of the new edition; without it those of `changes` that go in.
    """
    # The page's row orders two editors who publish at once
    course_now: CoursePage = CoursePage.objects.select_for_update(of=("self",)).get(pk=course.pk)
    if course_now.edition != (replacing or course.edition):
        return course_now
    _freeze(course_now, user, now)
    CoursePage.objects.filter(pk=course.pk).update(edition=course_now.edition + 1)
    for change in changes(course_now):
        wanted = change.goes_in if goes_in is None else change.lesson.pk in goes_in
        _publish(change.lesson, user, now) if wanted else _withdraw(change.lesson, user)
    _publish(_as_it_is(course), user, now)
    return _as_it_is(course)


def changes(course: CoursePage) -> list[Change]:
    """Every lesson under the course, in order. One that was withdrawn stays out until somebody takes it in."""
    lessons = LessonPage.objects.child_of(course).select_related("latest_revision").order_by("path")
    return [_change(lesson) for lesson in lessons]


def standing(course: CoursePage) -> Standing:
    """How many are under way in the edition in force, and how many completed it."""
    here = {"course_key": course.key, "edition": course.edition}
    through = Completion.objects.filter(**here, user=OuterRef("user"))
    under_way = Enrolment.objects.filter(~Exists(through), **here)
    return Standing(under_way.count(), Completion.objects.filter(**here).count())


def _as_it_is(course: CoursePage) -> CoursePage:
    found: CoursePage = CoursePage.objects.get(pk=course.pk)
    return found


def _change(lesson: LessonPage) -> Change:
    if not lesson.live:
        if lesson.first_published_at:
            return Change(lesson, _("withdrawn; stays out unless you take it in"), goes_in=False)
        return Change(lesson, _("new"))
    if not lesson.has_unpublished_changes:
        return Change(lesson, _("unchanged"))
    draft = lesson.get_latest_revision_as_object()
    if fingerprint(draft.body) == fingerprint(lesson.body):
        return Change(lesson, _("changed, but not in its text: whoever did it keeps it"))
    return Change(lesson, _("changed: to be done again"))


def _freeze(course: CoursePage, user: User, now: datetime) -> None:
    version = CourseVersion.objects.create(
        course_key=course.key,
        edition=course.edition,
        frozen_at=now,
        frozen_by=user,
        **declared(course),
    )
    live = LessonPage.objects.live().child_of(course).order_by("path")
    # one by one, so that Wagtail notes what they refer to: a question or a film that they hold is not deleted
    for n, lesson in enumerate(live):
        LessonVersion.objects.create(
            version=version,
            key=lesson.key,
            sort_order=n,
            title=lesson.title,
            minutes=lesson.minutes,
            watch_through=lesson.watch_through,
            body=lesson.body,
        )


def _publish(page: CoursePage | LessonPage, user: User, now: datetime) -> None:
    if page.live and not page.has_unpublished_changes:
        return
    draft = page.latest_revision or page.save_revision(user=user)
    go_live_at = draft.as_object().go_live_at
    if go_live_at and go_live_at > now:
        words = _("“%(title)s” is set to go live later. Take that date away first.")
        raise ValidationError(words % {"title": page.title})
    draft.publish(user=user, skip_permission_checks=True)


def _withdraw(lesson: LessonPage, user: User) -> None:
    if lesson.live:
        lesson.unpublish(user=user)
