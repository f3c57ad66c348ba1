"""Time in lessons, claimed by a page and counted by the server's clock.

What is claimed must fit between the moment up to which this person's time is counted and now, and after the lesson was
first opened. What does not fit changes nothing, and is written down. The clock's row orders what one person's screens
report, so nobody learns in two places at once.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.courses import watching
from academy.courses.claims import Claim
from academy.courses.models import LearningClock, LessonProgress, LessonVisit
from academy.courses.refused import tell_refused
from academy.courses.terms import Terms
from academy.courses.watching import Span
from academy.records.log import record
from academy.records.models import Verb
from academy.records.refusals import RefusedError

FASTEST = 1.5
GRACE = 5.0
# more are no watching, and every report would read and write them all
MOST_PARTS = 200
# text may have been read where there was no network, films not
TEXT_BACK, FILM_BACK = timedelta(hours=24), timedelta(minutes=10)


@transaction.atomic
def open_lesson(user: User, terms: Terms, now: datetime) -> LessonProgress:
    """A lesson that is served is opened, with or without a script on the page."""
    progress, created = LessonProgress.objects.get_or_create(
        user=user,
        course_key=terms.course_key,
        lesson_key=terms.lesson_key,
        edition=terms.edition,
        defaults={"opened_at": now},
    )
    if created or progress.opened_at is None:
        LessonProgress.objects.filter(pk=progress.pk, opened_at=None).update(opened_at=now)
        progress.opened_at = progress.opened_at or now
        key = f"opened:{terms.course_key}:{terms.edition}:{terms.lesson_key}"
        record(user, Verb.OPENED, terms.lesson_key, terms.title, edition=terms.edition, at=now, key=key)
    return progress


def progress_in(user: User, terms: Terms) -> LessonProgress | None:
    return LessonProgress.objects.filter(
        user=user, course_key=terms.course_key, lesson_key=terms.lesson_key, edition=terms.edition
    ).first()


def clock_of(user: User, now: datetime) -> LearningClock:
    """Held until the end of the transaction. Of whoever has none nothing is counted yet."""
    clock, _new = LearningClock.objects.select_for_update().get_or_create(
        user=user, defaults={"counted_until": now - TEXT_BACK}
    )
    return clock


def uncounted_since(
    clock: LearningClock, progress: LessonProgress, now: datetime, back: timedelta = TEXT_BACK
) -> datetime:
    """From when on time may still be counted for this lesson."""
    return max(clock.counted_until, progress.opened_at or now, now - back)


def count(user: User, terms: Terms, claim: Claim, now: datetime, agent: str = "") -> LessonProgress:
    """Counts what is new; what was reported before counts once. Raises RefusedError, and then nothing is changed."""
    try:
        with transaction.atomic():
            clock = clock_of(user, now)
            progress = progress_in(user, terms)
            if progress is None or progress.opened_at is None:
                raise RefusedError(_("Open the lesson while you are online first; then it counts."))
            return _count(clock, progress, terms, claim, now, agent)
    except RefusedError as refused:
        claimed = {**asdict(claim), "visit": str(claim.visit)}
        tell_refused(user, terms, str(refused), claimed, now, once=True)
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
    if any(len(parts) > MOST_PARTS for parts in watched.values()):
        raise RefusedError(_("The film is in too many pieces. Watch what lies between them."))
    _check_order(progress, terms, claim, bool(film))
    if text or film:
        _move(clock, progress, text, film, now)
    _keep_visit(progress, visit, claim, text + film, now, agent)
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


def _move(clock: LearningClock, progress: LessonProgress, text: float, film: float, now: datetime) -> None:
    """One reads or one watches: what both took is their sum, and a film takes its time from the last minutes."""
    until = max(
        uncounted_since(clock, progress, now) + timedelta(seconds=text + film),
        uncounted_since(clock, progress, now, FILM_BACK) + timedelta(seconds=film),
    )
    if until > now + timedelta(seconds=GRACE):
        raise RefusedError(
            _("More time than has passed. This part is not counted; go on, and what follows is.")
        )
    clock.counted_until = until
    clock.save(update_fields=["counted_until"])


def _keep_visit(
    progress: LessonProgress, visit: LessonVisit | None, claim: Claim, took: float, now: datetime, agent: str
) -> None:
    """A visit that is heard of late began as long ago as it says, which has been found possible."""
    if visit is None:
        LessonVisit.objects.create(
            progress=progress,
            key=claim.visit,
            opened_at=now - timedelta(seconds=took),
            heard_at=now,
            seconds=claim.seconds,
            agent=agent[:200],
        )
    elif took:
        visit.seconds, visit.heard_at = max(visit.seconds, claim.seconds), now
        visit.save(update_fields=["seconds", "heard_at"])


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
    progress.seconds = seconds
    progress.watched, progress.positions = before[1] | watched, before[2] | claim.positions
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
