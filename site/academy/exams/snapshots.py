"""A question as it is put to somebody: what the bank says that day, in the order it is shown.

Keys are given by the place on the screen, after shuffling, so that they say nothing about what is right.
"""

import random
import string
from collections.abc import Iterable, Sequence
from types import ModuleType

from django.db.models import prefetch_related_objects

from academy.exams.bank.rows import cells_of
from academy.exams.marking import DrawnOption, DrawnPair, DrawnQuestion
from academy.exams.models.question import Choice, Question

Kind = Question.Kind
# what is right about them is in other fields than `correct`
ALL_RIGHT = frozenset({Kind.ORDER, Kind.MATCH, Kind.SHORT, Kind.HOTSPOT, Kind.FAULTS})
SHUFFLED = frozenset({Kind.SINGLE, Kind.MULTIPLE})
WITH_A_PICTURE = frozenset({Kind.HOTSPOT, Kind.FAULTS})

Rng = random.Random | ModuleType


def snapshots(questions: Iterable[Question], shuffle: bool = True, rng: Rng = random) -> list[DrawnQuestion]:
    """In the order given, with one query for all their choices."""
    questions = list(questions)
    prefetch_related_objects(questions, "choices")
    return [snapshot(question, shuffle, rng) for question in questions]


def snapshot(question: Question, shuffle: bool = True, rng: Rng = random) -> DrawnQuestion:
    kind = Kind(question.kind)
    written = list(question.choices.all())
    shown = _shown(kind, written, shuffle, rng)
    drawn: DrawnQuestion = {
        "key": str(question.pk),
        "kind": kind.value,
        "stem": question.stem,
        "explanation": question.explanation,
        "basis": question.basis,
        "version": question.version,
        "image": question.image_id,
        "options": [_option(kind, key, choice) for key, choice in zip(_letters(), shown, strict=False)],
    }
    if kind == Kind.ORDER:
        for option, choice in zip(drawn["options"], shown, strict=True):
            option["place"] = written.index(choice) + 1
    if kind == Kind.MATCH:
        drawn["pairs"] = _pair_up(drawn["options"], shown, rng)
    if kind in WITH_A_PICTURE:
        drawn |= {"columns": question.columns, "rows": question.rows}
    return drawn


def _shown(kind: Kind, written: list[Choice], shuffle: bool, rng: Rng) -> list[Choice]:
    if kind == Kind.ORDER:
        shown = rng.sample(written, len(written))
        # what stands in the right order already asks nothing
        return shown[1:] + shown[:1] if shown == written and len(shown) > 2 else shown
    return rng.sample(written, len(written)) if shuffle and kind in SHUFFLED else written


def _option(kind: Kind, key: str, choice: Choice) -> DrawnOption:
    option: DrawnOption = {"key": key, "text": choice.text, "correct": choice.correct or kind in ALL_RIGHT}
    if choice.pk:
        option["choice"] = choice.pk
    if choice.feedback:
        option["feedback"] = choice.feedback
    if kind in WITH_A_PICTURE:
        option["cells"] = cells_of(choice.cells)
    return option


def _pair_up(options: Sequence[DrawnOption], shown: Sequence[Choice], rng: Rng) -> list[DrawnPair]:
    """Two that belong to the same thing share it: it stands on the right once."""
    texts = list(dict.fromkeys(choice.pair for choice in shown))
    keys = {text: f"p{n}" for n, text in enumerate(rng.sample(texts, len(texts)), 1)}
    for option, choice in zip(options, shown, strict=True):
        option["pair"] = keys[choice.pair]
    return [{"key": key, "text": text} for text, key in keys.items()]


def _letters() -> Iterable[str]:
    """a … z, aa, ab …"""
    yield from string.ascii_lowercase
    yield from (first + second for first in string.ascii_lowercase for second in string.ascii_lowercase)
