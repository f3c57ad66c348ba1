"""How much of what a question is about a text speaks of, and whether that is enough to answer it."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from kb.config import Config
from kb.ports import TextIndex
from kb.question import Asked
from kb.text import grams, telling
from kb.types import Hit

# of the hits, how many must speak of the question, and how many may be near it
SPEAK, NEAR = 3, 5
# what is stressed weighs so many times as much
STRESS = 3.0
# a reader is never surer than this
SURE = 0.999


@dataclass(frozen=True, slots=True)
class Weighing:
    """Grams of the question weighed by how rare they are: log(1 + (N − n + ½) / (n + ½)), BM25's idf.

    A kitchen form weighs as much as a gram that occurs nowhere; a text holds it by saying the form
    itself or one of the formal terms that it stands for.
    """

    asked: Asked
    words: Mapping[str, float]
    # each form's weight, and the grams of what it means
    meanings: tuple[tuple[float, tuple[Mapping[str, float], ...]], ...]

    @classmethod
    def of(cls, asked: Asked, texts: TextIndex) -> Self:
        words = [gram for gram in grams(asked.rest) if telling(gram)]
        meant = {form: [grams(term) for term in (form, *terms)] for form, terms in asked.meanings.items()}
        everything = {gram for terms in meant.values() for term in terms for gram in term} | set(words)
        rows, frequency = texts.count(), texts.frequencies(sorted(everything))
        stressed = set(grams(asked.stressed))

        def weights(them: Collection[str]) -> dict[str, float]:
            return {gram: _idf(frequency.get(gram, 0), rows) for gram in them}

        def stress(said: Collection[str]) -> float:
            return 1.0 if stressed.isdisjoint(said) else STRESS

        return cls(
            asked,
            {gram: weight * stress([gram]) for gram, weight in weights(words).items()},
            tuple(
                (_idf(0, rows) * stress(grams(form)), tuple(map(weights, terms)))
                for form, terms in meant.items()
            ),
        )

    def coverage(self, text: str) -> float:
        """The share of the question's weight that the text holds, 0 to 1."""
        return self.coverage_by(set(grams(text)))

    def coverage_by(self, held: Collection[str]) -> float:
        """The same of a text with these grams."""
        total = sum(self.words.values()) + sum(weight for weight, _ in self.meanings)
        found = sum(weight for gram, weight in self.words.items() if gram in held)
        found += sum(weight * max(_share(term, held) for term in terms) for weight, terms in self.meanings)
        return found / total if total else 0.0


def support(hits: Sequence[Hit], weighing: Weighing, config: Config) -> float:
    """How well the hits, best first, support an answer; `is_enough` compares it.

    similarity + asked_weight × asked² + coverage_weight × coverage + score_weight × score + read_weight × logit(read):
    the best cosine of the first five, the nearest likely question and the best coverage of the first three, the first
    one's score, and the best that a reader said of the first five, if one read them. Without vectors it is the coverage alone.
    """
    coverage = max((weighing.coverage(hit.passage.embedded) for hit in hits[:SPEAK]), default=0.0)
    similarity = max((hit.similarity for hit in hits[:NEAR]), default=0.0)
    if not similarity or not config.compares_meaning:
        return coverage
    found = similarity + config.asked_weight * max(hit.asked for hit in hits[:SPEAK]) ** 2
    found += config.coverage_weight * coverage + config.score_weight * hits[0].score
    read = max((hit.read for hit in hits[:NEAR] if hit.read is not None), default=0.5)
    return found + config.read_weight * _logit(read)


def is_enough(support: float, hits: Sequence[Hit], config: Config) -> bool:
    if not config.compares_meaning or not any(hit.similarity for hit in hits[:NEAR]):
        return support >= config.evidence_by_words
    is_read = any(hit.read is not None for hit in hits[:NEAR])
    return support >= (config.evidence_read if is_read else config.evidence)


def _logit(share: float) -> float:
    share = min(max(share, 1 - SURE), SURE)
    return math.log(share / (1 - share))


def _share(term: Mapping[str, float], held: Collection[str]) -> float:
    return sum(weight for gram, weight in term.items() if gram in held) / (sum(term.values()) or 1)


def _idf(frequency: int, rows: int) -> float:
    return math.log(1 + (rows - frequency + 0.5) / (frequency + 0.5))
