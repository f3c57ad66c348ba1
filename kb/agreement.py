"""What other texts say of the same: that it is so, or that it is otherwise."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from kb.candidates import names, statements
from kb.quantities import Bound, normal, quantities, without_quantities
from kb.text import dice, grams
from kb.types import Hit, Passage, Status

# sentences this like each other, amounts apart, are about the same; without amounts they must be more alike
SAME_MATTER, SAME_WORDS = 0.5, 0.7
# clauses this like each other, amounts apart, measure the same thing
SAME_THING = 0.4
# with their amounts they have at least this much in common
HINT = 0.25
# other texts looked at, and named for one statement
LOOKED_AT, MOST = 8, 2


_Amount = tuple[Fraction, Bound]
# amounts of one unit, with the words of the clause that gives each
_Given = dict[_Amount, str]


class Said(NamedTuple):
    text: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Sentences, with their passages, that say the same in other words, or give other amounts."""

    agreeing: tuple[Said, ...] = ()
    differing: tuple[Said, ...] = ()


def elsewhere(text: str, passage: Passage, hits: Sequence[Hit]) -> Elsewhere:
    """What the hits, and what says much the same as they, have on the sentence of that passage.

    What is superseded can differ; that it agrees adds nothing.
    """
    others = islice(_others(passage, hits), LOOKED_AT)
    nearest = [Said(said, other) for other in others if (said := _nearest(text, other))]
    agreeing = [
        one for one in nearest if one.passage.status is not Status.SUPERSEDED and _agrees(text, one.text)
    ]
    differing = [one for one in nearest if differs(text, one.text)]
    return Elsewhere(tuple(agreeing[:MOST]), tuple(differing[:MOST]))


def differs(one: str, other: str) -> bool:
    """Whether two sentences on the same matter give other amounts of the same kind and of the same thing.

    What only gives more amounts does not differ, nor what leaves open which side of a value is meant.
    """
    mine, its = _amounts(one), _amounts(other)
    kinds = mine.keys() & its.keys()
    return any(_conflict(mine[kind], its[kind]) for kind in kinds) and _nearness(one, other) >= SAME_MATTER


def _others(passage: Passage, hits: Sequence[Hit]) -> Iterator[Passage]:
    """Of other sources, each once."""
    seen = {passage.source}
    for hit in hits:
        for other in (hit.passage, *hit.also):
            if other.source not in seen:
                seen.add(other.source)
                yield other


def _nearest(text: str, other: Passage) -> str:
    """The sentence of the other passage that is most like it; nothing where none is."""
    mine = set(grams(text))
    said = {
        sentence: dice(mine, grams(sentence)) for sentence in statements(other.text) if not names(sentence)
    }
    nearest = max(said, key=lambda sentence: said[sentence], default="")
    return nearest if said.get(nearest, 0) >= HINT else ""


def _agrees(one: str, other: str) -> bool:
    mine, its = _amounts(one), _amounts(other)
    least = SAME_MATTER if mine else SAME_WORDS
    is_same = mine.keys() == its.keys() and all(mine[kind].keys() == its[kind].keys() for kind in mine)
    return is_same and _nearness(one, other) >= least


def _conflict(mine: _Given, its: _Given) -> bool:
    """Whether each gives an amount that the other does not, and some two of these of the same thing."""
    own, other = mine.keys() - its.keys(), its.keys() - mine.keys()
    if {value for value, _ in own} == {value for value, _ in other} and not _is_turned(own, other):
        return False
    return any(_is_alike(mine[one], its[two]) for one in own for two in other)


def _is_turned(own: Iterable[_Amount], other: Iterable[_Amount]) -> bool:
    """「48小时以上」 and 「不超过48小时」; 「48小时」 may be either."""
    bounds = dict(other)
    return any(Bound.EXACT not in (bound, bounds[value]) for value, bound in own)


def _is_alike(one: str, other: str) -> bool:
    mine, its = grams(one), grams(other)
    return not (mine and its) or dice(mine, its) >= SAME_THING


def _nearness(one: str, other: str) -> float:
    return dice(*(grams(without_quantities(normal(text))) for text in (one, other)))


def _amounts(text: str) -> dict[str, _Given]:
    """By unit, each with its bound and the words of its clause."""
    found: dict[str, _Given] = {}
    for clause in re.split("[,;:。]", normal(text)):
        for each in quantities(clause):
            given = found.setdefault(each.quantity.unit, {})
            given[each.quantity.value, each.quantity.bound] = without_quantities(clause)
    return {unit: given for unit, given in found.items() if unit}
