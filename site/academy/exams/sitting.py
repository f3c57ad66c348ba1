"""One sitting of a paper, from its start to its marking, by the server's clock.

Every write may be sent twice: a second start finds the open attempt, an answer with a known key counts once,
the last answer to a question stands, and an attempt is handed in once. What the rules do not allow changes
nothing and is written into the log.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.exams.admission import check_may_begin
from academy.exams.drawing import TooFewError, draw
from academy.exams.marking import DrawnQuestion, NotOfferedError, accept, mark
from academy.exams.models import Attempt, Paper, SavedAnswer
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import Verb
from academy.records.refusals import RefusedError


def start(
    user: User,
    paper: Paper,
    purpose: str,
    now: datetime,
    nth: int | None = None,
    *,
    code: str = "",
    closes_at: datetime | None = None,
    at_most: int | None = None,
) -> Attempt:
    """The open attempt, or a new one. Raises RefusedError when the paper's terms do not allow one.

    `nth` counts from 1 which attempt is meant, so that a start that arrives once more begins no other.
    `closes_at` cuts everybody off, as the paper's own closing does; `at_most` limits the attempts, as the paper does.
    """
    # by itself: a start that is refused does not undo that an attempt's time ran out
    close_expired(user, purpose, now)
    with transaction.atomic():
        lock(user)
        begun = Attempt.objects.of(user, purpose)
        still_open = begun.open().first()
        if still_open is not None:
            return still_open
        if nth not in (None, begun.count() + 1):
            raise RefusedError(_("That attempt is over already."))
        check_may_begin(user, paper, purpose, now, code, at_most)
        ends = min(filter(None, (paper.closes_at, closes_at)), default=None)
        return _begin(user, paper, purpose, now, ends)


def answer(
    attempt: Attempt,
    question_key: str,
    chosen: Sequence[str],
    now: datetime,
    *,
    key: UUID | None = None,
    sequence: int | None = None,
) -> Attempt:
    """The last answer stands; an empty one takes it back. Raises RefusedError when late or not drawn.

    An answer whose `key` is known changes nothing. Where answers to one question overtake each other, the one with
    the higher `sequence` stands; without one, it is the latest of all.
    """
    key = key or uuid4()
    with transaction.atomic():
        attempt = _locked(attempt)
        known = _saved(attempt, question_key, key)
        if key in known:
            return attempt
        _check_open(attempt, now)
        kept = _checked(_drawn(attempt, question_key), chosen)
        latest = max(known.values(), default=0)
        sequence = last_sequence(attempt) + 1 if sequence is None else sequence
        attempt.saved.create(key=key, question_key=question_key, chosen=kept, sequence=sequence, saved_at=now)
        if sequence >= latest:
            _put(attempt, question_key, kept)
    return attempt


def flag(attempt: Attempt, question_key: str, flagged: bool, now: datetime) -> Attempt:
    """The worker's own mark on a question, to come back to it."""
    with transaction.atomic():
        attempt = _locked(attempt)
        _check_open(attempt, now)
        key = _drawn(attempt, question_key)["key"]
        attempt.flagged = sorted({*attempt.flagged, key} if flagged else {*attempt.flagged} - {key})
        attempt.save(update_fields=["flagged"])
    return attempt


def submit(attempt: Attempt, now: datetime) -> Attempt:
    """Marks what has been saved; after the deadline the attempt ended at the deadline."""
    with transaction.atomic():
        attempt = _locked(attempt)
        if attempt.submitted_at is None:
            _close(attempt, now)
    return attempt


def close_expired(user: User, purpose: str, now: datetime) -> None:
    for attempt in Attempt.objects.of(user, purpose).open().filter(deadline__lt=now):
        submit(attempt, now)


def is_being_sat(user: User, question_key: str) -> bool:
    """Whether this person has the question before them in an exam just now."""
    papers = Attempt.objects.filter(user=user).open().values_list("drawn", flat=True)
    return any(question["key"] == question_key for drawn in papers for question in drawn)


def last_sequence(attempt: Attempt) -> int:
    """What the next answer of any screen must come after."""
    highest: int | None = attempt.saved.aggregate(last=Max("sequence"))["last"]
    return highest or 0


def _begin(user: User, paper: Paper, purpose: str, now: datetime, ends: datetime | None) -> Attempt:
    try:
        drawn = draw(paper)
    except TooFewError:
        raise RefusedError(
            _("This paper asks for more questions than the bank has. Tell your training office.")
        ) from None
    if not drawn:
        raise RefusedError(_("This paper has no questions yet. Ask your training office."))
    over = now + timedelta(minutes=paper.minutes) if paper.minutes else None
    attempt = Attempt.objects.create(
        user=user,
        purpose=purpose,
        paper=paper,
        paper_title=paper.title,
        pass_mark=paper.pass_mark,
        drawn=drawn,
        started_at=now,
        deadline=min(filter(None, (over, ends)), default=None),
        review=paper.review,
        closes_at=ends,
    )
    record(
        user,
        Verb.STARTED,
        attempt.key,
        paper.title,
        at=now,
        **about(purpose, questions=[f"{q['key']}:{q.get('version', 1)}" for q in drawn]),
    )
    return attempt


def about(purpose: str, **evidence: Any) -> dict[str, Any]:
    """What a statement says of the occasion: the course and its edition, where it is a course."""
    kind, *of = purpose.split(":")
    if kind != "course":
        return {"evidence": {"for": purpose, **evidence}}
    pk, edition, *_renewal = of
    named = {"for": purpose, "course": f"course:{pk}", **evidence}
    return {"edition": int(edition), "evidence": named}


def _locked(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_for_update().get(pk=attempt.pk)


def _check_open(attempt: Attempt, now: datetime) -> None:
    if attempt.submitted_at is not None:
        raise RefusedError(_("This paper has been handed in. Answers can no longer be changed."))
    if attempt.is_late(now):
        raise RefusedError(_("Time is up by our clock. This answer came too late; those before it count."))


def _drawn(attempt: Attempt, question_key: str) -> DrawnQuestion:
    for question in attempt.questions:
        if question["key"] == question_key:
            return question
    raise RefusedError(_("This question is not on your paper."))


def _checked(question: DrawnQuestion, chosen: Sequence[str]) -> list[str]:
    try:
        return accept(question, chosen)
    except NotOfferedError:
        raise RefusedError(_("This question does not take that answer.")) from None


def _saved(attempt: Attempt, question_key: str, key: UUID) -> dict[UUID, int]:
    """The sequences of what is saved for this question, and of this key wherever it is."""
    rows = SavedAnswer.objects.filter(Q(question_key=question_key) | Q(key=key), attempt=attempt)
    return dict(rows.values_list("key", "sequence"))


def _put(attempt: Attempt, question_key: str, chosen: list[str]) -> None:
    answers = {key: kept for key, kept in attempt.answers.items() if key != question_key}
    attempt.answers = answers | ({question_key: chosen} if chosen else {})
    attempt.save(update_fields=["answers"])


def _close(attempt: Attempt, now: datetime) -> None:
    late = attempt.is_late(now)
    result = mark(attempt.questions, attempt.answers)
    attempt.score = result.score
    attempt.passed = attempt.score >= attempt.pass_mark
    attempt.submitted_at = attempt.deadline if late else now
    attempt.reason = Attempt.Reason.EXPIRED if late else Attempt.Reason.BY_HAND
    attempt.save(update_fields=["score", "passed", "submitted_at", "reason"])
    record(
        attempt.user,
        Verb.PASSED if attempt.passed else Verb.FAILED,
        attempt.key,
        attempt.paper_title,
        at=attempt.submitted_at,
        **about(
            attempt.purpose,
            score=attempt.score,
            max=100,
            pass_mark=attempt.pass_mark,
            right=sum(result.right),
            questions=len(result.right),
            reason=attempt.reason,
        ),
        key=attempt.key,
    )
