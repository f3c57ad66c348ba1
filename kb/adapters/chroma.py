"""Vectors in Chroma: a server for several processes, or a folder for one."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from kb.ports import IndexUnavailable, Vectors
from kb.types import Passage, Status

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

PAGE = 5000
SPACE: Any = {"hnsw": {"space": "cosine", "ef_search": 200, "ef_construction": 200}}
T = TypeVar("T")


class ChromaVectorIndex:
    """One collection. It connects on first use, and again after a failure, so a site starts without it."""

    def __init__(self, collection: str, url: str | None = None, folder: Path | None = None) -> None:
        self.collection, self._url, self._folder = collection, url, folder
        self._client: ClientAPI | None = None
        self._held: Collection | None = None

    def replace(self, source: str, passages: Sequence[Passage], vectors: Vectors) -> None:
        """The source's passages become these: written first, so that it is never missing in between."""
        self._call(lambda held: self._replace(held, source, passages, vectors))

    def forget(self, source: str) -> None:
        self._call(lambda held: self._delete(held, _keys(held, source)))

    def search(self, vector: Vectors, k: int) -> list[tuple[Passage, float]]:
        # no `where`: with a filter a query takes some thirty times as long
        found: Any = self._call(
            lambda held: held.query(
                query_embeddings=vector[None, :], n_results=k, include=["documents", "metadatas", "distances"]
            )
        )
        rows = zip(found["documents"][0], found["metadatas"][0], found["distances"][0], strict=True)
        # a deleted vector can still be found in the graph; it has no document any more
        return [(_passage(text, data), 1 - distance) for text, data, distance in rows if text and data]

    def count(self) -> int:
        return self._call(lambda held: int(held.count()))

    def sources(self) -> set[str]:
        return self._call(_sources)

    def take_over(self, name: str) -> None:
        """This collection takes the name of another, which is deleted: how a rebuilt index goes live."""
        self._call(lambda held: self._rename(held, name))
        self.collection = name

    def _replace(
        self, held: "Collection", source: str, passages: Sequence[Passage], vectors: Vectors
    ) -> None:
        stale = set(_keys(held, source)) - {passage.key for passage in passages}
        step = self._batch()
        for at in range(0, len(passages), step):
            batch = passages[at : at + step]
            held.upsert(
                ids=[passage.key for passage in batch],
                embeddings=vectors[at : at + step],
                documents=[passage.text for passage in batch],
                metadatas=[_metadata(passage) for passage in batch],
            )
        self._delete(held, sorted(stale))

    def _delete(self, held: "Collection", keys: Sequence[str]) -> None:
        step = self._batch()
        for at in range(0, len(keys), step):
            held.delete(ids=list(keys[at : at + step]))

    def _batch(self) -> int:
        return int(self._connected().get_max_batch_size())

    def _rename(self, held: "Collection", name: str) -> None:
        client = self._connected()
        if name in {other.name for other in client.list_collections()}:
            client.delete_collection(name)
        held.modify(name=name)

    def _call(self, act: "Callable[[Collection], T]") -> T:
        """`act` on the collection; what Chroma or the network raises becomes IndexUnavailable.

        A collection that is gone has been swapped for another of the same name: it is opened once more.
        """
        from chromadb.errors import ChromaError, NotFoundError
        from httpx import HTTPError

        try:
            try:
                return act(self._held or self._opened())
            except NotFoundError:
                return act(self._opened())
        except (ChromaError, HTTPError, OSError, ValueError) as error:
            self._client = self._held = None
            raise IndexUnavailable(f"Chroma: {error}") from error

    def _opened(self) -> "Collection":
        self._held = self._connected().get_or_create_collection(
            self.collection, embedding_function=None, configuration=SPACE
        )
        return self._held

    def _connected(self) -> "ClientAPI":
        import chromadb
        from chromadb.config import Settings

        if self._client is None:
            quiet = Settings(anonymized_telemetry=False)
            if self._url:
                place = urlsplit(self._url)
                self._client = chromadb.HttpClient(
                    host=place.hostname or "localhost",
                    port=place.port or (443 if place.scheme == "https" else 8000),
                    ssl=place.scheme == "https",
                    settings=quiet,
                )
            else:
                self._client = chromadb.PersistentClient(path=str(self._folder), settings=quiet)
        return self._client


def _keys(held: "Collection", source: str) -> list[str]:
    return list(held.get(where={"source": source}, include=[])["ids"])


def _sources(held: "Collection") -> set[str]:
    found: set[str] = set()
    at = 0
    while page := held.get(include=["metadatas"], limit=PAGE, offset=at)["metadatas"]:
        found.update(str(data["source"]) for data in page)
        at += PAGE
    return found


def _metadata(passage: Passage) -> dict[str, str | int]:
    data: dict[str, str | int] = {
        "source": passage.source,
        "ordinal": passage.ordinal,
        "title": passage.title,
        "path": json.dumps(passage.path, ensure_ascii=False),
        "anchor": passage.anchor,
        "status": passage.status.value,
    }
    return data | ({"page": passage.page} if passage.page is not None else {})


def _passage(text: str, data: dict[str, Any]) -> Passage:
    return Passage(
        source=data["source"],
        ordinal=int(data["ordinal"]),
        title=data["title"],
        path=tuple(json.loads(data["path"])),
        text=text,
        anchor=data["anchor"],
        page=data.get("page"),
        status=Status(data["status"]),
    )
