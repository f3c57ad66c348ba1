"""From a question to passages: both indexes asked, their scores fused, what may not be shown left out."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from kb.config import Config
from kb.glossary import Glossary
from kb.ports import Embedder, IndexUnavailable, TextIndex, VectorIndex, Vectors
from kb.text import clean, grams
from kb.types import Hit, Passage

logger = logging.getLogger(__name__)

Live = Callable[[Collection[str]], Collection[str]]
Scored = list[tuple[Passage, float]]


@dataclass(frozen=True, slots=True)
class Found:
    """A question as it was understood, and what was found for it, best first."""

    question: str
    terms: tuple[str, ...]
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Retriever:
    embedder: Embedder
    vectors: VectorIndex
    texts: TextIndex
    glossary: Glossary
    config: Config

    def find(self, question: str, live: Live | None = None) -> Found:
        """Every candidate that may be shown now, fused. `live` is called at most once."""
        asked = clean(question).strip()
        terms = self.glossary.terms(asked)
        if not asked:
            return Found(asked, terms, ())
        wanted = self.config.candidates * (self.config.overfetch if live else 1)
        dense, lexical = self._dense(asked, terms, wanted), self._lexical(asked, terms, wanted)
        if live:
            shown = set(live({passage.source for passage, _ in (*dense, *lexical)}))
            dense = [pair for pair in dense if pair[0].source in shown]
            lexical = [pair for pair in lexical if pair[0].source in shown]
        kept = self.config.candidates
        return Found(asked, terms, fuse(dense[:kept], lexical[:kept], self.config.dense_weight))

    def _dense(self, asked: str, terms: Sequence[str], k: int) -> Scored:
        try:
            return self.vectors.search(self._vector(asked, terms), k)
        except IndexUnavailable as error:
            logger.warning("Only the text index is searched: %s", error)
            return []

    def _lexical(self, asked: str, terms: Sequence[str], k: int) -> Scored:
        return self.texts.search(grams(" ".join((asked, *terms))), k)

    def _vector(self, asked: str, terms: Sequence[str]) -> Vectors:
        """The mean of the plain and the expanded question, embedded in one batch; shape (d,), unit length."""
        texts = [asked, " ".join((asked, *terms))] if terms else [asked]
        mean = self.embedder.questions(texts).mean(axis=0)
        return np.asarray(mean / (np.linalg.norm(mean) or 1), np.float32)


def fuse(dense: Scored, lexical: Scored, weight: float) -> tuple[Hit, ...]:
    """Each list's scores min-max normalised, then weight × dense + (1 − weight) × lexical; best first."""
    if not dense:
        weight = 0
    cosines = {passage.key: score for passage, score in dense}
    near, matching = scaled(dense), scaled(lexical)
    passages = {passage.key: passage for passage, _ in (*lexical, *dense)}
    hits = (
        Hit(
            passage,
            weight * near.get(key, 0.0) + (1 - weight) * matching.get(key, 0.0),
            cosines.get(key, 0.0),
        )
        for key, passage in passages.items()
    )
    return tuple(sorted(hits, key=lambda hit: -hit.score))


def scaled(found: Scored) -> dict[str, float]:
    """Scores by key, the least 0 and the greatest 1 (all 1 where they are equal)."""
    if not found:
        return {}
    scores = [score for _, score in found]
    low, span = min(scores), max(scores) - min(scores)
    return {passage.key: (score - low) / span if span else 1.0 for passage, score in found}
