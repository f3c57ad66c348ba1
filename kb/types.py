"""The words of the knowledge base, as plain frozen data."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b


class Status(StrEnum):
    """Whether a source is in force. `UNVERIFIED` means that nobody has confirmed it either way."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading path; `page` counts from 1."""

    path: tuple[str, ...]
    text: str
    anchor: str = ""
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a loader makes of a file: sections in reading order."""

    title: str
    sections: tuple[Section, ...]
    status: Status = Status.CURRENT


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed, retrieved and cited: a piece of a source with its place in it.

    `questions` are likely questions that it answers: more keys to it, never quoted. No store gives them back.
    """

    source: str
    ordinal: int
    title: str
    path: tuple[str, ...]
    text: str
    anchor: str = ""
    page: int | None = None
    status: Status = Status.CURRENT
    questions: tuple[str, ...] = field(default=(), compare=False)

    @property
    def key(self) -> str:
        return f"{self.source}#{self.ordinal}"

    @property
    def stamp(self) -> str:
        """The key with a digest of the text: it tells today's passage from yesterday's at the same place."""
        return f"{self.key}@{blake2b(self.text.encode(), digest_size=6).hexdigest()}"

    @property
    def place(self) -> str:
        """Where a person finds it: 「第二章 › 第三十六条」, 「第5页」, or both: 「洗手 › 步骤（第5页）」."""
        path, page = " › ".join(self.path), f"第{self.page}页" if self.page else ""
        return f"{path}（{page}）" if path and page else path or page

    @property
    def embedded(self) -> str:
        """What both indexes read: a passage is found by its title and headings too."""
        return "\n".join((self.title, " ".join(self.path), self.text))


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage with its score: 0 to 1 by fusion, and what its place and its likely questions add.

    `similarity` is the cosine, where it is known; `asked` says how near one of its likely questions is to the one asked,
    0 to 1; `read` is the reader's probability, 0 to 1, that the passage answers the question, where it has been read;
    `also` are passages of other texts that say much the same.
    """

    passage: Passage
    score: float
    similarity: float = 0.0
    asked: float = 0.0
    read: float | None = None
    also: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """`quote` is verbatim from the passage: it contains the statements that cite `n`, or, where a model put them in its
    own words, what bears them out."""

    n: int
    passage: Passage
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, with the numbers of the citations that bear it out; `also` say the same in other words."""

    text: str
    citations: tuple[int, ...]
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its evidence, or, where `found` is false, what was nearest and is no answer.

    `understood` are the formal terms that the glossary added; `searched` counts the passages in the index;
    `support` is what the decision was made by (`kb.evidence.support`); `read` are the passages that were read for it,
    best first. `differing` are statements of other texts that give other amounts than the first of `statements`.
    """

    question: str
    found: bool
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    near: tuple[Hit, ...]
    understood: tuple[str, ...]
    searched: int
    support: float = 0.0
    read: tuple[Passage, ...] = ()
    differing: tuple[Statement, ...] = ()
