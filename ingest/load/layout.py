"""Pieces of text on a page become lines in reading order, and lines become paragraphs."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.load.columns import Piece, columns, rows
from ingest.outline import opens

_ENDED = re.compile('[。！？；：.!?;:][”’」』）)"]*$')
# so few of its lines may stand out beyond the edge of a text
STRAY = 0.03
# running text takes at least so much of the width of its page or column; shorter lines were not broken
NARROWEST = 0.55

# the width of the page, the column, and the page if it was laid by hand
Frame = tuple[float, str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A line on its page; lines of one frame share their edges."""

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


def read(pieces: Iterable[Piece], page: int, width: float, *, by_hand: bool = False) -> list[Line]:
    """The lines of a page that is `width` points wide: column by column, each from top to bottom.

    A page that somebody laid `by_hand` for its picture has margins of its own.
    """
    return [
        _line(row, page, (round(width, -1), column, page if by_hand else 0))
        for column, block in columns(pieces)
        for row in rows(block)
    ]


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
    return {frame: _edges(frame, those) for frame, those in edges.items()}


def _edges(frame: Frame, lines: Sequence[Line]) -> tuple[float, float]:
    width, column, _ = frame
    last = len(lines) - 1
    left = sorted(line.left for line in lines)[math.floor(STRAY * last)]
    right = sorted(line.right for line in lines)[math.ceil((1 - STRAY) * last)]
    return left, max(right, left + NARROWEST * width / 2 ** len(column))


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
