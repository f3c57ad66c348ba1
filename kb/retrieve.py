"""From a question to passages: both indexes asked, their scores fused, what may not be shown left out."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from kb.config import Config
from kb.ports import Embedder, IndexUnavailable, TextIndex, VectorIndex
from kb.question import Asked
from kb.text import grams
from kb.titles import elsewhere, named
from kb.types import Hit, Passage, Status

logger = logging.getLogger(__name__)

Live = Callable[[Collection[str]], Collection[str]]
Scored = list[tuple[Passage, float]]


@dataclass(frozen=True, slots=True)
class Retriever:
    embedder: Embedder
    vectors: VectorIndex
    texts: TextIndex
    config: Config

    def find(self, asked: Asked, live: Live | None = None) -> tuple[Hit, ...]:
        """Every candidate that may be shown now, best first. `live` is called at most once."""
        if not asked.text:
            return ()
        wanted = self.config.candidates * (self.config.overfetch if live else 1)
        dense, lexical = self._dense(asked, wanted), self.texts.search(grams(asked.expanded), wanted)
        if live:
            shown = set(live({passage.source for passage, _ in (*dense, *lexical)}))
            dense = [pair for pair in dense if pair[0].source in shown]
            lexical = [pair for pair in lexical if pair[0].source in shown]
        kept = self.config.candidates
        hits = fuse(dense[:kept], lexical[:kept], self.config.dense_weight)
        return tuple(sorted((self._weighed(hit, asked) for hit in hits), key=lambda hit: -hit.score))

    def _dense(self, asked: Asked, k: int) -> Scored:
        try:
            # one text: embedding is nearly all that a search costs
            return self.vectors.search(self.embedder.questions([asked.expanded])[0], k)
        except IndexUnavailable as error:
            logger.warning("Only the text index is searched: %s", error)
            return []

    def _weighed(self, hit: Hit, asked: Asked) -> Hit:
        """A little more for the text that is named, less for what is superseded or holds elsewhere only."""
        title, config = hit.passage.title, self.config
        score = hit.score + config.named_bonus * named(title, asked.text)
        score -= config.superseded_penalty * (hit.passage.status is Status.SUPERSEDED)
        score -= config.elsewhere_penalty * elsewhere(title, asked.text, config.home)
        return Hit(hit.passage, min(max(score, 0.0), 1.0), hit.similarity)


def fuse(dense: Scored, lexical: Scored, weight: float) -> list[Hit]:
    """Each list's scores min-max normalised, then weight × dense + (1 − weight) × lexical, in no order."""
    if not dense:
        weight = 0
    cosines = {passage.key: score for passage, score in dense}
    near, matching = scaled(dense), scaled(lexical)
    passages = {passage.key: passage for passage, _ in (*lexical, *dense)}
    return [
        Hit(
            passage,
            weight * near.get(key, 0.0) + (1 - weight) * matching.get(key, 0.0),
            cosines.get(key, 0.0),
        )
        for key, passage in passages.items()
    ]


def scaled(found: Scored) -> dict[str, float]:
    """Scores by key, the least 0 and the greatest 1 (all 1 where they are equal)."""
    if not found:
        return {}
    scores = [score for _, score in found]
    low, span = min(scores), max(scores) - min(scores)
    return {passage.key: (score - low) / span if span else 1.0 for passage, score in found}
