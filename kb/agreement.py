"""What other texts say of the same: that it is so, or that it is otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from kb.candidates import names, statements
from kb.quantities import normal, quantities, without_quantities
from kb.text import dice, grams
from kb.types import Hit, Passage, Status

# sentences this like each other, amounts apart, are about the same; without amounts they must be more alike
SAME_MATTER, SAME_WORDS = 0.5, 0.7
# with their amounts they have at least this much in common
HINT = 0.25
# other texts looked at, and named for one statement
LOOKED_AT, MOST = 8, 2


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
    """Whether two sentences on the same matter give other amounts of the same kind."""
    mine, its = _amounts(one), _amounts(other)
    kinds = mine.keys() & its.keys()
    return any(mine[kind].isdisjoint(its[kind]) for kind in kinds) and _nearness(one, other) >= SAME_MATTER


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
    least = SAME_MATTER if _amounts(one) else SAME_WORDS
    return _amounts(one) == _amounts(other) and _nearness(one, other) >= least


def _nearness(one: str, other: str) -> float:
    return dice(*(grams(without_quantities(normal(text))) for text in (one, other)))


def _amounts(text: str) -> dict[str, set[object]]:
    """By unit."""
    found: dict[str, set[object]] = {}
    for each in quantities(normal(text)):
        found.setdefault(each.quantity.unit, set()).add(each.quantity.value)
    return {unit: values for unit, values in found.items() if unit}
