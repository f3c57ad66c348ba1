"""Which questions a paper asks this time."""

import random
from collections.abc import Iterator

from academy.exams.marking import DrawnQuestion
from academy.exams.models import Paper, PaperDraw, Question
from academy.exams.snapshots import snapshots


class TooFewError(Exception):
    """The bank has fewer questions of a kind than the paper asks for."""


def draw(paper: Paper) -> list[DrawnQuestion]:
    """The fixed questions, then those drawn from the bank; none twice. Raises TooFewError."""
    chosen = list(paper.entries.values_list("question_id", flat=True))
    for rule in paper.draws.all():
        chosen += _some(rule, chosen)
    if paper.shuffle_questions:
        random.shuffle(chosen)
    bank = Question.objects.in_bulk(chosen)
    return snapshots([bank[pk] for pk in chosen], shuffle=paper.shuffle_choices)


def shortfalls(paper: Paper) -> Iterator[tuple[PaperDraw, int]]:
    """Each draw that the bank cannot fill even by itself, with how many there are."""
    for rule in paper.draws.all():
        there = rule.bank().count()
        if there < rule.count:
            yield rule, there


def _some(rule: PaperDraw, but: list[int]) -> list[int]:
    bank = list(rule.bank().exclude(pk__in=but).values_list("pk", flat=True))
    if len(bank) < rule.count:
        raise TooFewError(rule)
    return random.sample(bank, rule.count)
