"""What an answer sheet is worth. Pure: it knows neither the database nor the clock.

An answer is a list of strings, whatever the kind of question:

* single, multiple, right or wrong: the keys of the options chosen;
* order: the keys of all options, in the order they were put;
* match: `left=right`, a key of an option and a key of `pairs`, for each;
* short: the words themselves, one string;
* hot-spot, faults: the cells of the picture's grid that were pointed at, `B3` being the second column, third row.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

SHORT_LENGTH = 200
# white space, and punctuation but for what stands inside a number
_UNSAID = re.compile(r"[\s。!?·]+|(?<!\d)[.,、]+|[.,、]+(?!\d)")


class DrawnOption(TypedDict):
    """`choice` is the bank's own number; `place` counts from 1 where options have an order."""

    key: str
    text: str
    correct: bool
    choice: NotRequired[int]
    feedback: NotRequired[str]
    place: NotRequired[int]
    pair: NotRequired[str]
    cells: NotRequired[list[str]]


class DrawnPair(TypedDict):
    """What stands on the right of a question that is matched."""

    key: str
    text: str


class DrawnQuestion(TypedDict):
    """A question as it stood when it was drawn; `key` and the options' keys never change afterwards."""

    key: str
    kind: str
    stem: str
    explanation: str
    basis: str
    options: list[DrawnOption]
    version: NotRequired[int]
    pairs: NotRequired[list[DrawnPair]]
    image: NotRequired[int | None]
    columns: NotRequired[int]
    rows: NotRequired[int]


Answers = Mapping[str, Sequence[str]]


class NotOfferedError(ValueError):
    """An answer that the question does not offer."""


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
    """All that is right and nothing else; half of it is worth nothing."""
    options = question["options"]
    match question["kind"]:
        case "order":
            return list(chosen) == [o["key"] for o in sorted(options, key=lambda o: o["place"])]
        case "match":
            return set(chosen) == {f"{o['key']}={o['pair']}" for o in options}
        case "short":
            return bool(chosen) and plain(chosen[0]) in {plain(o["text"]) for o in options}
        case "hotspot" | "faults":
            return _all_found([set(o["cells"]) for o in options], set(chosen))
        case _:
            return set(chosen) == {o["key"] for o in options if o["correct"]}


def accept(question: DrawnQuestion, chosen: Sequence[str]) -> list[str]:
    """The answer as it is kept, in the order drawn; empty takes it back. Raises NotOfferedError."""
    chosen = [value for value in dict.fromkeys(chosen) if value.strip()]
    if not all(map(can_be_kept, chosen)):
        raise NotOfferedError(chosen)
    if question["kind"] == "short":
        if len(chosen) > 1 or any(len(value) > SHORT_LENGTH for value in chosen):
            raise NotOfferedError(chosen)
        return chosen
    offered = _offered(question)
    if not set(chosen) <= set(offered) or (question["kind"] in ONE_ONLY and len(chosen) > 1):
        raise NotOfferedError(chosen)
    return chosen if question["kind"] == "order" else [value for value in offered if value in set(chosen)]


ONE_ONLY = frozenset({"single", "truefalse", "hotspot"})


def can_be_kept(words: str) -> bool:
    """No zero byte and no half of a character: not every database holds them."""
    return "\0" not in words and not any("\ud800" <= sign <= "\udfff" for sign in words)


def plain(words: str) -> str:
    """Full-width or not, spaced or not, with or without a full stop: the same words. 7.5 is not 75."""
    return _UNSAID.sub("", unicodedata.normalize("NFKC", words)).casefold()


def cells(columns: int, rows: int) -> list[str]:
    return [f"{chr(ord('A') + column)}{row}" for row in range(1, rows + 1) for column in range(columns)]


def _offered(question: DrawnQuestion) -> list[str]:
    options = question["options"]
    if question["kind"] == "match":
        return [f"{o['key']}={p['key']}" for o in options for p in question["pairs"]]
    if question["kind"] in ("hotspot", "faults"):
        return cells(question["columns"], question["rows"])
    return [o["key"] for o in options]


def _all_found(faults: Sequence[set[str]], pointed: set[str]) -> bool:
    return all(fault & pointed for fault in faults) and pointed <= set().union(*faults)
