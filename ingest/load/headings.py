"""Headings that only the size of their type shows."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest import outline
from ingest.load.layout import Paragraph
from kb.types import Section

# type larger than that of the text by this factor is a heading's, up to so many characters
LARGER, LONGEST = 1.15, 40
_SENTENCE = re.compile("[。；，：]$")


@dataclass(slots=True)
class _Heading:
    size: float
    text: str
    used: bool = False


@dataclass(slots=True)
class _Reader:
    """Knows which headings are open, and collects the lines of one page under them."""

    open: list[_Heading] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    page: int = 1

    def head(self, size: float, text: str) -> Iterator[Section]:
        yield from self.finish()
        while self.open and self.open[-1].size <= size:
            closed = self.open.pop()
            if not closed.used:
                self.lines.insert(0, closed.text)  # it headed nothing, so it was text
        yield from self.finish()
        self.open.append(_Heading(size, text))

    def finish(self) -> Iterator[Section]:
        if self.lines:
            for heading in self.open:
                heading.used = True
            path = tuple(heading.text for heading in self.open)
            yield Section(path, "\n".join(self.lines), page=self.page)
            self.lines = []


def sections(found: Sequence[Paragraph]) -> Iterator[Section]:
    """A section for each page and heading. The document's title, a first heading larger than all others, is in no path."""
    usual = _usual_size(found)
    heads = [_is_heading(paragraph, usual) for paragraph in found]
    sizes = [paragraph.size for paragraph, head in zip(found, heads, strict=True) if head]
    entitled = bool(heads and heads[0] and sizes.count(max(sizes)) == 1 and sizes[0] == max(sizes))
    reader = _Reader()
    for paragraph, head in list(zip(found, heads, strict=True))[entitled:]:
        if paragraph.page != reader.page:
            yield from reader.finish()
            reader.page = paragraph.page
        if head:
            yield from reader.head(paragraph.size, paragraph.text)
        else:
            reader.lines.append(paragraph.text)
    yield from reader.finish()
    yield from reader.head(math.inf, "")


def _usual_size(found: Iterable[Paragraph]) -> float:
    """The size that most of the text is set in."""
    letters = Counter[float]()
    for paragraph in found:
        letters[paragraph.size] += len(paragraph.text)
    return max(letters, key=lambda size: letters[size], default=0.0)


def _is_heading(paragraph: Paragraph, usual: float) -> bool:
    large = paragraph.size > LARGER * usual > 0
    short = len(paragraph.text) <= LONGEST and not _SENTENCE.search(paragraph.text)
    return large and short and not outline.names_article(paragraph.text)
