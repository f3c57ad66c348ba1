"""Questions with their answers: 「问：…答：…」, 「Q1: … A1: …」, and lists of questions each with its answer below."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest import outline

# so few make no list of questions, with a mark before each and without
FEWEST_MARKED, FEWEST_BARE = 2, 3
# a question without a mark is no longer than this (characters)
LONGEST = 60
# possessive white space: a line of nothing else must not be tried in every way there is
_NUMBER = r"(?:[（(]?\d{1,3}\s*+[．.、)）]\s*+|[一二三四五六七八九十]+、\s*+)?"
_ASKS = re.compile(
    rf"{_NUMBER}[【\[]?(?:问题?|提问|Q)\s*+[一二三四五六七八九十\d]{{0,3}}\s*+[】\]]?\s*+[:：.．、]\s*+",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"[【\[]?(?:答案?|回答|解答|答复|A)\s*+[一二三四五六七八九十\d]{0,3}\s*+[】\]]?\s*+[:：.．、]",
    re.IGNORECASE,
)
_ANSWER_WITHIN = re.compile(r"(?<=[？?。！\s])[【\[]?(?:答案?|回答|解答|A)\s*+\d{0,3}\s*+[】\]]?\s*+[:：]")
_NEXT = re.compile(r"(?<=[。！？；])[\s　]*(?=(?:问|Q)\s*+\d{0,3}\s*+[:：])")


def pairs(lines: Sequence[str]) -> list[list[str]]:
    """The lines in groups, a question with its answer each; first what stands before them. None where none are asked.

    A heading between two pairs goes with the second.
    """
    for said, fewest in ((_marked, FEWEST_MARKED), (_bare, FEWEST_BARE)):
        pieces = [piece for line in lines for piece in _NEXT.split(line)]
        asked = said(pieces)
        if len(asked) >= fewest:
            starts = _with_headings(pieces, asked)
            return [pieces[at:to] for at, to in pairwise([0, *starts, len(pieces)]) if to > at]
    return []


def question(pair: Sequence[str]) -> str:
    """The question of a pair, without its mark; nothing where the group asks nothing."""
    asked = next((line for line in pair if _ASKS.match(line) or _is_bare(line)), "")
    return _ANSWER_WITHIN.split(_ASKS.sub("", asked, count=1))[0].strip()


def _marked(lines: Sequence[str]) -> list[int]:
    asked = [at for at, line in enumerate(lines) if _ASKS.match(line)]
    return [at for at, to in pairwise([*asked, len(lines)]) if _is_answered(lines[at:to])]


def _is_answered(pair: Sequence[str]) -> bool:
    return bool(_ANSWER_WITHIN.search(pair[0])) or any(map(_ANSWERS.match, pair[1:]))


def _bare(lines: Sequence[str]) -> list[int]:
    """Where each question stands alone on its line with its answer below; nowhere, if one has none."""
    asked = [at for at, line in enumerate(lines) if _is_bare(line)]
    return asked if all(to - at > 1 for at, to in pairwise([*asked, len(lines)])) else []


def _is_bare(line: str) -> bool:
    return len(line) <= LONGEST and line.endswith(("？", "?"))


def _with_headings(lines: Sequence[str], asked: Sequence[int]) -> list[int]:
    """Where each pair begins: with a heading above it, unless that is all the answer that the one before has."""
    starts = list(asked[:1])
    if asked[0] and outline.is_heading(lines[asked[0] - 1]):
        starts = [asked[0] - 1]
    for before, at in pairwise(asked):
        above = lines[at - 1]
        numbered = outline.item_level(above) == 0 or outline.division(above) is not None
        starts.append(at - (at - before > 2 and numbered and outline.is_heading(above)))
    return starts
