"""The stretch of a passage that speaks most of a question: what a reader is given to read."""

import re

from kb.evidence import Weighing
from kb.question import Asked
from kb.titles import bare
from kb.types import Passage

# Characters of a passage that are read: with a question they make some eighty tokens, and ten candidates
# must be read within 300 ms on one core.
LENGTH = 90
# of the formal terms that the glossary adds to a question
TERMS = 24
# and of the words that say where they stand
PLACE = 14

# what a stretch gains by a number where one is asked for, and by all characters of the question
BY_NUMBER, BY_CHARACTERS = 0.15, 0.15

_CLAUSE = re.compile(r"[^。！？；，：\n]*(?:[。！？；，：]+[”’」』）]*|\n|$)")
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十百零\d]+[条章节编]|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+[、.])\s*"
)


def put(asked: Asked) -> str:
    """The question as a reader reads it: in its own words, with the formal terms it means."""
    terms = "、".join(asked.terms)[:TERMS]
    return f"{asked.text}（{terms}）" if terms else asked.text


def excerpt(passage: Passage, weighing: Weighing) -> str:
    """「title·heading：…」 with the consecutive clauses, up to `LENGTH` characters, that speak most of the question."""
    return f"{_place(passage)}：{stretch(passage.text, weighing)}"


def stretch(text: str, weighing: Weighing, length: int = LENGTH) -> str:
    """Consecutive clauses of at most `length` characters; the first of those that cover most."""
    if len(text) <= length:
        return text
    spans = _spans([piece for match in _CLAUSE.finditer(text) if (piece := match.group())], length)
    return max(spans, key=lambda span: _pertinence(span, weighing))


def _pertinence(span: str, weighing: Weighing) -> float:
    """Its coverage; more with a number where one is asked for, and for each character of the question."""
    asked = weighing.asked
    share = len(asked.characters & set(span)) / max(len(asked.characters), 1)
    return weighing.coverage(span) + BY_NUMBER * asked.numbered(span) + BY_CHARACTERS * share


def _spans(clauses: list[str], length: int) -> list[str]:
    """From each clause on, as many as fit; a clause that is longer by itself is cut."""
    found = []
    for at in range(len(clauses)):
        span = clauses[at][:length]
        for clause in clauses[at + 1 :]:
            if len(span) + len(clause) > length:
                break
            span += clause
        found.append(span)
    return found


def _place(passage: Passage) -> str:
    heading = _NUMBERED.sub("", passage.path[-1]) if passage.path else ""
    return "·".join(part[:PLACE] for part in (bare(passage.title), heading) if part)
