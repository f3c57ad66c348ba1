"""Documents become passages: laws by article, the rest by heading, long stretches by item or sentence."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING

from ingest import outline, questions
from kb.text import clean, squeeze
from kb.types import Document, Passage, Section

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

# an article up to the first length is one passage, for it was written to be read whole;
# a longer one is cut into parts of about the second (characters)
ARTICLE, ARTICLE_PART = 700, 320
# running text says one thing at greater length; about 1,000 characters are all that the model reads
PROSE, PROSE_PART = 1000, 500
# headings shorter than this wait for what they head
LONE = 80
# so few articles make no law
FEWEST_ARTICLES = 3
SEPARATORS = ["\n\n", "\n", "。", "！", "？", "；", "：", "，", "、", " ", ""]


@dataclass(slots=True)
class Block:
    """Paragraphs that belong together under one path."""

    path: tuple[str, ...]
    lines: list[str] = field(default_factory=list)
    anchor: str = ""
    bare: bool = True  # headings only, so far

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))


def split(source: str, document: Document) -> list[Passage]:
    """The document's passages, in order. Every character of its sections but white space and what nobody can see is in
    one."""
    document = _visible(document)
    if is_law(document.sections):
        pieces = [
            piece for block in _articles(document.sections) for piece in _cut(block, ARTICLE, ARTICLE_PART)
        ]
    else:
        pieces = [piece for block in _sections(document.sections) for piece in _cut(block, PROSE, PROSE_PART)]
    anchors, pages = _anchors(pieces), _pages(document.sections, pieces)
    return [
        Passage(
            source=source,
            ordinal=ordinal,
            title=document.title,
            path=piece.path,
            text="\n".join(piece.lines),
            anchor=anchors[ordinal],
            page=pages[ordinal],
            status=document.status,
        )
        for ordinal, piece in enumerate(pieces)
    ]


def _visible(document: Document) -> Document:
    """Whatever was read has been cleaned; what was typed comes in here."""
    sections = tuple(
        replace(each, path=tuple(map(clean, each.path)), text=clean(each.text)) for each in document.sections
    )
    return replace(document, title=clean(document.title), sections=sections)


def _anchors(pieces: list[Block]) -> list[str]:
    """Each piece's own slug: 「a36」, then 「a36p2」 for its second part; 「p7」 outside articles."""
    times = Counter[str]()
    found = []
    for ordinal, piece in enumerate(pieces):
        times[piece.anchor] += 1
        again = f"p{times[piece.anchor]}" if times[piece.anchor] > 1 else ""
        found.append(piece.anchor + again if piece.anchor else f"p{ordinal}")
    return found


def _pages(sections: Sequence[Section], pieces: Iterable[Block]) -> list[int | None]:
    """The page on which each piece begins: no character is lost on the way, so counting them finds it."""
    starts, turned = [0], [None, *(section.page for section in sections)]
    for section in sections:
        starts.append(starts[-1] + len(squeeze(section.text)))
    found, at = [], 0
    for piece in pieces:
        found.append(turned[bisect_right(starts, at, hi=len(starts) - 1)])
        at += sum(len(squeeze(line)) for line in piece.lines)
    return found


def is_law(sections: Iterable[Section]) -> bool:
    last = found = 0
    for section in sections:
        for line in outline.paragraphs(section.text):
            if opened := outline.article(line, last):
                last, found = opened.number, found + 1
    return found >= FEWEST_ARTICLES


def _sections(sections: Iterable[Section]) -> Iterator[Block]:
    """One block a section, or a block for each question with its answer."""
    for block in _joined(sections):
        groups = questions.pairs(block.lines)
        for group in groups or [block.lines]:
            asked = questions.question(group) if groups else ""
            path = (*block.path, asked) if 0 < len(asked) <= questions.LONGEST else block.path
            yield Block(path, group, block.anchor, bare=False)


def _joined(sections: Iterable[Section]) -> Iterator[Block]:
    """One block a section; a section that only turns the page continues the one before."""
    last: Section | None = None
    block = Block(())
    for section in sections:
        if not (lines := outline.paragraphs(section.text)):
            continue
        if last and section.page and last.page and not section.anchor and section.path == last.path:
            block.lines += lines
        else:
            if last:
                yield block
            block = Block(section.path, lines, section.anchor, bare=False)
        last = section
    if last:
        yield block


def _articles(sections: Iterable[Section]) -> list[Block]:
    """One block an article, its chapter headings before it; the preamble and each annex are blocks too."""
    reader = _LawReader()
    for section in sections:
        reader.turn_to(section)
        for line in outline.paragraphs(section.text):
            reader.read(line)
    return [block for block in reader.blocks if block.lines]


class _LawReader:
    """Reads a law's paragraphs in order and knows in which chapter and article it is."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.section = Section((), "")
        self.divisions: list[tuple[int, str]] = []
        self.last = 0

    def turn_to(self, section: Section) -> None:
        if section.path != self.section.path or not self.blocks:
            self.divisions = []
            self.section = section
            self._open(anchor=section.anchor)
        self.section = section

    def read(self, line: str) -> None:
        rank = outline.division(line)
        opened = outline.article(line, self.last) if rank is None else None
        if rank is not None:
            self._enter(rank, line)
        elif opened:
            self.last = opened.number
            self._begin(_label(opened, line), opened.anchor)
        elif self.blocks[-1].bare and self.divisions and outline.is_annex(self.divisions[-1][1]):
            self._name_annex(line)
        else:
            self.blocks[-1].bare = False
        self.blocks[-1].lines.append(line)

    def _enter(self, rank: int, line: str) -> None:
        current = self.blocks[-1]
        if current.bare and self.divisions and self.divisions[-1][0] >= rank:
            self._merge_back()
        self.divisions = [pair for pair in self.divisions if pair[0] < rank] + [
            (rank, " ".join(line.split()))
        ]
        if self.blocks[-1].bare:
            self.blocks[-1].path = self._path()
        else:
            self._open()

    def _merge_back(self) -> None:
        """Headings with nothing under them are a table of contents: they go to what stands before."""
        contents = self.blocks.pop()
        if not self.blocks:
            self.blocks.append(Block(self.section.path))
        self.blocks[-1].lines += contents.lines
        self.blocks[-1].bare = False

    def _begin(self, label: str, anchor: str) -> None:
        if not self.blocks[-1].bare:
            self._open()
        block = self.blocks[-1]
        block.path, block.anchor, block.bare = (*self._path(), label), anchor, False

    def _name_annex(self, line: str) -> None:
        rank, heading = self.divisions[-1]
        if outline.is_heading(line):
            self.divisions[-1] = (rank, f"{heading.rstrip('：:')} {line}")
            self.blocks[-1].path = self._path()
        self.blocks[-1].bare = False

    def _open(self, anchor: str = "") -> None:
        self.blocks.append(Block(self._path(), anchor=anchor))

    def _path(self) -> tuple[str, ...]:
        return (*self.section.path, *(heading for _, heading in self.divisions))


def _label(opened: outline.Article, line: str) -> str:
    rest = line[len(opened.label) :].strip()
    return f"{opened.label} {rest}" if rest and outline.is_heading(rest) else opened.label


def _cut(block: Block, whole: int, part: int) -> Iterator[Block]:
    if block.size <= whole:
        yield block
        return
    waiting: list[str] = []
    for path, lines in _parts(block.path, block.lines, part):
        if _size(lines) < LONE and all(map(_heads, lines)):
            waiting += lines
        else:
            yield Block(path, waiting + lines, block.anchor)
            waiting = []
    if waiting:
        yield Block(block.path, waiting, block.anchor)


def _heads(line: str) -> bool:
    return outline.is_heading(line) or outline.division(line) is not None


def _parts(path: tuple[str, ...], lines: list[str], part: int) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Items that are headed by a name stand alone under it; other items and paragraphs are packed."""
    packed: list[str] = []
    for group in _groups(lines):
        named = len(group) > 1 and outline.is_heading(group[0]) and path[-1:] != (group[0],)
        if packed and (named or _size(packed) + _size(group) > part):
            yield path, packed
            packed = []
        if named:
            yield from _named((*path, group[0]), group, part)
        elif _size(group) > part:
            yield from ((path, piece) for piece in _broken(group, part))
        else:
            packed += group
    if packed:
        yield path, packed


def _named(path: tuple[str, ...], lines: list[str], part: int) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    if _size(lines) <= part:
        yield path, lines
    else:
        yield from _parts(path, lines, part)


def _groups(lines: list[str]) -> list[list[str]]:
    """The lines before the first item, then each item of the highest level with all below it."""
    levels = [outline.item_level(line) for line in lines]
    top = min((level for level in levels[1:] if level is not None), default=None)
    groups: list[list[str]] = []
    for line, level in zip(lines, levels, strict=True):
        if not groups or top is None or level == top:
            groups.append([])
        groups[-1].append(line)
    return groups


def _broken(group: list[str], part: int) -> Iterator[list[str]]:
    """One long item: by its paragraphs, and a paragraph that is too long by its sentences."""
    packed: list[str] = []
    for line in group:
        for piece in _splitter(part).split_text(line) if len(line) > part else [line]:
            if packed and _size(packed) + len(piece) > part:
                yield packed
                packed = []
            packed.append(piece)
    yield packed


def _size(lines: list[str]) -> int:
    return sum(map(len, lines))


@cache
def _splitter(part: int) -> "RecursiveCharacterTextSplitter":
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    # "end": otherwise 。 would begin the next passage
    return RecursiveCharacterTextSplitter(
        separators=SEPARATORS, chunk_size=part, chunk_overlap=0, keep_separator="end"
    )
