"""Vectors in Chroma: a server for several processes, or a folder for one.

Each audience has two collections: `<name>` for the words of passages and `<name>.asked` for their likely questions.
While a rebuilt index takes over, `<name>-retired…` is what was there before, and is read until it is done.
"""

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kb.ports import PUBLIC, IndexUnavailable, Keyed, Vectors
from kb.types import Passage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

PAGE = 5000
# keys written at a time: about a second's work for a busy server
BATCH = 200
# seconds after which a server that accepts and does not answer counts as out of reach
PATIENCE = 10
# seconds for which it then is not asked again, so that not every question waits for it
REST = 30
SPACE: Any = {"hnsw": {"space": "cosine", "ef_search": 200, "ef_construction": 200}}
_KEY = re.compile(r"~\d+$")
T = TypeVar("T")


class ChromaVectorIndex:
    """It connects on first use, and again after a failure, so a site starts without it.

    `model` names what makes the vectors; those that another one has made are neither searched nor added to.
    """

    def __init__(
        self, collection: str, url: str | None = None, folder: Path | None = None, model: str = ""
    ) -> None:
        self.collection, self.model, self._url, self._folder = collection, model, url, folder
        self._client: ClientAPI | None = None
        self._held: dict[str, Collection] = {}
        self._rests_until = 0.0

    def replace(
        self, source: str, passages: Sequence[Passage], words: Keyed, questions: Keyed, audience: str = PUBLIC
    ) -> None:
        """Written first, so that the source is never missing in between; then other audiences lose it."""
        keys = [_key(passages[owner], at, len(passages)) for at, owner in enumerate(words.owners)]
        asked = [_key(passages[owner], at, 0) for at, owner in enumerate(questions.owners)]

        def act() -> None:
            mine = self._names(audience)
            for name in self._all():
                if name not in mine:
                    self._leave(name, source)
            self._fill(self._made(mine[0]), source, keys, words.vectors)
            if asked or mine[1] in self._all():
                self._fill(self._made(mine[1]), source, asked, questions.vectors)

        self._call(act)

    def forget(self, source: str) -> None:
        def act() -> None:
            for name in self._all():
                self._leave(name, source)

        self._call(act)

    def search(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        return self._search(0, vector, k, audiences, only)

    def asked(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        return self._search(1, vector, k, audiences, only)

    def count(self) -> int:
        """Of passages: their further keys are counted out."""
        return self._call(lambda: sum(len(self._wholes(name)) for name in self._all() if _is_words(name)))

    def sources(self) -> set[str]:
        found = self._call(lambda: [key for name in self._all() for key in self._wholes(name)])
        return {key.rsplit("#", 1)[0] for key in found}

    def take_over(self, name: str) -> None:
        """These collections take the names of others, which are deleted: how a rebuilt index goes live.

        Whoever reads the others reads on until they are gone, and finds these afterwards.
        """

        def act() -> None:
            self._made(self.collection)
            self._rename(name, _retired(name))
            self._rename(self.collection, name)
            self._clear(_retired(name))

        self._call(act)
        self.collection = name
        self._held = {}

    def drop(self) -> None:
        """Nothing of it is left: what an interrupted rebuild leaves behind."""
        self._call(lambda: self._clear(self.collection))
        self._held = {}

    def _rename(self, name: str, other: str) -> None:
        """What already has the other name was left by a swap that was cut off: its successor is here."""
        client = self._connected()
        for old in _family(client, name):
            new = other + old.removeprefix(name)
            if new in _family(client, other):
                client.delete_collection(new)
            client.get_collection(old, embedding_function=None).modify(name=new)

    def _clear(self, name: str) -> None:
        for one in _family(self._connected(), name):
            self._connected().delete_collection(one)

    def _search(
        self, shelf: int, vector: Vectors, k: int, audiences: Sequence[str], only: str | None
    ) -> list[tuple[str, float]]:
        def act() -> list[tuple[str, float]]:
            shelves = [self._names(audience)[shelf] for audience in dict.fromkeys(audiences)]
            return [pair for name in shelves for pair in self._nearest(name, vector, k, only)]

        return sorted(self._call(act), key=lambda pair: -pair[1])[:k]

    def _nearest(self, name: str, vector: Vectors, k: int, only: str | None) -> list[tuple[str, float]]:
        """Stamps of the passages that the k nearest keys lead to, with their best cosine; nothing else is fetched."""
        held = self._opened(name)
        if held is None or not self._is_ours(held):
            return []
        # no `where` but for one source: with a filter a query takes some thirty times as long
        within: Any = {"where": {"source": only}} if only else {}
        found: Any = held.query(
            query_embeddings=vector[None, :], n_results=k, include=["distances"], **within
        )
        best: dict[str, float] = {}
        for key, distance in zip(found["ids"][0], found["distances"][0], strict=True):
            best.setdefault(_KEY.sub("", key), 1 - distance)
        return list(best.items())

    def _fill(self, held: "Collection", source: str, keys: Sequence[str], vectors: Vectors) -> None:
        """Keys and vectors; what a passage says stands in the text index alone."""
        if not self._is_ours(held):
            raise IndexUnavailable(f"Chroma: {held.name} was made with another model; rebuild the index")
        stale = set(_keys(held, source)) - set(keys)
        for at in range(0, len(keys), BATCH):
            some = list(keys[at : at + BATCH])
            held.upsert(
                ids=some, embeddings=vectors[at : at + BATCH], metadatas=[{"source": source}] * len(some)
            )
        _delete(held, sorted(stale))

    def _leave(self, name: str, source: str) -> None:
        if held := self._opened(name):
            _delete(held, _keys(held, source))

    def _is_ours(self, held: "Collection") -> bool:
        """Whether the model whose vectors we have made these too; older collections do not say."""
        return bool((held.metadata or {}).get("model", self.model) == self.model)

    def _wholes(self, name: str) -> list[str]:
        held, found, at = self._opened(name), list[str](), 0
        while held and (page := held.get(include=[], limit=PAGE, offset=at)["ids"]):
            found += [key for key in page if not _KEY.search(key)]
            at += PAGE
        return found

    def _names(self, audience: str) -> tuple[str, str]:
        base = self.collection if audience == PUBLIC else f"{self.collection}.{audience}"
        return base, f"{base}.asked"

    def _all(self) -> list[str]:
        return _family(self._connected(), self.collection)

    def _call(self, act: Callable[[], T]) -> T:
        """What Chroma or the network raises becomes IndexUnavailable.

        A collection that is gone has been swapped for another of the same name: it is opened once more.
        """
        from chromadb.errors import NotFoundError
        from httpx import TimeoutException

        if time.monotonic() < self._rests_until:
            raise IndexUnavailable("Chroma did not answer in time a moment ago")
        try:
            try:
                return act()
            except NotFoundError:
                self._held = {}
                return act()
        except IndexUnavailable:
            raise
        except Exception as error:  # what it does not know by name its client raises as a bare Exception
            self._client, self._held = None, {}
            if isinstance(error, TimeoutException):
                self._rests_until = time.monotonic() + REST
            raise IndexUnavailable(f"Chroma: {error}") from error

    def _opened(self, name: str) -> "Collection | None":
        """To be read; None where it is not there. In the moment of a swap it is the one that is to go."""
        if name not in self._held:
            client, retired = self._connected(), _retired(self.collection)
            there = {one.name: one for one in client.list_collections()}
            found = there.get(name) or there.get(retired + name.removeprefix(self.collection))
            if found is None:
                return None
            self._held[name] = client.get_collection(found.name, embedding_function=None)
        return self._held[name]

    def _made(self, name: str) -> "Collection":
        """To be written to."""
        client = self._connected()
        if name not in _family(client, self.collection):
            data = {"model": self.model} if self.model else None
            self._held[name] = client.get_or_create_collection(
                name, embedding_function=None, configuration=SPACE, metadata=data
            )
        elif name not in self._held or self._held[name].name != name:
            self._held[name] = client.get_collection(name, embedding_function=None)
        return self._held[name]

    def _connected(self) -> "ClientAPI":
        if self._client is None:
            self._client = _client(self._url, self._folder)
        return self._client


def _client(url: str | None, folder: Path | None) -> "ClientAPI":
    if url:
        from kb.adapters.chroma_client import PatientClient

        return PatientClient(url, PATIENCE)
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def _retired(name: str) -> str:
    return f"{name}-retired"


def _family(client: "ClientAPI", name: str) -> list[str]:
    return [one.name for one in client.list_collections() if f"{one.name}.".startswith(f"{name}.")]


def _is_words(name: str) -> bool:
    return not name.endswith(".asked")


def _keys(held: "Collection", source: str) -> list[str]:
    return list(held.get(where={"source": source}, include=[])["ids"])


def _delete(held: "Collection", keys: Sequence[str]) -> None:
    for at in range(0, len(keys), BATCH):
        held.delete(ids=list(keys[at : at + BATCH]))


def _key(passage: Passage, at: int, wholes: int) -> str:
    """The passage's stamp; a further key that leads to it has a number behind it."""
    return passage.stamp if at < wholes else f"{passage.stamp}~{at}"
