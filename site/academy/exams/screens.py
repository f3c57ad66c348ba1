"""What the screens of an exam show; until it is handed in, nothing here tells which option is right."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.exams.marking import DrawnQuestion, is_right
from academy.exams.models import Attempt, Paper
from academy.exams.sitting import attempts_left


@dataclass(frozen=True, slots=True)
class Terms:
    paper: Paper
    questions: int
    attempts_left: int | None


def terms(user: User | AnonymousUser, paper: Paper, purpose: str) -> Terms:
    """What is agreed before the start; attempts are counted for whoever is signed in."""
    left = attempts_left(user, paper, purpose) if isinstance(user, User) else None
    return Terms(paper, paper.question_count, left)


def sitting_screen(attempt: Attempt, number: int, now: datetime) -> dict[str, Any]:
    """One question a screen; `number` counts from 1 and is brought into range."""
    number = min(max(number, 1), len(attempt.questions))
    question = attempt.questions[number - 1]
    return {
        "number": number,
        "total": len(attempt.questions),
        "question": question,
        "options": _options(question, attempt),
        "flagged": question["key"] in attempt.flagged,
        "is_last": number == len(attempt.questions),
        "answered": len(attempt.answers),
        "cells": sheet(attempt, number),
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
    """Every question with what was chosen and what is right. Only for an attempt that is handed in."""
    if attempt.submitted_at is None:
        raise ValueError("An open attempt is not reviewed.")
    return [
        {
            "number": n,
            "question": question,
            "options": _marked_options(question, attempt),
            "right": is_right(question, attempt.answers.get(question["key"], ())),
            "hint": "" if question["key"] in attempt.answers else _("left empty"),
        }
        for n, question in enumerate(attempt.questions, 1)
    ]


def _options(question: DrawnQuestion, attempt: Attempt) -> list[dict[str, Any]]:
    chosen = attempt.answers.get(question["key"], ())
    return [
        {"value": option["key"], "text": option["text"], "chosen": option["key"] in chosen, "state": ""}
        for option in question["options"]
    ]


def _marked_options(question: DrawnQuestion, attempt: Attempt) -> list[dict[str, Any]]:
    return [
        {**shown, "state": "right" if option["correct"] else "wrong" if shown["chosen"] else ""}
        for shown, option in zip(_options(question, attempt), question["options"], strict=True)
    ]


def _clock(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """The time left, in seconds and as a clock shows it; an empty clock where there is no limit."""
    if attempt.deadline is None:
        return {"clock": ""}
    left = max(0, int((attempt.deadline - now).total_seconds()))
    return {"clock": f"{left // 60}:{left % 60:02d}", "seconds": left}
