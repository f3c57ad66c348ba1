"""What an editor has to put right before a question can be asked."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from academy.exams.bank.rows import (
    ANSWER,
    BASIS,
    CELLS,
    FEEDBACK,
    OPTION,
    PAIR,
    PICTURE,
    PICTURED,
    STEM,
    TAGS,
    BankQuestion,
    Problem,
    cells_of,
)
from academy.exams.marking import SHORT_LENGTH, cells, plain

MOST = {"text": 500, "pair": 300, "cells": 200, "feedback": 300}
MOST_BASIS = 300
MOST_TAG = 100
MOST_OPTIONS = 26
COLUMNS_OF = {"text": OPTION, "pair": PAIR, "cells": CELLS, "feedback": FEEDBACK}
LEAST = {"short": 1, "hotspot": 1}


def problems_of(question: BankQuestion) -> list[Problem]:
    found = [*_lengths(question), *_numbers(question), *_marks(question)]
    if question.kind == "match":
        found += _pairs(question)
    if question.kind == "short":
        found += _answers(question)
    return found + list(_picture(question)) if question.kind in PICTURED else found


def letter(index: int) -> str:
    return chr(ord("A") + index)


def _lengths(question: BankQuestion) -> Iterator[Problem]:
    if not question.stem:
        yield Problem(STEM, _("The question has no words."))
    if any(len(tag) > MOST_TAG for tag in question.tags):
        yield Problem(TAGS, _("At most %(n)d characters.") % {"n": MOST_TAG})
    if len(question.basis) > MOST_BASIS:
        yield Problem(BASIS, _("At most %(n)d characters.") % {"n": MOST_BASIS})
    for index, option in enumerate(question.options[:MOST_OPTIONS]):
        for name, most in MOST.items():
            if len(getattr(option, name)) > most:
                yield Problem(
                    f"{COLUMNS_OF[name]}{letter(index)}", _("At most %(n)d characters.") % {"n": most}
                )
        if not option.text:
            yield Problem(f"{OPTION}{letter(index)}", _("This choice has no words."))


def _numbers(question: BankQuestion) -> Iterator[Problem]:
    count, least = len(question.options), LEAST.get(question.kind, 2)
    if count < least:
        words = {
            "order": _("There have to be at least two steps to put in order."),
            "match": _("There have to be at least two things to match."),
            "short": _("Write at least one answer that counts as right."),
            "hotspot": _("Write exactly one spot, with its cells."),
            "faults": _("Write at least two faults, each with its cells."),
        }
        yield Problem(OPTION, words.get(question.kind, _("A question needs at least two choices.")))
    if question.kind == "hotspot" and count > 1:
        yield Problem(
            OPTION, _("Write exactly one spot, with its cells. Several are “find the faults in the picture”.")
        )
    if count > MOST_OPTIONS:
        yield Problem(OPTION, _("At most %(n)d choices.") % {"n": MOST_OPTIONS})
    if question.kind == "truefalse" and count > 2:
        yield Problem(OPTION, _("A right-or-wrong question has exactly two choices."))


def _marks(question: BankQuestion) -> Iterator[Problem]:
    correct = sum(option.correct for option in question.options)
    if question.kind in ("single", "truefalse") and correct != 1:
        yield Problem(ANSWER, _("Mark exactly one choice as correct."))
    if question.kind == "multiple" and not correct:
        yield Problem(ANSWER, _("Mark at least one choice as correct."))
    texts = [plain(option.text) or option.text for option in question.options]
    if len(set(texts)) < len(texts) and question.kind not in (*PICTURED, "short"):
        yield Problem(OPTION, _("Two choices say the same."))


def _pairs(question: BankQuestion) -> Iterator[Problem]:
    for index, option in enumerate(question.options):
        if not option.pair:
            yield Problem(
                f"{PAIR}{letter(index)}",
                _("Write what “%(text)s” belongs to.") % {"text": option.text},
            )
    if len({option.pair for option in question.options}) < 2 <= len(question.options):
        yield Problem(PAIR, _("All belong to the same: there is nothing to match."))


def _answers(question: BankQuestion) -> Iterator[Problem]:
    for index, option in enumerate(question.options):
        if option.text and (not plain(option.text) or len(option.text) > SHORT_LENGTH):
            yield Problem(
                f"{OPTION}{letter(index)}",
                _("An answer is made of letters or figures, at most %(n)d.") % {"n": SHORT_LENGTH},
            )


def _picture(question: BankQuestion) -> Iterator[Problem]:
    if not question.picture:
        yield Problem(PICTURE, _("Choose a picture."))
    grid = set(cells(question.columns, question.rows))
    taken: set[str] = set()
    for index, option in enumerate(question.options):
        column, named = f"{CELLS}{letter(index)}", set(cells_of(option.cells))
        if not named:
            yield Problem(
                column, _("Write the cells where “%(text)s” is, like B2 C2.") % {"text": option.text}
            )
        if outside := sorted(named - grid):
            last = f"{letter(question.columns - 1)}{question.rows}"
            words = _("%(cells)s is not in the grid, which goes from A1 to %(last)s.")
            yield Problem(column, words % {"cells": " ".join(outside), "last": last})
        if twice := sorted(named & taken):
            yield Problem(
                column, _("%(cells)s belongs to another spot already.") % {"cells": " ".join(twice)}
            )
        taken |= named
