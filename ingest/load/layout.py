"""Pieces of text at their places on a page become lines in reading order, and lines become paragraphs."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.outline import opens

_PAGE_NUMBER = re.compile(r"[-—–·\s]*第?\s*\d{1,4}\s*页?(?:\s*[/／,，共]\s*\d{1,4}\s*页?)?[-—–·\s]*")
_EDGE_NUMBER = re.compile(r"^\d{1,4}\b|\b\d{1,4}$")
_ENDED = re.compile("[。！？；：]$")
# a running head or foot has at most two lines, and stands on at least three pages
EDGE_LINES, EDGE_PAGES = 2, 3
# columns of running text: lines in each, characters in a line, and how much of the column most lines fill
COLUMN_LINES, COLUMN_LETTERS, COLUMN_FILLED = 4, 8, 0.75
# where one may begin, as shares of the width of the text
COLUMN_FROM, COLUMN_TO, COLUMN_STEPS = 0.25, 0.75, 50
# lines of two columns may alternate, so a piece may belong to a row before the last
ROWS_BACK = 3
# within a line, a gap wider than so many times its height parts columns, not words
GUTTER = 1.6

Frame = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in its box, in points from the page's top left corner.

    `size` is the size of its type, 0 where unknown; what stands `alone` is a line and a paragraph by itself.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float = 0.0
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line on its page; lines of one frame (a column of pages of one width) share their edges."""

    text: str
    page: int
    frame: Frame
    left: float
    right: float
    top: float
    size: float
    alone: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with the page on which it begins and the size of its type, 0 where unknown."""

    text: str
    page: int
    size: float
    alone: bool


def read(pieces: Iterable[Piece], page: int, width: float) -> list[Line]:
    """The lines of a page that is `width` points wide: column by column, each from top to bottom."""
    return [
        _line(row, page, (round(width, -1), column))
        for column, block in _columns(_runs(pieces))
        for row in rows(block)
    ]


def scaled(piece: Piece, by: float) -> Piece:
    """The piece in other units; the size of its type stays unknown."""
    return Piece(piece.text, piece.left * by, piece.right * by, piece.top * by, piece.bottom * by)


def joined(texts: Iterable[str]) -> str:
    """Lines put together; a space only where two Latin words or numbers would run into one."""
    whole = ""
    for text in texts:
        gap = " " if re.search(r"[A-Za-z0-9,.]$", whole) and re.match(r"[A-Za-z0-9]", text) else ""
        whole += gap + text
    return whole


def paragraph(pieces: Iterable[Piece]) -> str:
    """The pieces of one box as one paragraph."""
    return joined(" ".join(piece.text for piece in row) for row in rows(pieces))


def rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces side by side, from left to right; the rows from top to bottom."""
    found: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: piece.top):
        row = next((row for row in found[: -ROWS_BACK - 1 : -1] if _beside(row[0], piece)), None)
        if row is None:
            found.append([piece])
        else:
            row.append(piece)
    return [sorted(row, key=lambda piece: piece.left) for row in found]


def _beside(one: Piece, other: Piece) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    lower = min(one.bottom - one.top, other.bottom - other.top)
    return not (one.alone or other.alone) and shared > lower / 2


def _line(row: Sequence[Piece], page: int, frame: Frame) -> Line:
    longest = max(row, key=lambda piece: len(piece.text))
    return Line(
        text=" ".join(piece.text for piece in row),
        page=page,
        frame=frame,
        left=row[0].left,
        right=max(piece.right for piece in row),
        top=longest.top,
        size=longest.size,
        alone=row[0].alone,
    )


def _runs(pieces: Iterable[Piece]) -> list[Piece]:
    """Words with no more than a space between them as one piece."""
    runs: list[Piece] = []
    for row in rows(pieces):
        runs.append(row[0])
        for piece in row[1:]:
            before = runs[-1]
            if piece.left - before.right < GUTTER * (piece.bottom - piece.top):
                runs[-1] = _run(before, piece)
            else:
                runs.append(piece)
    return runs


def _run(one: Piece, other: Piece) -> Piece:
    return Piece(
        f"{one.text} {other.text}",
        one.left,
        max(one.right, other.right),
        min(one.top, other.top),
        max(one.bottom, other.bottom),
        (one if len(one.text) >= len(other.text) else other).size,
    )


def _columns(pieces: Sequence[Piece], name: str = "") -> list[tuple[str, list[Piece]]]:
    """Blocks in reading order with their column's name; what runs over all columns parts those above from those below."""
    gutter = _gutter(pieces)
    if gutter is None:
        return [(name, list(pieces))]
    blocks: list[tuple[str, list[Piece]]] = []
    left: list[Piece] = []
    right: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.top):
        if piece.right <= gutter:
            left.append(piece)
        elif piece.left >= gutter:
            right.append(piece)
        else:
            blocks += [*_columns(left, name + "l"), *_columns(right, name + "r"), (name, [piece])]
            left, right = [], []
    return [*blocks, *_columns(left, name + "l"), *_columns(right, name + "r")]


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """The middle between two columns of running text, if there are two."""
    if len(pieces) < 2 * COLUMN_LINES:
        return None
    left, right = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    step = (right - left) / COLUMN_STEPS
    places = sorted({math.floor((piece.left - left) / step) for piece in pieces}) if step else []
    found = [
        (lines, at)
        for place in places
        if COLUMN_FROM <= place / COLUMN_STEPS <= COLUMN_TO
        and (lines := _column_lines(pieces, at := left + place * step))
    ]
    if not found:
        return None
    _, begins = max(found)
    ends = sorted(piece.right for piece in pieces if piece.right <= begins)
    return (
        ends[3 * len(ends) // 4] + begins
    ) / 2  # so that a title above the left column and more is in neither


def _column_lines(pieces: Sequence[Piece], gutter: float) -> int:
    """How many lines the shorter of two columns has, 0 if these are no columns of running text."""
    before = [piece for piece in pieces if piece.right <= gutter]
    after = [piece for piece in pieces if piece.left >= gutter]
    lines = min(len(before), len(after))
    if lines < COLUMN_LINES or not _side_by_side(before, after):
        return 0
    return lines if _is_running(before) and _is_running(after) else 0


def _is_running(column: Sequence[Piece]) -> bool:
    """Whether these are broken lines rather than the words of a list or table."""
    lefts, rights = sorted(p.left for p in column), sorted(p.right for p in column)
    width = rights[3 * len(column) // 4] - lefts[len(column) // 4]  # but for a title above
    filled = median(piece.right - piece.left for piece in column) >= COLUMN_FILLED * width
    return filled and median(len(piece.text) for piece in column) >= COLUMN_LETTERS


def _side_by_side(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    tops, bottoms = zip(
        *((min(p.top for p in c), max(p.bottom for p in c)) for c in (one, other)), strict=True
    )
    lower = min(bottom - top for top, bottom in zip(tops, bottoms, strict=True))
    return min(bottoms) - max(tops) > lower / 2


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """All lines but page numbers, and but those at the top and bottom that most pages share."""
    edges = [_edges(page) for page in pages]
    times = Counter(text for page in edges for text in {text for line in page for text in _spellings(line)})
    least = max(EDGE_PAGES, 0.4 * len(pages))
    return [
        line
        for page, edge in zip(pages, edges, strict=True)
        for line in page
        if line not in edge
        or not (_is_page_number(line, edge) or any(times[text] >= least for text in _spellings(line)))
    ]


def _edges(page: Sequence[Line]) -> list[Line]:
    lines = sorted((line for line in page if not line.alone), key=lambda line: line.top)
    return [*lines[:EDGE_LINES], *lines[EDGE_LINES:][-EDGE_LINES:]]


def _is_page_number(line: Line, edge: Sequence[Line]) -> bool:
    return line in (edge[0], edge[-1]) and bool(_PAGE_NUMBER.fullmatch(line.text))


def _spellings(line: Line) -> set[str]:
    """The line, and with a page number at either end as its distance from the page, which all pages share."""
    return {
        line.text,
        _EDGE_NUMBER.sub(lambda number: f"#{int(number.group()) - line.page}", line.text),
    }


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """Lines that a paragraph was broken into, joined again."""
    edges, usual = _frames(lines), _usual_gaps(lines)
    found: list[list[Line]] = []
    for line in lines:
        if found and _continues(found[-1][-1], line, edges, usual):
            found[-1].append(line)
        else:
            found.append([line])
    return [
        Paragraph(joined(line.text for line in group), group[0].page, group[0].size, group[0].alone)
        for group in found
    ]


def _frames(lines: Iterable[Line]) -> dict[Frame, tuple[float, float]]:
    """The left and right edge of each frame, but for the rare line that sticks out."""
    edges: dict[Frame, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.alone:
            edges[line.frame].append(line)
    return {
        frame: (
            sorted(line.left for line in those)[math.floor(0.03 * (len(those) - 1))],
            sorted(line.right for line in those)[math.ceil(0.97 * (len(those) - 1))],
        )
        for frame, those in edges.items()
    }


def _usual_gaps(lines: Sequence[Line]) -> dict[tuple[Frame, int], float]:
    """From line to line within paragraphs, by frame and size of type: one of the smaller gaps."""
    gaps: dict[tuple[Frame, int], list[float]] = defaultdict(list)
    for above, below in pairwise(lines):
        if _follows(above, below):
            gaps[below.frame, round(below.size)].append(below.top - above.top)
    return {key: sorted(those)[len(those) // 4] for key, those in gaps.items()}


def _follows(above: Line, below: Line) -> bool:
    return above.page == below.page and above.frame == below.frame and below.top > above.top


def _continues(
    above: Line,
    below: Line,
    edges: Mapping[Frame, tuple[float, float]],
    usual: Mapping[tuple[Frame, int], float],
) -> bool:
    if above.alone or below.alone or opens(below.text) or abs(above.size - below.size) > 0.1 * above.size:
        return False
    left, right = edges[above.frame]
    full = above.right > right - 0.12 * (right - left)
    if not _follows(above, below):
        return full and not _ENDED.search(above.text)
    near = below.top - above.top <= 1.35 * usual[below.frame, round(below.size)]
    indented = below.left > left + 0.025 * (right - left)
    return near and full and not indented
