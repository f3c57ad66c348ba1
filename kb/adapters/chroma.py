"""Vectors in Chroma: a server for several processes, or a folder for one.

Each audience has two collections: `<name>` for the words of passages and `<name>.asked` for their likely questions.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from kb.ports import PUBLIC, IndexUnavailable, Keyed, Vectors
from kb.types import Passage, Status

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

PAGE = 5000
# seconds after which a server that accepts and does not answer counts as out of reach
PATIENCE = 10
# keys asked for in place of each passage wanted: a long passage has several
FURTHER = 2
SPACE: Any = {"hnsw": {"space": "cosine", "ef_search": 200, "ef_construction": 200}}
_KEY = re.compile(r"~\d+$")
T = TypeVar("T")


class ChromaVectorIndex:
    """It connects on first use, and again after a failure, so a site starts without it."""

    def __init__(self, collection: str, url: str | None = None, folder: Path | None = None) -> None:
        self.collection, self._url, self._folder = collection, url, folder
        self._client: ClientAPI | None = None
        self._held: dict[str, Collection] = {}

    def replace(
        self, source: str, passages: Sequence[Passage], words: Keyed, questions: Keyed, audience: str = PUBLIC
    ) -> None:
        """Written first, so that the source is never missing in between; then other audiences lose it."""
        rows = [_row(passages[owner], at, len(passages)) for at, owner in enumerate(words.owners)]
        asked = [_further(passages[owner], at) for at, owner in enumerate(questions.owners)]

        def act() -> None:
            mine = self._names(audience)
            for name in self._all():
                if name not in mine:
                    self._delete(self._opened(name), _keys(self._opened(name), source))
            self._fill(mine[0], source, rows, words.vectors)
            if asked or mine[1] in self._all():
                self._fill(mine[1], source, asked, questions.vectors)

        self._call(act)

    def forget(self, source: str) -> None:
        def act() -> None:
            for name in self._all():
                self._delete(self._opened(name), _keys(self._opened(name), source))

        self._call(act)

    def search(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[Passage, float]]:
        return self._search(0, vector, k, audiences, only)

    def asked(
        self, vector: Vectors, k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[Passage, float]]:
        return self._search(1, vector, k, audiences, only)

    def count(self) -> int:
        """Of passages: their further keys are counted out."""
        return self._call(lambda: sum(len(self._wholes(name)) for name in self._all() if _is_words(name)))

    def sources(self) -> set[str]:
        found = self._call(lambda: [key for name in self._all() for key in self._wholes(name)])
        return {key.rsplit("#", 1)[0] for key in found}

    def take_over(self, name: str) -> None:
        """These collections take the names of others, which are deleted: how a rebuilt index goes live."""

        def act() -> None:
            client, mine = self._connected(), self._all()
            self._opened(self.collection)
            for old in _family(client, name):
                client.delete_collection(old)
            for fresh in {*mine, self.collection}:
                self._opened(fresh).modify(name=name + fresh.removeprefix(self.collection))

        self._call(act)
        self.collection = name
        self._held = {}

    def drop(self) -> None:
        """Nothing of it is left: what an interrupted rebuild leaves behind."""

        def act() -> None:
            for name in self._all():
                self._connected().delete_collection(name)

        self._call(act)
        self._held = {}

    def _search(
        self, shelf: int, vector: Vectors, k: int, audiences: Sequence[str], only: str | None
    ) -> list[tuple[Passage, float]]:
        def act() -> list[tuple[Passage, float]]:
            names = [self._names(audience) for audience in dict.fromkeys(audiences)]
            return [pair for both in names for pair in self._found(both[shelf], both[0], vector, k, only)]

        return sorted(self._call(act), key=lambda pair: -pair[1])[:k]

    def _found(
        self, keys: str, words: str, vector: Vectors, k: int, only: str | None
    ) -> list[tuple[Passage, float]]:
        best = self._nearest(keys, vector, k, only)
        passages = self._passages(words, best) if best else {}
        return [(passages[key], score) for key, score in best.items() if key in passages]

    def _nearest(self, name: str, vector: Vectors, k: int, only: str | None) -> dict[str, float]:
        """Keys of passages with the cosine of their nearest key, best first."""
        if name not in self._held and name not in self._all():
            return {}
        # no `where` but for one source: with a filter a query takes some thirty times as long
        within: Any = {"where": {"source": only}} if only else {}
        found: Any = self._opened(name).query(
            query_embeddings=vector[None, :], n_results=k * FURTHER, include=["distances"], **within
        )
        best: dict[str, float] = {}
        for key, distance in zip(found["ids"][0], found["distances"][0], strict=True):
            best.setdefault(_KEY.sub("", key), 1 - distance)
        return dict(list(best.items())[:k])

    def _passages(self, name: str, keys: Iterable[str]) -> dict[str, Passage]:
        """Those that are there: a deleted vector can still be found in the graph."""
        found: Any = self._opened(name).get(ids=list(keys), include=["documents", "metadatas"])
        rows = zip(found["ids"], found["documents"], found["metadatas"], strict=True)
        return {key: _passage(text, data) for key, text, data in rows if text and data}

    def _fill(self, name: str, source: str, rows: Sequence[tuple[str, str, Any]], vectors: Vectors) -> None:
        held = self._opened(name)
        stale = set(_keys(held, source)) - {key for key, _, _ in rows}
        step = self._batch()
        for at in range(0, len(rows), step):
            batch = rows[at : at + step]
            held.upsert(
                ids=[key for key, _, _ in batch],
                embeddings=vectors[at : at + step],
                documents=[text for _, text, _ in batch],
                metadatas=[data for _, _, data in batch],
            )
        self._delete(held, sorted(stale))

    def _delete(self, held: "Collection", keys: Sequence[str]) -> None:
        step = self._batch()
        for at in range(0, len(keys), step):
            held.delete(ids=list(keys[at : at + step]))

    def _batch(self) -> int:
        return int(self._connected().get_max_batch_size())

    def _wholes(self, name: str) -> list[str]:
        found: list[str] = []
        at = 0
        while page := self._opened(name).get(include=[], limit=PAGE, offset=at)["ids"]:
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
        from chromadb.errors import ChromaError, NotFoundError
        from httpx import HTTPError

        try:
            try:
                return act()
            except NotFoundError:
                self._held = {}
                return act()
        except (ChromaError, HTTPError, OSError, ValueError) as error:
            self._client, self._held = None, {}
            raise IndexUnavailable(f"Chroma: {error}") from error

    def _opened(self, name: str) -> "Collection":
        if name not in self._held:
            self._held[name] = self._connected().get_or_create_collection(
                name, embedding_function=None, configuration=SPACE
            )
        return self._held[name]

    def _connected(self) -> "ClientAPI":
        if self._client is None:
            self._client = _client(self._url, self._folder)
        return self._client


def _client(url: str | None, folder: Path | None) -> "ClientAPI":
    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if not url:
        return chromadb.PersistentClient(path=str(folder), settings=quiet)
    place = urlsplit(url)
    client = chromadb.HttpClient(
        host=place.hostname or "localhost",
        port=place.port or (443 if place.scheme == "https" else 8000),
        ssl=place.scheme == "https",
        settings=quiet,
    )
    # it has no setting for this, and waits for ever
    server: Any = client
    server._server._session.timeout = PATIENCE
    return client


def _family(client: "ClientAPI", name: str) -> list[str]:
    return [one.name for one in client.list_collections() if f"{one.name}.".startswith(f"{name}.")]


def _is_words(name: str) -> bool:
    return not name.endswith(".asked")


def _keys(held: "Collection", source: str) -> list[str]:
    return list(held.get(where={"source": source}, include=[])["ids"])


def _row(passage: Passage, at: int, wholes: int) -> tuple[str, str, Any]:
    return (passage.key, passage.text, _metadata(passage)) if at < wholes else _further(passage, at)


def _further(passage: Passage, at: int) -> tuple[str, str, Any]:
    """A key that leads to a passage; the passage itself stands with its first key only."""
    return f"{passage.key}~{at}", "", {"source": passage.source}


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
