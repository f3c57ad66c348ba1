"""From passages to an answer in the sources' own words, or to an honest "not found"."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kb.config import Config
from kb.evidence import Weighing, is_enough, support
from kb.text import grams, sentences
from kb.types import Answer, Citation, Hit, Passage, Statement, Status

PASSAGES = 3
STATEMENTS = 5
NEAR = 5
# a heading is no longer than this
NAME = 22
# shorter words before a colon, such as 「附件5：」, open no list
LEAD = 8
# how many items follow the words that open their list
ITEMS = 3
# a further sentence must be worth this share of the best
WORTHY = 0.65
# and speak of this share of what the best speaks of, however good its passage
PERTINENT = 0.4
# two sentences with so many grams in common say the same
SAME = 0.75
# what a sentence gains by its passage's rank, and by a number where one is asked for
BY_PASSAGE, BY_NUMBER = 0.7, 0.15
BY_STATUS = 0.1

_ITEM = re.compile(r"[（(]\s*[一二三四五六七八九十\d]+\s*[）)]|\d{1,3}\s*[．.、]|[一二三四五六七八九十]+、")
_VERDICT = re.compile("(?:不?(?:能|行|可以|要|用|是|会|得)|没有)(?=[，。：])")
_OPENS = re.compile(f"{_ITEM.pattern}|{_VERDICT.pattern}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer, where it stands in its passage, and how well it would."""

    passage: Passage
    at: int
    text: str
    coverage: float
    score: float


def compose(hits: Sequence[Hit], weighing: Weighing, searched: int, config: Config) -> Answer:
    """An answer whose every statement is a sentence of a passage that it cites."""
    best = hits[: config.read]
    sure = support(best, weighing, config)
    found = bool(best) and is_enough(sure, best, config)
    chosen = _choose(_candidates(best, weighing)) if found else []
    cited = list(dict.fromkeys(candidate.passage for candidate in chosen))
    numbers = {passage.key: n for n, passage in enumerate(cited, 1)}
    return Answer(
        question=weighing.asked.text,
        found=bool(chosen),
        statements=tuple(Statement(c.text, (numbers[c.passage.key],)) for c in chosen),
        citations=tuple(
            Citation(n, passage, _quote(passage, [c.text for c in chosen if c.passage == passage]))
            for n, passage in enumerate(cited, 1)
        ),
        near=() if chosen else tuple(hits[:NEAR]),
        understood=weighing.asked.terms,
        searched=searched,
        support=sure,
    )


def _candidates(hits: Sequence[Hit], weighing: Weighing) -> list[Candidate]:
    found = []
    for hit in hits:
        less = BY_STATUS * (hit.passage.status is Status.SUPERSEDED)
        for at, text in enumerate(_statements(hit.passage.text)):
            if _names(text):
                continue
            coverage = weighing.coverage(text)
            score = coverage + BY_PASSAGE * hit.score - less
            score += BY_NUMBER * weighing.asked.numbered(text)
            found.append(Candidate(hit.passage, at, text, coverage, score))
    return sorted(found, key=lambda candidate: -candidate.score)


def _statements(text: str) -> list[str]:
    """The text's sentences; an item's name, or a bare yes or no, stands with the sentence that follows."""
    found: list[str] = []
    for line in text.split("\n"):
        end, begun = 0, None
        for sentence in sentences(line):
            start = line.index(sentence, end)
            end = start + len(sentence)
            if begun is None and _OPENS.match(sentence) and len(sentence) <= NAME:
                begun = start
            else:
                found.append(line[start if begun is None else begun : end])
                begun = None
        found += [] if begun is None else [line[begun:end]]
    return found


def _names(text: str) -> bool:
    """Whether it is a heading, which says nothing by itself."""
    if text.endswith(("：", ":")):
        return len(text) < LEAD
    return len(text) <= NAME and not re.search("[。；！？，]", text)


def _choose(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence first, then others nearly as good, each list item after the words it belongs to.

    What is superseded comes after what is not: an old figure must never stand where the new one is known.
    """
    chosen: list[Candidate] = []
    for candidate in sorted(_worthy(candidates), key=lambda c: c.passage.status is Status.SUPERSEDED):
        if len(chosen) >= STATEMENTS:
            break
        passages = {one.passage.key for one in chosen} | {candidate.passage.key}
        if len(passages) <= PASSAGES and not _said(candidate.text, chosen):
            chosen += [one for one in _in_context(candidate) if not _said(one.text, chosen)]
    return chosen[:STATEMENTS]


def _worthy(candidates: Sequence[Candidate]) -> list[Candidate]:
    least = WORTHY * max((c.score for c in candidates), default=0)
    pertinent = PERTINENT * max((c.coverage for c in candidates[:1]), default=0)
    return [c for c in candidates if c.score >= least and c.coverage >= pertinent]


def _in_context(candidate: Candidate) -> list[Candidate]:
    """An item after the words that open its list; the words that open a list before its first items."""
    texts = _statements(candidate.passage.text)
    if _opens_list(candidate.text):
        after = texts[candidate.at + 1 : candidate.at + 1 + ITEMS]
        return [candidate, *(replace(candidate, text=text) for text in after if _ITEM.match(text))]
    if _ITEM.match(candidate.text):
        before = reversed(texts[: candidate.at])
        return [
            *(replace(candidate, text=text) for text in islice(filter(_opens_list, before), 1)),
            candidate,
        ]
    return [candidate]


def _opens_list(text: str) -> bool:
    return text.endswith(("：", ":")) and not _names(text)


def _said(text: str, chosen: Iterable[Candidate]) -> bool:
    mine = set(grams(text))
    others = (set(grams(one.text)) for one in chosen)
    return any(len(mine & other) >= SAME * min(len(mine), len(other)) for other in others)


def _quote(passage: Passage, texts: Sequence[str]) -> str:
    """The passage from the first paragraph that is used to the last, verbatim."""
    lines = passage.text.split("\n")
    used = [at for at, line in enumerate(lines) if any(text in line for text in texts)]
    return "\n".join(lines[used[0] : used[-1] + 1]) if used else passage.text
