"""Questions on the way through a lesson: answered as often as one likes, until they are right."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.courses.models import LessonProgress
from academy.courses.refused import tell_refused
from academy.courses.terms import Terms
from academy.exams.marking import DrawnQuestion, NotOfferedError, accept, is_right
from academy.exams.models import Question
from academy.exams.sitting import is_being_sat
from academy.exams.snapshots import snapshot
from academy.records.log import is_recorded, record
from academy.records.models import Verb
from academy.records.refusals import RefusedError


class ImpossibleError(RefusedError):
    """No page of this site sends that: it is to be written down."""


@dataclass(frozen=True, slots=True)
class Check:
    """A question of a lesson as one person sees it: `right` says it was right once, `chosen` what was answered last."""

    question: DrawnQuestion
    right: bool = False
    tries: int = 0
    chosen: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.question["key"]

    @property
    def is_right(self) -> bool:
        return bool(self.chosen) and is_right(self.question, self.chosen)

    @property
    def once_more(self) -> bool:
        return self.tries > 0 and not self.right


def checks_in(body: Any, progress: LessonProgress | None, user: User | AnonymousUser) -> dict[str, Check]:
    """By their keys, in the order of the lesson."""
    answered = progress.checks if progress else {}
    questions = [block.value for block in body if block.block_type == "check" and block.value]
    prefetch_related_objects(questions, "choices")
    return {str(one.pk): _check(one, user, answered.get(str(one.pk), {})) for one in questions}


def drawn(question: Question, user: User | AnonymousUser) -> DrawnQuestion:
    """For one person always in the same order, so that nothing has to be kept between the page and the answer.

    Nobody else can work it out.
    """
    seed = f"{settings.SECRET_KEY}.{question.pk}.{question.version}.{user.pk}"
    return snapshot(question, rng=random.Random(seed))


def answer(
    user: User, terms: Terms, question: Question, chosen: Sequence[str], now: datetime, key: uuid.UUID | None
) -> LessonProgress:
    """Sent twice under one key, it counts once; what was right once stays so. Raises RefusedError."""
    put = drawn(question, user)
    if put["key"] not in terms.checks:
        raise ImpossibleError(_("This question is not in the lesson as you take it."))
    try:
        kept = accept(put, chosen)
    except NotOfferedError:
        raise ImpossibleError(_("This answer is not offered. Choose again.")) from None
    if not kept:
        raise RefusedError(_("Nothing is chosen yet."))
    if is_being_sat(user, put["key"]):
        why = _(
            "This question is on the exam that you are sitting. It can be answered here when that is over."
        )
        tell_refused(user, terms, why, {"question": question.pk}, now)
        raise RefusedError(why)
    with transaction.atomic():
        progress = _opened(user, terms)
        name = f"check:{terms.lesson_key}:{terms.edition}:{question.pk}:{key}" if key else None
        if name is None or not is_recorded(user, name):
            _keep(progress, terms, question, put, kept, name, now)
    return progress


def _opened(user: User, terms: Terms) -> LessonProgress:
    progress = (
        LessonProgress.objects.select_for_update()
        .filter(user=user, course_key=terms.course_key, lesson_key=terms.lesson_key, edition=terms.edition)
        .exclude(opened_at=None)
        .first()
    )
    if progress is None:
        raise ImpossibleError(_("Open the lesson and read it first."))
    return progress


def _keep(
    progress: LessonProgress,
    terms: Terms,
    question: Question,
    put: DrawnQuestion,
    chosen: list[str],
    name: str | None,
    now: datetime,
) -> None:
    before = progress.checks.get(put["key"], {})
    right, tries = is_right(put, chosen), before.get("tries", 0) + 1
    said = {"tries": tries, "chosen": chosen, "version": question.version}
    progress.checks[put["key"]] = {**said, "right": right or bool(before.get("right"))}
    progress.save(update_fields=["checks"])
    record(
        progress.user,
        Verb.ANSWERED,
        f"question:{question.pk}",
        question.stem,
        edition=terms.edition,
        at=now,
        evidence={**said, "right": right, "lesson": terms.lesson_key},
        key=name,
    )


def _check(question: Question, user: User | AnonymousUser, answered: dict[str, Any]) -> Check:
    """What was chosen of another wording of the question would point at other words, and is not shown."""
    same = answered.get("version") == question.version
    return Check(
        drawn(question, user),
        right=bool(answered.get("right")),
        tries=answered.get("tries", 0) if same or answered.get("right") else 0,
        chosen=tuple(answered["chosen"]) if same else (),
    )
