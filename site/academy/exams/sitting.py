"""One sitting of a paper, from its start to its marking, by the server's clock.

Every write may be sent twice: a second start finds the open attempt, the last answer to a question stands,
and an attempt is handed in once.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.exams.marking import DrawnQuestion, mark
from academy.exams.models import Attempt, Paper, Question


class RefusedError(Exception):
    """Something that the rules of the exam do not allow; the message is for the worker."""


def start(user: User, paper: Paper, purpose: str, now: datetime, nth: int | None = None) -> Attempt:
    """The open attempt, or a new one. Raises RefusedError when it is passed already or no attempt is left.

    `nth` counts from 1 which attempt is meant, so that a start that arrives once more begins no other.
    """
    with transaction.atomic():
        # A worker's row orders two starts at once
        User.objects.select_for_update().get(pk=user.pk)
        close_expired(user, purpose, now)
        begun = Attempt.objects.of(user, purpose)
        still_open = begun.open().first()
        if still_open is None and nth not in (None, begun.count() + 1):
            raise RefusedError(_("That attempt is over already."))
        return still_open or _begin(user, paper, purpose, now)


def attempts_left(user: User, paper: Paper, purpose: str) -> int | None:
    """None where the paper sets no limit. Started attempts count, handed in or not."""
    if not paper.attempts_allowed:
        return None
    return max(0, paper.attempts_allowed - Attempt.objects.of(user, purpose).count())


def answer(attempt: Attempt, question_key: str, chosen: Sequence[str], now: datetime) -> Attempt:
    """The last answer stands; an empty one takes it back. Raises RefusedError when late or not drawn."""
    with transaction.atomic():
        attempt = _still_open(attempt, now)
        answers = {key: keys for key, keys in attempt.answers.items() if key != question_key}
        checked = _checked(_drawn(attempt, question_key), chosen)
        attempt.answers = answers | ({question_key: checked} if checked else {})
        attempt.save(update_fields=["answers"])
    return attempt


def flag(attempt: Attempt, question_key: str, flagged: bool, now: datetime) -> Attempt:
    """The worker's own mark on a question, to come back to it."""
    with transaction.atomic():
        attempt = _still_open(attempt, now)
        key = _drawn(attempt, question_key)["key"]
        attempt.flagged = sorted({*attempt.flagged, key} if flagged else {*attempt.flagged} - {key})
        attempt.save(update_fields=["flagged"])
    return attempt


def submit(attempt: Attempt, now: datetime) -> Attempt:
    """Marks what has been saved; after the deadline the attempt ended at the deadline."""
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if attempt.submitted_at is None:
            _close(attempt, now)
    return attempt


def close_expired(user: User, purpose: str, now: datetime) -> None:
    for attempt in Attempt.objects.of(user, purpose).open().filter(deadline__lt=now):
        submit(attempt, now)


def draw(paper: Paper) -> list[DrawnQuestion]:
    entries = paper.entries.select_related("question").prefetch_related("question__choices")
    drawn = [_snapshot(entry.question, paper.shuffle_choices) for entry in entries]
    return random.sample(drawn, len(drawn)) if paper.shuffle_questions else drawn


def _snapshot(question: Question, shuffle: bool) -> DrawnQuestion:
    choices = list(question.choices.all())
    if shuffle and question.kind != Question.Kind.TRUEFALSE:
        choices = random.sample(choices, len(choices))
    return {
        "key": str(question.pk),
        "kind": question.kind,
        "stem": question.stem,
        "explanation": question.explanation,
        "basis": question.basis,
        "options": [{"key": str(c.pk), "text": c.text, "correct": c.correct} for c in choices],
    }


def _begin(user: User, paper: Paper, purpose: str, now: datetime) -> Attempt:
    _check_may_begin(user, paper, purpose)
    drawn = draw(paper)
    if not drawn:
        raise RefusedError(_("This paper has no questions yet. Ask your training office."))
    return Attempt.objects.create(
        user=user,
        purpose=purpose,
        paper=paper,
        paper_title=paper.title,
        pass_mark=paper.pass_mark,
        drawn=drawn,
        started_at=now,
        deadline=now + timedelta(minutes=paper.minutes) if paper.minutes else None,
    )


def _check_may_begin(user: User, paper: Paper, purpose: str) -> None:
    if Attempt.objects.of(user, purpose).passed().exists():
        raise RefusedError(_("You have passed this exam already."))
    if attempts_left(user, paper, purpose) == 0:
        message = ngettext(
            "The one attempt is used up. Ask your training office.",
            "All %(n)s attempts are used up. Ask your training office.",
            paper.attempts_allowed,
        )
        raise RefusedError(message % {"n": paper.attempts_allowed})


def _still_open(attempt: Attempt, now: datetime) -> Attempt:
    fresh = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if fresh.submitted_at is not None:
        raise RefusedError(_("This paper has been handed in. Answers can no longer be changed."))
    if fresh.is_late(now):
        raise RefusedError(_("Time is up by our clock. This answer came too late; those before it count."))
    return fresh


def _drawn(attempt: Attempt, question_key: str) -> DrawnQuestion:
    for question in attempt.questions:
        if question["key"] == question_key:
            return question
    raise RefusedError(_("This question is not on your paper."))


def _checked(question: DrawnQuestion, chosen: Sequence[str]) -> list[str]:
    """The chosen options in the order drawn."""
    options = [option["key"] for option in question["options"]]
    if not set(chosen) <= set(options):
        raise RefusedError(_("This option is not on your paper."))
    if question["kind"] != Question.Kind.MULTIPLE and len(set(chosen)) > 1:
        raise RefusedError(_("This question has one answer only."))
    return [key for key in options if key in set(chosen)]


def _close(attempt: Attempt, now: datetime) -> None:
    late = attempt.is_late(now)
    attempt.score = mark(attempt.questions, attempt.answers).score
    attempt.passed = attempt.score >= attempt.pass_mark
    attempt.submitted_at = attempt.deadline if late else now
    attempt.reason = Attempt.Reason.EXPIRED if late else Attempt.Reason.BY_HAND
    attempt.save(update_fields=["score", "passed", "submitted_at", "reason"])
