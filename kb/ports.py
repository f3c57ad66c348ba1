"""What the knowledge base needs from outside, one ability each."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.types import Passage

Vectors = NDArray[np.float32]


class IndexUnavailable(Exception):
    """A store cannot be reached now; the same call may succeed later."""


class Embedder(Protocol):
    """Texts become unit vectors: n texts give an array of shape (n, d), float32."""

    @property
    def name(self) -> str: ...

    def documents(self, texts: Sequence[str]) -> Vectors: ...

    def questions(self, texts: Sequence[str]) -> Vectors: ...


class VectorIndex(Protocol):
    """Passages by the direction of their vectors; scores are cosines. Any call may raise IndexUnavailable."""

    def replace(self, source: str, passages: Sequence[Passage], vectors: Vectors) -> None: ...

    def forget(self, source: str) -> None: ...

    def search(self, vector: Vectors, k: int) -> list[tuple[Passage, float]]:
        """The k passages nearest to a vector of shape (d,), best first."""
        ...

    def count(self) -> int: ...

    def sources(self) -> set[str]: ...


class TextIndex(Protocol):
    """Passages by the grams (`kb.text.grams`) of their `embedded` text; scores are BM25, more is better."""

    def replace(self, source: str, passages: Sequence[Passage]) -> None: ...

    def forget(self, source: str) -> None: ...

    def search(self, grams: Sequence[str], k: int) -> list[tuple[Passage, float]]:
        """The k passages that hold any of the grams, best first."""
        ...

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]:
        """In how many passages each gram occurs; grams that occur nowhere may be left out."""
        ...

    def count(self) -> int: ...


class Reader(Protocol):
    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """For each excerpt the probability, 0 to 1, that it answers the question."""
        ...
