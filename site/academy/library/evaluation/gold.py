"""Which passage is the right one for a question, of what everybody may read now: that alone is evaluated."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Protocol

from wagtail.documents.models import Document as Upload

from academy.library.audiences import EVERYBODY
from academy.library.models import EvaluationResult, RegulationPage, Source
from academy.library.models import Passage as Row
from academy.library.models.source import State
from academy.library.sources import key_of
from ingest.likely import bare_title
from ingest.load import FORMATS
from ingest.load.naming import stem
from kb.ports import PUBLIC
from kb.text import squeeze
from kb.types import Passage, Status

# so many words are not in another text by chance (characters)
SURE = 6
# what the storage adds to a file's name where another has it already
_ADDED = re.compile(r"_[A-Za-z0-9]{7}(?=\.[^.]*$)")
# of a passage, as it is kept with a result (characters)
KEPT = 400
Trouble = EvaluationResult.Trouble


class Golden(Protocol):
    """A question with what is known of its answer; neither, where no text answers it."""

    @property
    def gold_doc(self) -> str: ...

    @property
    def gold_text(self) -> str: ...


def name_of(text: str) -> str:
    """A title, or a file's name, without format and edition."""
    return bare_title(stem(text) if PurePath(text).suffix.lower() in FORMATS else text)


@dataclass(frozen=True)
class Gold:
    """The keys of public sources by their names: those of their titles, and of their files."""

    names: dict[str, set[str]]

    @classmethod
    def now(cls) -> "Gold":
        in_public = Source.objects.live().filter(audience=PUBLIC).values_list("key", flat=True)
        keys = EVERYBODY.live_keys(set(in_public))
        names: dict[str, set[str]] = defaultdict(set)
        for title, key in (*_titles(keys), *_files(keys)):
            names[name_of(title)].add(key)
        return cls(dict(names))

    def is_right(self, passage: Passage, asked: Golden) -> bool:
        """It has the words, and is of the text, or of another one in force."""
        if not asked.gold_doc or not _has(passage.text, asked):
            return False
        is_sure = len(squeeze(asked.gold_text)) >= SURE and passage.status is Status.CURRENT
        return is_sure or passage.source in self.sources(asked)

    def sources(self, asked: Golden) -> set[str]:
        return self.names.get(name_of(asked.gold_doc), set())

    def place(self, asked: Golden) -> tuple[dict[str, Any], str]:
        """Where the right passage stands; nothing, and why, where there is none."""
        keys = self.sources(asked)
        if not keys:
            return {}, Trouble.NO_TEXT
        rows = Row.objects.filter(source_key__in=keys)
        row = next((row for row in rows.iterator() if _has(row.text, asked)), None)
        return (kept(as_passage(row)), "") if row else ({}, Trouble.NO_PASSAGE)


def kept(passage: Passage) -> dict[str, Any]:
    """A passage as it is kept with a result."""
    return {
        "source": passage.source,
        "ordinal": passage.ordinal,
        "title": passage.title,
        "place": passage.place,
        "text": passage.text[:KEPT],
    }


def as_passage(row: Row) -> Passage:
    return Passage(row.source_key, row.ordinal, row.title, tuple(row.path), row.text, page=row.page)


def _has(text: str, asked: Golden) -> bool:
    return squeeze(asked.gold_text) in squeeze(text)


def _titles(keys: Collection[str]) -> list[tuple[str, str]]:
    """Of sources, of the books that chapters belong to, and of files that say the same as another."""
    own = Source.objects.filter(key__in=keys).values_list("title", "key")
    books = Row.objects.order_by().values_list("title", "source_key").distinct()
    same = Source.objects.filter(state=State.DUPLICATE).values_list("title", "duplicate_of__key")
    return [(title, key) for title, key in (*own, *books, *same) if key in keys]


def _files(keys: Collection[str]) -> list[tuple[str, str]]:
    speaks = dict(Source.objects.filter(state=State.DUPLICATE).values_list("key", "duplicate_of__key"))
    uploads = [
        (name, key_of(Source.Kind.DOCUMENT, pk)) for pk, name in Upload.objects.values_list("pk", "file")
    ]
    pages = RegulationPage.objects.values_list("pk", "document__file")
    uploads += [(name, key_of(Source.Kind.PAGE, pk)) for pk, name in pages if name]
    said = [(name, speaks.get(key, key)) for name, key in uploads]
    spelt = [(spelling, key) for name, key in said for spelling in (name, _ADDED.sub("", name))]
    return [(name, key) for name, key in spelt if key in keys]
