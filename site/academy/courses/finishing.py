"""When a lesson is finished: read no faster than anybody reads, its films watched, its questions answered right."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.courses import watching
from academy.courses.enrolling import enrol
from academy.courses.learning import finish_lesson, pursued
from academy.courses.models import CoursePage, LessonProgress
from academy.courses.outline import Lesson, Outline
from academy.courses.progress import Progress
from academy.courses.refused import tell_refused
from academy.courses.terms import Terms, terms_of
from academy.courses.visiting import clock_of, progress_in, uncounted_since
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import Verb


class UnfinishedError(Exception):
    """Something is missing; `missing` says what, in words for whoever learns."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


def finish(user: User, outline: Outline, lesson: Lesson, now: datetime) -> Progress:
    """Said twice, it counts once, at the time of the first.

    Raises UnfinishedError, which is written down, and LockedError while another course comes first.
    """
    terms = terms_of(outline, lesson)
    try:
        with transaction.atomic():
            lock(user)
            return _finish(user, outline, lesson, terms, now)
    except UnfinishedError as unfinished:
        found = evidence(terms, progress_in(user, terms))
        tell_refused(user, terms, unfinished.missing, found, now)
        raise


def _finish(user: User, outline: Outline, lesson: Lesson, terms: Terms, now: datetime) -> Progress:
    """With the person held: nobody moves to another edition between what is checked and what is done."""
    course = CoursePage.objects.select_related("paper").get(pk=outline.course.pk)
    enrol(user, course)
    if pursued(user, course).edition != outline.edition:
        raise UnfinishedError([_("You are in another edition by now. Read the lesson as it is there.")])
    progress = progress_in(user, terms)
    if progress is None or progress.opened_at is None:
        raise UnfinishedError([_("Open the lesson and read it first.")])
    if progress.done_at is None:
        _take_time(user, terms, progress, now)
    found = finish_lesson(user, lesson, now)
    key = f"finished:{terms.course_key}:{terms.edition}:{terms.lesson_key}"
    record(
        user,
        Verb.FINISHED,
        terms.lesson_key,
        terms.title,
        edition=terms.edition,
        at=now,
        evidence=evidence(terms, progress),
        key=key,
    )
    return found


def _take_time(user: User, terms: Terms, progress: LessonProgress, now: datetime) -> None:
    """What was read without a script takes its time from the same clock, so lessons never overlap."""
    clock = clock_of(user, now)
    since = uncounted_since(clock, progress, now)
    needs = max(0, terms.least_seconds - progress.seconds)
    lacking = [*_unread(needs - int((now - since).total_seconds())), *to_do(terms, progress)]
    if lacking:
        raise UnfinishedError(lacking)
    if needs:
        clock.counted_until = since + timedelta(seconds=needs)
        clock.save(update_fields=["counted_until"])


def to_do(terms: Terms, progress: LessonProgress) -> list[str]:
    """What is missing whatever the time."""
    return [*_unwatched(terms, progress), *_unanswered(terms, progress)]


def standing(terms: Terms, progress: LessonProgress) -> dict[str, Any]:
    """What is counted now, as a page shows it."""
    return {
        "watched": {
            key: {"share": watching.share(parts, terms.length(key)), "parts": parts}
            for key, parts in progress.watched.items()
            if key in terms.videos
        },
        "missing": to_do(terms, progress),
    }


def evidence(terms: Terms, progress: LessonProgress | None) -> dict[str, Any]:
    if progress is None:
        return {}
    return {
        "opened_at": progress.opened_at.isoformat() if progress.opened_at else None,
        "seconds": progress.seconds,
        "visits": progress.visits.count(),
        "shares": {key: _share(terms, progress, key) for key in terms.videos},
        "checks": {key: progress.checks.get(key, {}).get("tries", 0) for key in terms.checks},
    }


def _unread(left: int) -> list[str]:
    if left <= 0:
        return []
    said = ngettext(
        "Nobody reads so fast. Take another %(n)s second for the text.",
        "Nobody reads so fast. Take another %(n)s seconds for the text.",
        left,
    )
    return [said % {"n": left}]


def _unwatched(terms: Terms, progress: LessonProgress) -> list[str]:
    shares = {key: _share(terms, progress, key) for key in terms.videos}
    return [
        _said(terms, key) % {"title": terms.videos[key][1], "share": share, "asked": terms.watched_share}
        for key, share in shares.items()
        if share < terms.watched_share
    ]


def _said(terms: Terms, key: str) -> str:
    if not terms.length(key):
        return _("“%(title)s” cannot be played just now. Try again later.")
    return _("“%(title)s”: %(share)s%% watched, %(asked)s%% is asked.")


def _unanswered(terms: Terms, progress: LessonProgress) -> list[str]:
    left = sum(not progress.checks.get(key, {}).get("right") for key in terms.checks)
    if not left:
        return []
    said = ngettext(
        "%(n)s question is not answered right yet.", "%(n)s questions are not answered right yet.", left
    )
    return [said % {"n": left}]


def _share(terms: Terms, progress: LessonProgress, key: str) -> int:
    return watching.share(progress.watched.get(key, ()), terms.length(key))
