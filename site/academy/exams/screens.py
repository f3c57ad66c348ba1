"""What the screens of an exam show; until it is handed in, nothing here tells which option is right."""

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from academy.exams.marking import is_right
from academy.exams.models import Attempt, Paper
from academy.exams.showing import pictures


def sitting_screen(attempt: Attempt, number: int, now: datetime) -> dict[str, Any]:
    """The whole paper with one question open, so that a phone needs no network for the next; `number` counts from 1
    and is brought into range."""
    total = len(attempt.questions)
    number = min(max(number, 1), total)
    sequences = _sequences(attempt)
    items = [_item(attempt, n, sequences) for n in range(1, total + 1)]
    return {
        "number": number,
        "total": total,
        "items": items,
        "item": items[number - 1],
        "pictures": pictures(attempt.questions),
        "is_last": number == total,
        "answered": len(attempt.answers),
        "cells": sheet(attempt, number),
        "sequence": max(sequences.values(), default=0),
        **_clock(attempt, now),
    }


def sheet(attempt: Attempt, current: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "n": n,
            "url": f"?q={n}",
            "state": "answered" if question["key"] in attempt.answers else "empty",
            "flagged": question["key"] in attempt.flagged,
            "current": n == current,
        }
        for n, question in enumerate(attempt.questions, 1)
    ]


def review(attempt: Attempt) -> list[dict[str, Any]]:
    """Every question with what was chosen and whether that was right. Only for an attempt that is handed in."""
    if attempt.submitted_at is None:
        raise ValueError("An open attempt is not reviewed.")
    return [
        {
            "number": n,
            "question": question,
            "chosen": attempt.answers.get(question["key"], []),
            "right": is_right(question, attempt.answers.get(question["key"], ())),
            "hint": "" if question["key"] in attempt.answers else _("left empty"),
        }
        for n, question in enumerate(attempt.questions, 1)
    ]


def shown_afterwards(attempt: Attempt, now: datetime) -> str:
    """What the paper lets its sitter see by now: everything, which were right, or the score only.

    While others of the same occasion may still sit, nobody is told the answers.
    """
    until = closing_of(attempt)
    if attempt.review == Paper.Review.CLOSED:
        return Paper.Review.FULL if until and now >= until else Paper.Review.SCORE
    others_sit = attempt.purpose.startswith("spot:") and until and now < until
    return Paper.Review.SCORE if others_sit else attempt.review


def shown_from(attempt: Attempt, now: datetime) -> datetime | None:
    """When more is shown than the score, where that is still to come."""
    until = closing_of(attempt)
    is_held_back = (
        attempt.review != Paper.Review.SCORE and shown_afterwards(attempt, now) == Paper.Review.SCORE
    )
    return until if is_held_back else None


def closing_of(attempt: Attempt) -> datetime | None:
    """The later of its own and the paper's of today: that may have been put off, or be of another occasion."""
    paper = attempt.paper.closes_at if attempt.paper else None
    return max(filter(None, (attempt.closes_at, paper)), default=None)


def _item(attempt: Attempt, number: int, sequences: dict[str, int]) -> dict[str, Any]:
    question = attempt.questions[number - 1]
    return {
        "number": number,
        "question": question,
        "chosen": attempt.answers.get(question["key"], []),
        "flagged": question["key"] in attempt.flagged,
        "sequence": sequences.get(question["key"], 0),
    }


def _sequences(attempt: Attempt) -> dict[str, int]:
    """By question what its next answer must come after, on whichever phone it is given."""
    return dict(attempt.saved.order_by().values_list("question_key").annotate(Max("sequence")))


def _clock(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """The time left as a clock shows it, and the moments it lies between in milliseconds, as a page that was kept is
    opened later; an empty clock where there is no limit."""
    if attempt.deadline is None:
        return {"clock": ""}
    left = max(0, int((attempt.deadline - now).total_seconds()))
    return {
        "clock": f"{left // 60}:{left % 60:02d}",
        "deadline_ms": _milliseconds(attempt.deadline),
        "now_ms": _milliseconds(now),
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
