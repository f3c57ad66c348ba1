"""Which clauses of the passages a clause speaks of."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum
from typing import Self

from kb.checking.clauses import Clause, clauses, fold
from kb.quantities import Quantity
from kb.types import Passage

# words of a clause's lead, of the rest of its sentence, and of what opens its list, beside its own
BY_LEAD, BY_SENTENCE, BY_OPENING = 1.0, 0.3, 0.2
# what the rest of the sentence that is checked tells between two clauses that are else alike
BY_REST = 0.05
# below this, two scores are one
EQUAL = 1e-9


@dataclass(frozen=True)
class Known:
    """The clauses of passages in order, in how many of them each gram occurs, and the folded titles and headings."""

    clauses: tuple[Clause, ...]
    rarity: Mapping[str, int]
    headings: str

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> Self:
        known = tuple(clause for passage in passages for clause in clauses(passage.text))
        headings = fold("\n".join(" ".join((passage.title, *passage.path)) for passage in passages))
        return cls(known, Counter(gram for clause in known for gram in clause.grams), headings)

    def likeness(self, clause: Clause, other: Clause) -> float:
        """How much another clause speaks of what this one does, 0 or more; a gram counts for more the rarer it is.

        What is said of an amount may stand in the clauses that lead to it.
        """
        by_lead = BY_LEAD if clause.quantities and other.quantities else BY_SENTENCE
        places = (
            (other.grams, 1.0),
            (_grams(other.lead), by_lead),
            (_grams(other.sentence), BY_SENTENCE),
            (_grams(other.opening), BY_OPENING),
        )
        # in whatever order the grams come, the sum is the same
        return fsum(
            weight * next((share for held, share in places if gram in held), 0.0) / self.rarity[gram]
            for gram, weight in _weights(clause).items()
            if self.rarity[gram]
        )

    def near(self, clause: Clause, share: float = 1) -> list[Clause]:
        """Those that have this share of the likest one's likeness."""
        scores = [self.likeness(clause, other) for other in self.clauses]
        least = share * max(scores, default=0) - EQUAL
        return [other for other, score in zip(self.clauses, scores, strict=True) if score >= least]

    def likest(self, clause: Clause) -> list[Clause]:
        """Those that are like it more than others are, and equally."""
        return self.near(clause)

    def giving(self, quantities: Sequence[Quantity]) -> list[Clause]:
        return [other for other in self.clauses if set(quantities) <= set(other.quantities)]

    def around(self, clause: Clause) -> list[Clause]:
        """All clauses of its sentence."""
        return [other for other in self.clauses if other.sentence == clause.sentence]


def _weights(clause: Clause) -> dict[str, float]:
    lead = _grams(clause.lead) if clause.quantities else frozenset()
    rest = dict.fromkeys(_grams(clause.sentence), BY_REST)
    return rest | dict.fromkeys(lead, BY_LEAD) | dict.fromkeys(clause.grams, 1.0)


@lru_cache(maxsize=4096)
def _grams(text: str) -> frozenset[str]:
    return Clause(text).grams
