"""What a database has to be able to do, whichever it is; each kind has an implementation of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from academy.library.models import Passage as Row
from academy.library.models import Source
from kb.text import grams
from kb.types import Passage, Status

PASSAGES = Row._meta.db_table
COLUMNS = ("source_key", "ordinal", "title", "path", "text", "anchor", "page", "status")
SOURCES = Source._meta.db_table


@dataclass(frozen=True, slots=True)
class Written:
    """A passage, the number of its row, and its grams."""

    pk: int
    passage: Passage
    grams: Sequence[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: in one source, or in all but those of other audiences; with neither, everywhere."""

    only: str | None = None
    audiences: Sequence[str] = ()

    def others(self) -> tuple[str, list[str]]:
        """The keys of what other audiences read, as a query and its values."""
        marks = ", ".join(["%s"] * len(self.audiences))
        return f"SELECT key FROM {SOURCES} WHERE audience NOT IN ({marks})", list(self.audiences)


class Words(Protocol):
    """The grams of all passages. Writing is done inside a transaction."""

    def __init__(self, using: str) -> None: ...

    def create(self) -> None:
        """The tables, where there are none."""
        ...

    def drop(self) -> None: ...

    def order(self, source: str) -> None:
        """Whoever else writes this source's waits until the transaction has ended."""
        ...

    def add(self, source: str, written: Sequence[Written]) -> None: ...

    def forget(self, source: str) -> None:
        """Before its passages' rows go."""
        ...

    def search(self, frequency: Mapping[str, int], k: int, scope: Scope) -> list[tuple[str, int, float]]:
        """Source, ordinal and BM25 of the k passages that hold any of the grams, best first."""
        ...

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]: ...

    def says(self, phrase: Sequence[str]) -> bool:
        """Whether any passage holds these grams one after the other."""
        ...


def grams_of(passage: Passage) -> list[str]:
    return grams(passage.embedded)


def read(
    source: str, ordinal: int, title: str, path: str, text: str, anchor: str, page: int | None, status: str
) -> Passage:
    """From a row as it is: a hundred of them a question are too many for models."""
    return Passage(source, ordinal, title, tuple(json.loads(path)), text, anchor, page, Status(status))
