"""When a lesson is finished: read no faster than anybody reads, its films watched, its questions answered right."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.courses import watching
from academy.courses.enrolling import enrol
from academy.courses.learning import finish_lesson
from academy.courses.models import LessonProgress
from academy.courses.outline import Lesson, Outline
from academy.courses.progress import Progress
from academy.courses.terms import Terms, terms_of
from academy.courses.visiting import progress_in
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
    enrol(user, outline.course)
    terms = terms_of(outline, lesson)
    progress = progress_in(user, terms)
    lacking = [] if progress and progress.done_at else missing(terms, progress, now)
    if lacking:
        _tell(user, Verb.REFUSED, terms, now, {"why": lacking, **evidence(terms, progress)})
        raise UnfinishedError(lacking)
    with transaction.atomic():
        found = finish_lesson(user, lesson, now)
        key = f"finished:{terms.course_key}:{terms.edition}:{terms.lesson_key}"
        _tell(user, Verb.FINISHED, terms, now, evidence(terms, progress), key)
    return found


def missing(terms: Terms, progress: LessonProgress | None, now: datetime) -> list[str]:
    """What is still to be done, in the order in which it is best done."""
    if progress is None or progress.opened_at is None:
        return [_("Open the lesson and read it first.")]
    return [*_unread(terms, progress, now), *to_do(terms, progress)]


def to_do(terms: Terms, progress: LessonProgress) -> list[str]:
    """What is missing whatever the time."""
    return [*_unwatched(terms, progress), *_unanswered(terms, progress)]


def standing(terms: Terms, progress: LessonProgress, now: datetime) -> dict[str, Any]:
    """What is counted now, as a page shows it."""
    return {
        "seconds": progress.seconds,
        "watched": {
            key: {"share": watching.share(parts, terms.length(key)), "parts": parts}
            for key, parts in progress.watched.items()
            if key in terms.videos
        },
        "met": not missing(terms, progress, now),
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


def _unread(terms: Terms, progress: LessonProgress, now: datetime) -> list[str]:
    opened = progress.opened_at or now
    left = terms.least_seconds - int((now - opened).total_seconds())
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
        _("“%(title)s”: %(share)s%% watched, %(asked)s%% is asked.")
        % {"title": terms.videos[key][1], "share": share, "asked": terms.watched_share}
        for key, share in shares.items()
        if share < terms.watched_share
    ]


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


def _tell(
    user: User, verb: Verb, terms: Terms, now: datetime, said: dict[str, Any], key: str | None = None
) -> None:
    record(user, verb, terms.lesson_key, terms.title, edition=terms.edition, at=now, evidence=said, key=key)
