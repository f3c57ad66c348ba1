"""What an answer sheet is worth. Pure: it knows neither the database nor the clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict


class DrawnOption(TypedDict):
    key: str
    text: str
    correct: bool


class DrawnQuestion(TypedDict):
    """A question as it stood when it was drawn; `key` and the options' keys never change afterwards."""

    key: str
    kind: str
    stem: str
    explanation: str
    basis: str
    options: list[DrawnOption]


Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Result:
    """How many of the questions are right, and which, in the order drawn."""

    right: tuple[bool, ...]

    @property
    def score(self) -> int:
        """Percent, rounded down: a score that shows the pass mark has reached it."""
        return 100 * sum(self.right) // len(self.right) if self.right else 0


def mark(drawn: Sequence[DrawnQuestion], answers: Answers) -> Result:
    return Result(tuple(is_right(question, answers.get(question["key"], ())) for question in drawn))


def is_right(question: DrawnQuestion, chosen: Sequence[str]) -> bool:
    """All the right options and only these; half of them are worth nothing."""
    return set(chosen) == {option["key"] for option in question["options"] if option["correct"]}
