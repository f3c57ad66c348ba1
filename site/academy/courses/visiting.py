"""Time in lessons, claimed by a page and counted by the server's clock.

What is claimed must fit between the moment up to which this person's time is counted and now, and into the visit that
claims it. What does not fit changes nothing, and is written down. The clock's row orders what one person's screens
report, so nobody learns in two places at once.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.courses import watching
from academy.courses.claims import Claim
from academy.courses.models import LearningClock, LessonProgress, LessonVisit
from academy.courses.terms import Terms
from academy.courses.watching import Span
from academy.records.log import record
from academy.records.models import Verb

FASTEST = 1.5
GRACE = 5.0
# text may have been read where there was no network, films not
TEXT_BACK, FILM_BACK = timedelta(hours=24), timedelta(minutes=10)


class RefusedError(Exception):
    """What was claimed is not counted; the message is for whoever learns."""


def open_lesson(user: User, terms: Terms, now: datetime) -> LessonProgress:
    """A lesson that is served is opened, with or without a script on the page."""
    progress, _created = LessonProgress.objects.get_or_create(
        user=user,
        course_key=terms.course_key,
        lesson_key=terms.lesson_key,
        edition=terms.edition,
        defaults={"opened_at": now},
    )
    if _created or progress.opened_at is None:
        LearningClock.objects.get_or_create(user=user, defaults={"counted_until": now})
        LessonProgress.objects.filter(pk=progress.pk, opened_at=None).update(opened_at=now)
        progress.opened_at = progress.opened_at or now
        key = f"opened:{terms.course_key}:{terms.edition}:{terms.lesson_key}"
        record(user, Verb.OPENED, terms.lesson_key, terms.title, edition=terms.edition, at=now, key=key)
    return progress


def progress_in(user: User, terms: Terms) -> LessonProgress | None:
    """With the moment when this person was last heard of in this lesson, as `heard_at`."""
    return (
        LessonProgress.objects.filter(
            user=user, course_key=terms.course_key, lesson_key=terms.lesson_key, edition=terms.edition
        )
        .annotate(heard_at=Max("visits__heard_at"))
        .first()
    )


def count(user: User, terms: Terms, claim: Claim, now: datetime, agent: str = "") -> LessonProgress:
    """Counts what is new; what was reported before counts once. Raises RefusedError, and then nothing is changed."""
    try:
        with transaction.atomic():
            clock, _new = LearningClock.objects.select_for_update().get_or_create(
                user=user, defaults={"counted_until": now}
            )
            progress = progress_in(user, terms)
            if progress is None or progress.opened_at is None:
                raise RefusedError(_("Open the lesson while you are online first; then it counts."))
            return _count(clock, progress, terms, claim, now, agent)
    except RefusedError as refused:
        _write_down(user, terms, claim, now, str(refused))
        raise


def _count(
    clock: LearningClock, progress: LessonProgress, terms: Terms, claim: Claim, now: datetime, agent: str
) -> LessonProgress:
    visit = LessonVisit.objects.filter(progress=progress, key=claim.visit).first()
    text = max(0, claim.seconds - (visit.seconds if visit else 0))
    watched = {
        key: watching.union([*progress.watched.get(key, []), *parts]) for key, parts in claim.watched.items()
    }
    film = sum(
        watching.seconds(parts) - watching.seconds(progress.watched.get(key, ()))
        for key, parts in watched.items()
    )
    film = film / FASTEST if film > 1e-6 else 0.0
    _check_order(progress, terms, claim, bool(film))
    _check_time(clock, progress, visit, (claim.seconds, text, film), now)
    _keep_visit(progress, visit, claim, max(text, film), now, agent)
    _move(clock, text, film, now)
    _keep(progress, terms, claim, watched if film else {}, text, now)
    return progress


def _check_order(progress: LessonProgress, terms: Terms, claim: Claim, is_new: bool) -> None:
    if is_new and claim.speed > FASTEST:
        raise RefusedError(_("Faster than one and a half times, a film does not count."))
    if not terms.watch_through:
        return
    for key, parts in claim.watched.items():
        before: list[Span] = progress.watched.get(key, [])
        first = watching.share(before, terms.length(key)) < terms.watched_share
        if first and watching.skips(before, parts):
            raise RefusedError(_("The first time, the film is watched from its beginning, without skipping."))


def _check_time(
    clock: LearningClock,
    progress: LessonProgress,
    visit: LessonVisit | None,
    claimed: tuple[float, float, float],
    now: datetime,
) -> None:
    """`claimed`: the visit's seconds so far, the new ones of them, and those that new parts of films took at least."""
    total, text, film = claimed
    heard: datetime = progress.heard_at or progress.opened_at or now  # type: ignore[attr-defined]
    room = (now - (visit.opened_at if visit else heard)).total_seconds() + GRACE
    fits = text <= _room(clock, TEXT_BACK, now) and film <= _room(clock, FILM_BACK, now)
    if (text or film) and not (fits and max(total, film) <= room):
        raise RefusedError(
            _("More time than has passed. This part is not counted; go on, and what follows is.")
        )


def _room(clock: LearningClock, back: timedelta, now: datetime) -> float:
    return (now - max(clock.counted_until, now - back)).total_seconds() + GRACE


def _keep_visit(
    progress: LessonProgress, visit: LessonVisit | None, claim: Claim, took: float, now: datetime, agent: str
) -> None:
    """A visit that is heard of late began as long ago as it says, which has been found possible."""
    if visit is None:
        began = now - timedelta(seconds=max(0.0, max(claim.seconds, took)))
        LessonVisit.objects.create(
            progress=progress,
            key=claim.visit,
            opened_at=began,
            heard_at=now,
            seconds=claim.seconds,
            agent=agent[:200],
        )
    elif took:
        visit.seconds, visit.heard_at = max(visit.seconds, claim.seconds), now
        visit.save(update_fields=["seconds", "heard_at"])


def _move(clock: LearningClock, text: float, film: float, now: datetime) -> None:
    if text or film:
        begin = max(clock.counted_until, now - (TEXT_BACK if text >= film else FILM_BACK))
        clock.counted_until = begin + timedelta(seconds=max(text, film))
        clock.save(update_fields=["counted_until"])


def _keep(
    progress: LessonProgress,
    terms: Terms,
    claim: Claim,
    watched: dict[str, list[Span]],
    text: int,
    now: datetime,
) -> None:
    seconds = max(progress.seconds, min(terms.most_seconds, progress.seconds + text))
    before = (progress.seconds, progress.watched, progress.positions)
    kept = {key: [[round(at, 2) for at in part] for part in parts] for key, parts in watched.items()}
    progress.seconds = seconds
    progress.watched, progress.positions = before[1] | kept, before[2] | claim.positions
    if (progress.seconds, progress.watched, progress.positions) != before:
        progress.save(update_fields=["seconds", "watched", "positions"])
    for key in watched:
        _tell_watched(progress, terms, key, before[1].get(key, []), now)


def _tell_watched(
    progress: LessonProgress, terms: Terms, key: str, before: list[Span], now: datetime
) -> None:
    """Written down once for each film: when enough of it was seen."""
    length, title = terms.videos[key]
    share = watching.share(progress.watched[key], length)
    if watching.share(before, length) < terms.watched_share <= share:
        record(
            progress.user,
            Verb.PROGRESSED,
            terms.lesson_key,
            f"{terms.title} · {title}",
            edition=terms.edition,
            at=now,
            evidence={"film": key, "share": share, "seconds": progress.seconds},
            key=f"watched:{terms.course_key}:{terms.edition}:{terms.lesson_key}:{key}",
        )


def _write_down(user: User, terms: Terms, claim: Claim, now: datetime, why: str) -> None:
    claimed: dict[str, Any] = {**asdict(claim), "visit": str(claim.visit)}
    digest = hashlib.sha256(json.dumps(claimed, sort_keys=True).encode()).hexdigest()[:16]
    record(
        user,
        Verb.REFUSED,
        terms.lesson_key,
        terms.title,
        edition=terms.edition,
        at=now,
        evidence={"why": why, "claimed": claimed},
        key=f"report:{claim.visit}:{digest}",
    )
