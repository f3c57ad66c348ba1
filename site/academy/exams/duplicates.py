"""Questions of the bank that are the same, or nearly."""

from collections import defaultdict
from dataclasses import dataclass

from academy.exams.bank.likeness import Stems
from academy.exams.models import Question


@dataclass(frozen=True, slots=True)
class Alike:
    """The first of several, in the order of their numbers."""

    questions: tuple[Question, ...]
    same: bool


def like(question: Question) -> list[tuple[Question, bool]]:
    """Others that are the same (true) or near to it, the same ones first."""
    others = Question.objects.exclude(pk=question.pk)
    same = list(others.filter(fingerprint=question.fingerprint))
    near = Stems(dict(others.values_list("pk", "stem"))).near(question.stem)
    known = {one.pk for one in same}
    found = others.in_bulk([pk for pk in near if pk not in known])
    return [(one, True) for one in same] + [(found[pk], False) for pk in near if pk in found]


def groups() -> list[Alike]:
    """Among the questions in use, each pair once: those that are the same first."""
    questions = Question.objects.in_use().in_bulk()
    by_print: dict[str, list[Question]] = defaultdict(list)
    for pk in sorted(questions):
        by_print[questions[pk].fingerprint].append(questions[pk])
    same = [Alike(tuple(group), True) for group in by_print.values() if len(group) > 1]
    return same + _near(questions)


def _near(questions: dict[int, Question]) -> list[Alike]:
    like = Stems({pk: question.stem for pk, question in questions.items()})
    found = []
    for pk in sorted(questions):
        mine = questions[pk]
        later = [
            questions[other]
            for other in like.near(mine.stem)
            if other > pk and questions[other].fingerprint != mine.fingerprint
        ]
        if later:
            found.append(Alike((mine, *later), False))
    return found
