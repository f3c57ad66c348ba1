"""Who takes which edition of a course.

Whoever begins gets the edition in force. Whoever is under way stays in theirs until they choose to move.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.models import CoursePage, Enrolment, LessonProgress
from academy.courses.outline import Outline, enrolments, fingerprint, live_lessons, of_page, outlines
from academy.courses.requiring import required
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import Completion, Verb


class LockedError(Exception):
    """Something has to be completed first; the message is for the worker."""


def enrol(user: User, course: CoursePage) -> Enrolment:
    """Where this person stands in the course; who was in none takes the edition in force.

    Raises LockedError while a course that comes first is not completed.
    """
    known = enrolments(user, [course]).get(course.key)
    if known:
        return known
    missing = [one.course.title for one in required(user, [course])[course.pk] if not one.completed]
    if missing:
        raise LockedError(_("First complete: %(courses)s") % {"courses": _("; ").join(missing)})
    return _take(user, course, course.edition, timezone.now())


def stay(user: User, course: CoursePage, newer: int) -> None:
    """They finish what they began, and are asked no more. What was answered to an older offer counts for it alone."""
    if newer == course.edition:
        Enrolment.objects.filter(user=user, course_key=course.key, edition__lt=newer).update(stays=True)


@transaction.atomic
def move(user: User, course: CoursePage, newer: int) -> bool:
    """Takes the edition in force, where that is the one meant, and says whether they are in it now.

    Lessons done that have not changed are done in it too. Whoever completed the old edition does them anew:
    the hours are counted anew.
    """
    lock(user)
    known = enrolments(user, [course]).get(course.key)
    if newer != course.edition:
        return False
    if known and known.edition < newer:
        now = timezone.now()
        _take(user, course, newer, now)
        if not Completion.objects.filter(
            user__in=same_person(user), course_key=course.key, edition=known.edition
        ).exists():
            _carry_over(user, outlines([course], {course.key: known})[0], _in_force(course), now)
    return True


@transaction.atomic
def _take(user: User, course: CoursePage, edition: int, now: datetime) -> Enrolment:
    taken, created = Enrolment.objects.get_or_create(
        user=user, course_key=course.key, edition=edition, defaults={"began_at": now}
    )
    if created:
        key = f"enrolled:{course.key}:{edition}"
        record(user, Verb.ENROLLED, course.key, course.title, edition=edition, at=now, key=key)
    return taken


def _in_force(course: CoursePage) -> Outline:
    return of_page(course, live_lessons([course]).get(course.path, ()))


def _carry_over(user: User, old: Outline, new: Outline, now: datetime) -> None:
    """Seconds stay where they were spent: no time is counted twice."""
    same = {
        lesson.key: lesson.title
        for lesson in new.lessons
        if (before := old.lesson(lesson.key)) and fingerprint(before.body) == fingerprint(lesson.body)
    }
    rows = LessonProgress.objects.filter(
        user=user, course_key=old.course.key, edition=old.edition, lesson_key__in=same
    )
    kept = ("opened_at", "watched", "positions", "checks", "done_at")
    for row in rows:
        LessonProgress.objects.get_or_create(
            user=user,
            course_key=row.course_key,
            lesson_key=row.lesson_key,
            edition=new.edition,
            defaults={name: getattr(row, name) for name in kept},
        )
        if row.done_at:
            record(
                user,
                Verb.FINISHED,
                row.lesson_key,
                same[row.lesson_key],
                edition=new.edition,
                at=now,
                evidence={"carried_from": old.edition},
                key=f"finished:{row.course_key}:{new.edition}:{row.lesson_key}",
            )
