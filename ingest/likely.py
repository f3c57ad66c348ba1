"""Likely questions: what people ask in their own words, beside the place that answers it."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kb.text import grams, squeeze
from kb.titles import bare
from kb.types import Passage

_WHOLE_NAME = re.compile("《([^《》]+)》")


@dataclass(frozen=True, slots=True)
class Likely:
    """`place` is an article or a heading as printed, or empty for the whole text.

    `section` is a verbatim phrase of the part that answers.
    """

    title: str
    place: str
    question: str
    section: str = ""


def bare_title(title: str) -> str:
    """A title as somebody may write it, without its marks, its edition and the name of the state."""
    title = title.strip()
    named = _WHOLE_NAME.fullmatch(title)
    return bare(named.group(1) if named else title)


def steps(path: Iterable[str]) -> set[str]:
    """What a question may give as the place of a passage with this path: a heading above it, or the first word of one,
    or nothing."""
    return {"", *(word for part in path for word in (part, part.split(" ")[0]))}


def read(file: Path) -> list[Likely]:
    """From JSON Lines of {"title", "article", "section" (optional), "questions"}. Raises ValueError, KeyError."""
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
    return [
        Likely(row["title"], row["article"], question, row.get("section", ""))
        for row in rows
        for question in row["questions"]
    ]


def attach(passages: Sequence[Passage], likely: Iterable[Likely]) -> list[Passage]:
    """The passages, each with the questions whose title and place are its own.

    Titles are compared without their editions. Where a place has several passages, a question goes to the one
    with its section, and else to the one that shares most of its words.
    """
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, passage in enumerate(passages):
        for step in steps(passage.path):
            places[bare(passage.title), step].append(at)
    words = cache(lambda at: set(grams(passages[at].text)))
    text = cache(lambda at: squeeze(passages[at].text))
    asked: dict[int, list[str]] = defaultdict(list)
    for one in likely:
        there = places.get((bare(one.title), one.place), [])
        there = [at for at in there if squeeze(one.section) in text(at)]
        if there:
            asked[_closest(one.question, there, words)].append(one.question)
    return [
        replace(passage, questions=tuple(dict.fromkeys((*passage.questions, *asked.get(at, ())))))
        for at, passage in enumerate(passages)
    ]


def _closest(question: str, there: Sequence[int], words: Callable[[int], set[str]]) -> int:
    asked = set(grams(question))
    return max(there, key=lambda at: len(asked & words(at)))
