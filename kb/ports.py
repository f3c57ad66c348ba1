"""What the knowledge base needs from outside, one ability each."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.types import Passage

Vectors = NDArray[np.float32]


# who may read what everybody may read; any other audience is a name that the site gives
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Keyed:
    """Vectors of shape (n, d); the i-th leads to the passage at `owners[i]`."""

    owners: Sequence[int]
    vectors: Vectors


class IndexUnavailable(Exception):
    """A store cannot be reached now; the same call may succeed later."""


class Embedder(Protocol):
    """Texts become unit vectors: n texts give an array of shape (n, d), float32."""

    @property
    def name(self) -> str: ...

    def documents(self, texts: Sequence[str]) -> Vectors: ...

    def questions(self, texts: Sequence[str]) -> Vectors: ...


class VectorIndex(Protocol):
    """Passages by the direction of their vectors, known by their stamps; scores are cosines. Any call may raise IndexUnavailable.

    Each audience has a store of its own, so that nobody's search passes by what he may not read.
    """

    def replace(
        self, source: str, passages: Sequence[Passage], words: Keyed, questions: Keyed, audience: str = PUBLIC
    ) -> None:
        """The source's passages become these, for this audience and no other.

        `words` begins with one vector a passage, in order.
        """
        ...

    def forget(self, source: str) -> None: ...

    def search(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        """Stamps of the passages that the k keys nearest to a vector of shape (d,) lead to, best first; of one source
        if asked."""
        ...

    def asked(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        """The same by likely questions."""
        ...

    def count(self) -> int:
        """How many passages there are, for all audiences together."""
        ...

    def sources(self) -> set[str]: ...


class TextIndex(Protocol):
    """Passages by the grams (`kb.text.grams`) of their `embedded` text; scores are BM25, more is better."""

    def replace(self, source: str, passages: Sequence[Passage]) -> None: ...

    def forget(self, source: str) -> None: ...

    def search(
        self, grams: Sequence[str], k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        """Keys of the k passages, of one source if asked, that hold any of the grams, best first.

        Those of other audiences are left out where the index knows of them, so that they do not use up the k.
        """
        ...

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]:
        """In how many passages each gram occurs; grams that occur nowhere may be left out."""
        ...

    def passages(self, keys: Collection[str]) -> Mapping[str, Passage]:
        """Those that there are, by their keys."""
        ...

    def count(self) -> int: ...


class Reader(Protocol):
    def read(self, question: str, excerpts: Sequence[str]) -> list[float]:
        """For each excerpt the probability, 0 to 1, that it answers the question."""
        ...


class ChatUnavailable(Exception):
    """The chat model cannot be reached now, or answers nothing that makes sense."""


class ChatModel(Protocol):
    def reply(self, instructions: str, text: str) -> str:
        """What the model says to the text. Raises ChatUnavailable."""
        ...

    def stream(self, instructions: str, text: str) -> AsyncGenerator[str, None]:
        """The same in pieces as they come, none of them empty. Raises ChatUnavailable, also where the reply breaks off.

        To close it ends the reply and gives the connection back.
        """
        ...
