"""How a question did among those who answered it. Pure: it knows no database.

Difficulty is p, the share of answers that are right. Discrimination is the point-biserial correlation between the item
(1 right, 0 wrong) and the rest score, which is the share right of the other questions of the attempt: Pearson's r of the
two, as in Lord and Novick, Statistical Theories of Mental Test Scores (1968), 15.5, with the item taken out of the total
as Henrysson, Correction of item-total correlations in item analysis (Psychometrika 28, 1963), asks for.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from academy.exams.answers import in_words
from academy.exams.marking import DrawnQuestion, is_right

# with fewer answers chance speaks, not the question
ENOUGH = 20
HARD, EASY, DULL = 0.3, 0.95, 0.1
# different wrong answers that are counted; only a short answer has more
WRONG = 200

Asked = tuple[DrawnQuestion, Sequence[str], float | None]


@dataclass(frozen=True, slots=True)
class Figures:
    key: str
    version: int
    kind: str
    stem: str
    drawn: int
    answered: int
    difficulty: float | None
    discrimination: float | None
    wrong: str
    wrong_count: int

    @property
    def look_at(self) -> list[str]:
        """Why it deserves a look: `hard`, `easy`, `dull` (who knows more does not answer it better)."""
        if self.difficulty is None:
            return []
        found = ["hard"] * (self.difficulty < HARD) + ["easy"] * (self.difficulty > EASY)
        return found + ["dull"] * (self.discrimination is not None and self.discrimination < DULL)


@dataclass(slots=True)
class Tally:
    """Sums, so that any number of answers takes the same memory."""

    key: str
    version: int
    kind: str
    stem: str
    drawn: int = 0
    answered: int = 0
    right: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    # over the answers that have a rest score: how many, how many of them right, and sums of the rest scores
    compared: int = 0
    compared_right: int = 0
    rest: float = 0.0
    rest_squared: float = 0.0
    rest_right: float = 0.0

    def add(self, question: DrawnQuestion, chosen: Sequence[str], rest: float | None) -> None:
        self.drawn += 1
        if not chosen:
            return
        right = is_right(question, chosen)
        self.answered += 1
        self.right += right
        if not right and ((words := in_words(question, chosen)) in self.wrong or len(self.wrong) < WRONG):
            self.wrong[words] += 1
        if rest is not None:
            self.compared += 1
            self.compared_right += right
            self.rest += rest
            self.rest_squared += rest * rest
            self.rest_right += rest * right

    def figures(self) -> Figures:
        enough = self.answered >= ENOUGH
        wrong, count = max(self.wrong.items(), key=lambda one: (one[1], one[0]), default=("", 0))
        return Figures(
            key=self.key,
            version=self.version,
            kind=self.kind,
            stem=self.stem,
            drawn=self.drawn,
            answered=self.answered,
            difficulty=self.right / self.answered if enough else None,
            discrimination=self._discrimination() if enough else None,
            wrong=wrong,
            wrong_count=count,
        )

    def _discrimination(self) -> float | None:
        """None where all were right, or wrong, or all others did equally well: then nothing can be told apart."""
        n, right = self.compared, self.compared_right
        if n < ENOUGH or right in (0, n):
            return None
        spread = n * self.rest_squared - self.rest**2
        # what is left of rounding is no spread
        if spread <= 1e-9 * n * n:
            return None
        return (n * self.rest_right - right * self.rest) / math.sqrt(right * (n - right) * spread)


def tally(asked: Iterable[Asked]) -> list[Figures]:
    """Of each question and version, in the order of their numbers."""
    found: dict[tuple[str, int], Tally] = {}
    for question, chosen, rest in asked:
        name = (question["key"], question.get("version", 1))
        if name not in found:
            found[name] = Tally(*name, question["kind"], question["stem"])
        found[name].add(question, chosen, rest)
    return [found[name].figures() for name in sorted(found, key=_by_number)]


def with_rest(drawn: Sequence[DrawnQuestion], answers: Mapping[str, Sequence[str]]) -> Iterator[Asked]:
    """The questions of one attempt, each with the share right of the others; None where there are no others."""
    right = [is_right(question, answers.get(question["key"], ())) for question in drawn]
    others, total = len(drawn) - 1, sum(right)
    for question, is_correct in zip(drawn, right, strict=True):
        rest = (total - is_correct) / others if others else None
        yield question, answers.get(question["key"], ()), rest


def _by_number(name: tuple[str, int]) -> tuple[int, str, int]:
    key, version = name
    return (int(key) if key.isdecimal() else 0, key, version)
