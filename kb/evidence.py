"""How much of what a question is about a text speaks of."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from kb.ports import TextIndex
from kb.question import Asked
from kb.text import grams


@dataclass(frozen=True, slots=True)
class Weighing:
    """Grams of the question weighed by how rare they are: log(1 + (N − n + ½) / (n + ½)), BM25's idf.

    A kitchen form weighs as much as a gram that occurs nowhere; a text holds it by saying the form
    itself or one of the formal terms that it stands for.
    """

    words: Mapping[str, float]
    meanings: tuple[tuple[Mapping[str, float], ...], ...]
    meaning: float

    @classmethod
    def of(cls, asked: Asked, texts: TextIndex) -> Self:
        words = grams(asked.rest)
        meant = [[grams(term) for term in (form, *terms)] for form, terms in asked.meanings.items()]
        everything = {gram for terms in meant for term in terms for gram in term} | set(words)
        rows, frequency = texts.count(), texts.frequencies(sorted(everything))

        def weights(them: Collection[str]) -> dict[str, float]:
            return {gram: _idf(frequency.get(gram, 0), rows) for gram in them}

        return cls(weights(words), tuple(tuple(map(weights, terms)) for terms in meant), _idf(0, rows))

    def coverage(self, text: str) -> float:
        """The share of the question's weight that the text holds, 0 to 1."""
        held = set(grams(text))
        total = sum(self.words.values()) + self.meaning * len(self.meanings)
        found = sum(weight for gram, weight in self.words.items() if gram in held)
        found += sum(self.meaning * max(_share(term, held) for term in terms) for terms in self.meanings)
        return found / total if total else 0.0


def _share(term: Mapping[str, float], held: Collection[str]) -> float:
    return sum(weight for gram, weight in term.items() if gram in held) / (sum(term.values()) or 1)


def _idf(frequency: int, rows: int) -> float:
    return math.log(1 + (rows - frequency + 0.5) / (frequency + 0.5))
