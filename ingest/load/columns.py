"""Pieces of text at their places on a page: which stand side by side, and in which columns."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

# columns of running text: lines in each, characters in a line, and how much of the column most lines fill
COLUMN_LINES, COLUMN_LETTERS, COLUMN_FILLED = 4, 8, 0.75
# where one may begin, as shares of the width of the text
COLUMN_FROM, COLUMN_TO, COLUMN_STEPS = 0.25, 0.75, 50
# lines of two columns may alternate, so a piece may belong to a row before the last
ROWS_BACK = 3
# within a line, a gap wider than so many times its height parts columns, not words
GUTTER = 1.6


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


def scaled(piece: Piece, by: float) -> Piece:
    """The piece in other units; the size of its type stays unknown."""
    return Piece(piece.text, piece.left * by, piece.right * by, piece.top * by, piece.bottom * by)


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


def columns(pieces: Iterable[Piece]) -> list[tuple[str, list[Piece]]]:
    """Blocks in reading order, each with its column's name: empty, or of a letter for every time the page parts."""
    return _columns(_runs(pieces), "")


def _columns(pieces: Sequence[Piece], name: str) -> list[tuple[str, list[Piece]]]:
    """What runs over both columns parts those above it from those below."""
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
    return filled and bool(median(len(piece.text) for piece in column) >= COLUMN_LETTERS)


def _side_by_side(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    top, bottom = _extent(one)
    from_top, to_bottom = _extent(other)
    return min(bottom, to_bottom) - max(top, from_top) > min(bottom - top, to_bottom - from_top) / 2


def _extent(pieces: Sequence[Piece]) -> tuple[float, float]:
    return min(piece.top for piece in pieces), max(piece.bottom for piece in pieces)


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
