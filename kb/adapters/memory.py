"""Real but forgetful stores: the whole site runs and is tested on them, without weights or servers."""

import math
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.ports import PUBLIC, Keyed, Vectors
from kb.text import grams
from kb.types import Passage

K1, B = 1.2, 0.75


class HashingEmbedder:
    """Grams hashed into a unit vector: the same text always has the same direction, alike texts are near."""

    def __init__(self, size: int = 512) -> None:
        self.size = size

    @property
    def name(self) -> str:
        return f"hashing-{self.size}"

    def documents(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.size), np.float32)
        return np.stack([self._vector(text) for text in texts])

    questions = documents

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.size, np.float32)
        for gram, times in Counter(grams(text)).items():
            digest = zlib.crc32(gram.encode())
            vector[digest % self.size] += math.sqrt(times) * (1 if digest & 1 << 31 else -1)
        return vector / (np.linalg.norm(vector) or np.float32(1))


class MemoryVectorIndex:
    """Cosines by one matrix product."""

    def __init__(self) -> None:
        self._held: dict[str, _Shelf] = {}

    def replace(
        self, source: str, passages: Sequence[Passage], words: Keyed, questions: Keyed, audience: str = PUBLIC
    ) -> None:
        self._held[source] = _Shelf(audience, [passage.stamp for passage in passages], words, questions)

    def forget(self, source: str) -> None:
        self._held.pop(source, None)

    def search(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        return _nearest([(shelf.stamps, shelf.words) for shelf in self._open(audiences, only)], vector, k)

    def asked(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        return _nearest([(shelf.stamps, shelf.questions) for shelf in self._open(audiences, only)], vector, k)

    def count(self) -> int:
        return sum(len(shelf.stamps) for shelf in self._held.values())

    def _open(self, audiences: Sequence[str], only: str | None) -> list["_Shelf"]:
        return [
            shelf
            for source, shelf in self._held.items()
            if shelf.audience in audiences and only in (None, source)
        ]

    def sources(self) -> set[str]:
        return set(self._held)


def _nearest(
    shelves: Iterable[tuple[Sequence[str], Keyed]], vector: Vectors, k: int
) -> list[tuple[str, float]]:
    """Each passage once, with the cosine of its nearest key."""
    best: dict[str, float] = {}
    for stamps, keyed in shelves:
        for owner, score in zip(keyed.owners, keyed.vectors @ vector, strict=True):
            best[stamps[owner]] = max(best.get(stamps[owner], -1.0), float(score))
    return sorted(best.items(), key=lambda pair: -pair[1])[:k]


@dataclass(frozen=True, slots=True)
class _Shelf:
    audience: str
    stamps: Sequence[str]
    words: Keyed
    questions: Keyed


class MemoryTextIndex:
    """BM25 as SQLite's FTS5 computes it (k1 = 1.2, b = 0.75; an idf that would be negative becomes 1e-6).

    Source: https://www.sqlite.org/fts5.html#the_bm25_function
    """

    def __init__(self) -> None:
        self._held: dict[str, list[tuple[Passage, Counter[str], int]]] = {}
        self._frequency: Counter[str] = Counter()

    def replace(self, source: str, passages: Sequence[Passage]) -> None:
        self.forget(source)
        rows = []
        for passage in passages:
            counts = Counter(grams(passage.embedded))
            self._frequency.update(counts.keys())
            rows.append((passage, counts, counts.total()))
        self._held[source] = rows

    def forget(self, source: str) -> None:
        for _, counts, _ in self._held.pop(source, []):
            self._frequency.subtract(counts.keys())

    def search(
        self, grams: Sequence[str], k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        rows = [row for rows in self._held.values() for row in rows]
        mean = sum(length for _, _, length in rows) / max(len(rows), 1)
        weights = {gram: self._idf(gram, len(rows)) for gram in set(grams)}
        found = []
        for passage, counts, length in rows:
            norm = K1 * (1 - B + B * length / (mean or 1))
            hits = [(counts[gram], weight) for gram, weight in weights.items() if gram in counts]
            if hits and only in (None, passage.source):
                found.append((passage.key, sum(w * n * (K1 + 1) / (n + norm) for n, w in hits)))
        return sorted(found, key=lambda pair: -pair[1])[:k]

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]:
        return {gram: self._frequency[gram] for gram in set(grams)}

    def passages(self, keys: Collection[str]) -> Mapping[str, Passage]:
        return {mine.key: mine for rows in self._held.values() for mine, _, _ in rows if mine.key in keys}

    def count(self) -> int:
        return sum(len(rows) for rows in self._held.values())

    def _idf(self, gram: str, rows: int) -> float:
        n = self._frequency[gram]
        return max(math.log((rows - n + 0.5) / (n + 0.5)), 1e-6)
