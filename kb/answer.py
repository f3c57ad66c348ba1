"""From passages to an answer in the sources' own words, or to an honest "not found"."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, islice, takewhile

from kb.agreement import Elsewhere, Said, differs, elsewhere
from kb.candidates import Candidate, candidates, is_item, names, statements
from kb.config import Config
from kb.evidence import Weighing, is_enough, support
from kb.text import grams
from kb.titles import is_rule
from kb.types import Answer, Citation, Hit, Passage, Statement

PASSAGES = 3
STATEMENTS = 5
NEAR = 5
# how many items follow the words that open their list
ITEMS = 3
# an item without a mark is no longer (characters)
SHORT = 30
# a further sentence must be worth this share of the best
WORTHY = 0.65
# and speak of this share of what the best speaks of, however good its passage
PERTINENT = 0.4
# a rule that is worth this share of the best sentence is told instead of a story, and beside a handbook
RULE = 0.5
# two sentences with so many grams in common say the same
SAME = 0.75
# statements that other texts are compared with: those that a reader reads first
COMPARED = 2


def compose(hits: Sequence[Hit], weighing: Weighing, searched: int, config: Config) -> Answer:
    """An answer whose every statement is a sentence of a passage that it cites."""
    best = hits[: config.read]
    sure = support(best, weighing, config)
    is_elsewhere = weighing.asked.is_elsewhere(hit.passage.text for hit in best)
    found = bool(best) and is_enough(sure, best, config) and not is_elsewhere
    told = candidates(best, weighing) if found else []
    chosen = _choose(told) if told and told[0].spoken_of >= config.spoken_of else []
    others = [_elsewhere(at, one, best) for at, one in enumerate(chosen)]
    differing = _differing(chosen, others)
    agreeing = [one for each in others for one in each.agreeing]
    citations = _citations([*(Said(one.text, one.passage) for one in chosen), *agreeing, *differing])
    numbers = {citation.passage.key: citation.n for citation in citations}
    return Answer(
        question=weighing.asked.text,
        found=bool(chosen),
        statements=tuple(
            Statement(
                one.text,
                (numbers[one.passage.key],),
                tuple(numbers[same.passage.key] for same in each.agreeing),
            )
            for one, each in zip(chosen, others, strict=True)
        ),
        citations=citations,
        near=() if chosen else tuple(hits[:NEAR]),
        understood=weighing.asked.terms,
        searched=searched,
        support=sure,
        read=tuple(hit.passage for hit in best),
        differing=tuple(Statement(text, (numbers[passage.key],)) for text, passage in differing),
    )


def _citations(used: Sequence[Said]) -> tuple[Citation, ...]:
    """Numbered as they first occur."""
    cited = {one.passage.key: one.passage for one in used}
    return tuple(
        Citation(n, passage, _quote(passage, [one.text for one in used if one.passage == passage]))
        for n, passage in enumerate(cited.values(), 1)
    )


def _choose(found: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence first, then others nearly as good, each list item after the words it belongs to.

    What is superseded comes after what is not, and not at all where it gives another amount: an old figure must
    never stand where the new one is known.
    """
    chosen: list[Candidate] = []
    for candidate in sorted(_worthy(found), key=lambda c: c.is_old):
        if len(chosen) >= STATEMENTS:
            break
        passages = {one.passage.key for one in chosen} | {candidate.passage.key}
        if (
            len(passages) <= PASSAGES
            and not _said(candidate.text, chosen)
            and not _contradicts(candidate, chosen)
        ):
            chosen += [one for one in _in_context(candidate, found) if not _said(one.text, chosen)]
    return _with_rule(chosen[:STATEMENTS], found)


def _with_rule(chosen: list[Candidate], found: Sequence[Candidate]) -> list[Candidate]:
    """What a handbook or a case says, and the rule that it comes from, where there is one that is half as good."""
    if not chosen or any(is_rule(one.passage.title) for one in chosen):
        return chosen
    least = RULE * chosen[0].score
    pertinent = PERTINENT * chosen[0].coverage
    rules = (
        one
        for one in found
        if one.score >= least and one.coverage >= pertinent and is_rule(one.passage.title)
    )
    rule = next((one for one in rules if not (_said(one.text, chosen) or _contradicts(one, chosen))), None)
    added = _in_context(rule, found) if rule else []
    return [*chosen[: STATEMENTS - len(added)], *added]


def _worthy(found: Sequence[Candidate]) -> list[Candidate]:
    """What once happened is told only where no rule is half as good; what is as good as the best that holds now."""
    best = found[0].score if found else 0.0
    rules = [c for c in found if not c.is_story]
    found = rules if rules and rules[0].score >= RULE * best else found
    now = [c for c in found if not c.is_old]
    lead = (now if now and now[0].score >= WORTHY * found[0].score else found)[:1]
    least = WORTHY * max((c.score for c in lead), default=0)
    pertinent = PERTINENT * max((c.coverage for c in lead), default=0)
    return [c for c in found if c.score >= least and c.coverage >= pertinent]


def _in_context(candidate: Candidate, found: Sequence[Candidate]) -> list[Candidate]:
    """An item after the words that open its list; the words that open a list before those of its items that speak
    most of what is asked."""
    texts = statements(candidate.passage.text)
    if _opens_list(candidate.text):
        after = texts[candidate.at + 1 :]
        # a handbook's lists have no marks, and short lines
        is_one = is_item if after and is_item(after[0]) else _is_short
        items = list(takewhile(is_one, after))
        places = range(candidate.at + 1, candidate.at + 1 + len(items))
        worth = {one.at: one.score for one in found if one.passage == candidate.passage}
        best = sorted(sorted(places, key=lambda at: -worth.get(at, 0.0))[:ITEMS])
        return [candidate, *(replace(candidate, at=at, text=texts[at]) for at in best)]
    if is_item(candidate.text):
        before = reversed(texts[: candidate.at])
        return [
            *(replace(candidate, text=text) for text in islice(filter(_opens_list, before), 1)),
            candidate,
        ]
    return [candidate]


def _is_short(text: str) -> bool:
    return len(text) <= SHORT


def _opens_list(text: str) -> bool:
    return text.endswith(("：", ":")) and not names(text)


def _said(text: str, chosen: Iterable[Candidate]) -> bool:
    mine = set(grams(text))
    others = (set(grams(one.text)) for one in chosen)
    return any(len(mine & other) >= SAME * min(len(mine), len(other)) for other in others)


def _contradicts(candidate: Candidate, chosen: Iterable[Candidate]) -> bool:
    """Whether another text has been chosen that gives another amount; then both are shown, side by side."""
    return any(
        one.passage.source != candidate.passage.source and differs(one.text, candidate.text) for one in chosen
    )


def _elsewhere(at: int, candidate: Candidate, hits: Sequence[Hit]) -> Elsewhere:
    return elsewhere(candidate.text, candidate.passage, hits) if at < COMPARED else Elsewhere()


def _differing(chosen: Sequence[Candidate], others: Iterable[Elsewhere]) -> list[Said]:
    """Each once, and none that has been said."""
    said = {one.text for one in chosen}
    return [one for one in dict.fromkeys(chain(*(each.differing for each in others))) if one.text not in said]


def _quote(passage: Passage, texts: Sequence[str]) -> str:
    """The passage from the first paragraph that is used to the last, verbatim."""
    lines = passage.text.split("\n")
    used = [at for at, line in enumerate(lines) if any(text in line for text in texts)]
    return "\n".join(lines[used[0] : used[-1] + 1]) if used else passage.text
