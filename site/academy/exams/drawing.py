"""Which questions a paper asks this time."""

import random
from collections.abc import Sequence

from academy.exams.marking import DrawnQuestion
from academy.exams.models import Paper, Question
from academy.exams.snapshots import snapshots


class TooFewError(Exception):
    """The bank has fewer questions of a kind than the paper asks for."""


def draw(paper: Paper) -> list[DrawnQuestion]:
    """The fixed questions, then those drawn from the bank; none twice, none that is retired. Raises TooFewError."""
    fixed = list(paper.fixed().values_list("question_id", flat=True))
    chosen = fixed + _drawn(paper, fixed)
    if paper.shuffle_questions:
        random.shuffle(chosen)
    bank = Question.objects.in_bulk(chosen)
    return snapshots([bank[pk] for pk in chosen], shuffle=paper.shuffle_choices)


def can_be_filled(paper: Paper) -> bool:
    try:
        _drawn(paper, list(paper.fixed().values_list("question_id", flat=True)))
    except TooFewError:
        return False
    return True


def _drawn(paper: Paper, but: Sequence[int]) -> list[int]:
    banks: list[list[int]] = []
    for rule in paper.draws.all():
        bank = list(rule.bank().exclude(pk__in=but).values_list("pk", flat=True))
        random.shuffle(bank)
        banks += [bank] * rule.count
    return matched(banks)


def matched(banks: Sequence[Sequence[int]]) -> list[int]:
    """One question for each place, none twice, though one question may suit several places (augmenting paths, Kuhn
    1955). Raises TooFewError where that cannot be."""
    holder: dict[int, int] = {}

    def find(place: int, tried: set[int]) -> bool:
        free = next((question for question in banks[place] if question not in holder), None)
        if free is not None:
            holder[free] = place
            return True
        for question in banks[place]:
            if question not in tried:
                tried.add(question)
                if find(holder[question], tried):
                    holder[question] = place
                    return True
        return False

    if not all(find(place, set()) for place in range(len(banks))):
        raise TooFewError
    return [question for question, _place in sorted(holder.items(), key=lambda item: item[1])]
