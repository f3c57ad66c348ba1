"""From a question to passages: both indexes asked, their scores fused, what may not be shown left out."""

import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb.config import Config
from kb.ports import PUBLIC, Embedder, IndexUnavailable, TextIndex, VectorIndex
from kb.question import Asked
from kb.text import grams
from kb.titles import authority, elsewhere, named
from kb.types import Hit, Passage, Status

# what stands in quotation marks stands so in the text that is meant
_QUOTED = re.compile("[“「『‘]([^”」』’]{2,20})[”」』’]")

logger = logging.getLogger(__name__)

Live = Callable[[Collection[str]], Collection[str]]
# keys or stamps of passages, best first
Named = list[tuple[str, float]]
Scored = list[tuple[Passage, float]]
# how many likely questions are looked at
LIKELY = 60
# characters of a question that are embedded; each costs more than half a millisecond
EMBEDDED = 48


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, and of what: `live` says what may be shown now, `only` names one source."""

    live: Live | None = None
    audiences: Sequence[str] = (PUBLIC,)
    only: str | None = None


EVERYBODY = Scope()


@dataclass(frozen=True, slots=True)
class Retriever:
    embedder: Embedder
    vectors: VectorIndex
    texts: TextIndex
    config: Config

    def find(self, asked: Asked, scope: Scope = EVERYBODY) -> tuple[Hit, ...]:
        """Every candidate that may be shown now, best first. `live` is called at most once."""
        if not asked.text:
            return ()
        wanted = self.config.candidates * (self.config.overfetch if scope.live else 1)
        near, likely = self._dense(asked, wanted, scope)
        matching = self.texts.search(grams(asked.expanded), wanted, scope.audiences, scope.only)
        found = self._allowed([near, likely, matching], scope.live)
        dense, asked_before, lexical = self._looked_up(*found)
        hits = fuse(dense, lexical, self.config.dense_weight)
        hits = self._asked_before(hits, asked_before)
        return tuple(sorted(self._weighed(hits, asked), key=lambda hit: -hit.score))

    def _dense(self, asked: Asked, k: int, scope: Scope) -> tuple[Named, Named]:
        """By what passages say, and by the questions they are likely to be asked. The question goes as it was typed:
        embedding is nearly all that a search costs, and the glossary's terms do their work in the text index."""
        try:
            vector = self.embedder.questions([_ends(asked.text)])[0]
            said = self.vectors.search(vector, k, scope.audiences, scope.only)
            return said, self.vectors.asked(vector, LIKELY, scope.audiences, scope.only)
        except Exception as error:  # a model or a server: the words are still there to be searched
            logger.warning(
                "Only the text index is searched: %s", error, exc_info=not isinstance(error, IndexUnavailable)
            )
            return [], []

    def _allowed(self, lists: Sequence[Named], live: Live | None) -> list[Named]:
        """Of each list as many as are candidates, of sources that may be shown now."""
        if live:
            shown = set(live({_source(name) for named in lists for name, _ in named}))
            lists = [[pair for pair in named if _source(pair[0]) in shown] for named in lists]
        return [named[: self.config.candidates] for named in lists]

    def _looked_up(self, near: Named, likely: Named, matching: Named) -> tuple[Scored, Scored, Scored]:
        """Vectors may lag behind, or be yesterday's copy: what a passage says is for the text index to say."""
        stamps = [stamp for stamp, _ in (*near, *likely)]
        keys = {stamp.rpartition("@")[0] for stamp in stamps} | {key for key, _ in matching}
        held = self.texts.passages(keys)
        by_stamp = {passage.stamp: passage for passage in held.values()}
        return _among(by_stamp, near), _among(by_stamp, likely), _among(held, matching)

    def _asked_before(self, hits: list[Hit], likely: Scored) -> list[Hit]:
        """More for passages with a likely question that is nearly the one asked: the square keeps quiet what is
        only of the same kind."""
        config, known = self.config, {hit.passage.key for hit in hits}
        span = config.likely_to - config.likely_from
        near = {p.key: min(max((cosine - config.likely_from) / span, 0.0), 1.0) for p, cosine in likely}
        least = min((hit.similarity for hit in hits), default=0.0)
        hits = hits + [Hit(passage, 0.0, least) for passage, _ in likely if passage.key not in known]
        return [
            replace(hit, score=hit.score + config.likely_weight * share**2, asked=share)
            if (share := near.get(hit.passage.key))
            else hit
            for hit in hits
        ]

    def _weighed(self, hits: Sequence[Hit], asked: Asked) -> Iterator[Hit]:
        """A little more for the text that is named or quoted and for higher rules, less for what is superseded
        or holds elsewhere only."""
        config, quotes = self.config, _QUOTED.findall(asked.text)
        by_title = {title: self._standing(title, asked) for title in {hit.passage.title for hit in hits}}
        for hit in hits:
            score = hit.score + by_title[hit.passage.title]
            score += config.named_bonus * any(quote in hit.passage.text for quote in quotes)
            score -= config.superseded_penalty * (hit.passage.status is Status.SUPERSEDED)
            yield replace(hit, score=max(score, 0.0))

    def _standing(self, title: str, asked: Asked) -> float:
        config = self.config
        standing = config.named_bonus * named(title, asked.text)
        standing += config.authority_bonus * authority(title, asked.text, config.home)
        return standing - config.elsewhere_penalty * elsewhere(title, asked.text, config.home)


def _ends(question: str) -> str:
    """Of a long question its beginning and its end: there stands what it is about and what it asks."""
    half = EMBEDDED // 2
    return question if len(question) <= EMBEDDED else question[:half] + question[-half:]


def _source(name: str) -> str:
    """Of a passage's key or stamp."""
    return name.rpartition("#")[0]


def _among(held: Mapping[str, Passage], found: Named) -> Scored:
    return [(held[name], score) for name, score in found if name in held]


def fuse(dense: Scored, lexical: Scored, weight: float) -> list[Hit]:
    """Each list's scores min-max normalised, then weight × dense + (1 − weight) × lexical, in no order.

    What is not among the dense ones is at most as near as the last of them, and counts as that.
    """
    if not dense:
        weight = 0
    cosines = {passage.key: score for passage, score in dense}
    least = min(cosines.values(), default=0.0)
    near, matching = scaled(dense), scaled(lexical)
    passages = {passage.key: passage for passage, _ in (*lexical, *dense)}
    return [
        Hit(
            passage,
            weight * near.get(key, 0.0) + (1 - weight) * matching.get(key, 0.0),
            cosines.get(key, least),
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
