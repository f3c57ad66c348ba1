"""Tables that a PDF draws with lines."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.load.layout import Piece, paragraph

# with more lines than this a page is a drawing
MOST_EDGES = 5_000
# so many of its cells have text in them
FILLED = 0.3

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's rows, and its left, top, right and bottom edge. A cell over several places stands in each."""

    rows: list[list[str]]
    box: Box

    def goes_on(self, other: "Grid") -> bool:
        """Whether the other, at the top of the next page, has the same columns."""
        (left, _, right, _), (from_left, _, to_right, _) = self.box, other.box
        same = max(abs(left - from_left), abs(right - to_right)) < 5
        return same and len(self.rows[0]) == len(other.rows[0])


def grids(page: Any, pieces: Sequence[Piece]) -> tuple[list[Grid], list[Piece]]:
    """The tables of a pdfplumber page with these pieces of text, from its top, and the pieces that are in none."""
    found = []
    rest = list(pieces)
    for table in page.find_tables() if len(page.edges) <= MOST_EDGES else ():
        inside = [piece for piece in rest if _within(piece, table.bbox)]
        grid = _grid(table.cells, inside)
        if _is_table(grid):
            found.append(Grid(grid, table.bbox))
            rest = [piece for piece in rest if not _within(piece, table.bbox)]
    return sorted(found, key=lambda grid: grid.box[1]), rest


def _within(piece: Piece, box: Box) -> bool:
    left, top, right, bottom = box
    return left <= (piece.left + piece.right) / 2 <= right and top <= (piece.top + piece.bottom) / 2 <= bottom


def _grid(cells: Iterable[Box], pieces: Iterable[Piece]) -> list[list[str]]:
    boxes = list(cells)
    lefts, tops = sorted({box[0] for box in boxes}), sorted({box[1] for box in boxes})
    at: dict[tuple[int, int], int] = {}
    for number, (left, top, right, bottom) in enumerate(boxes):
        for row in range(tops.index(top), bisect_right(tops, bottom - 1)):
            for column in range(lefts.index(left), bisect_right(lefts, right - 1)):
                at[row, column] = number
    texts: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        row = bisect_right(tops, (piece.top + piece.bottom) / 2) - 1
        column = bisect_right(lefts, (piece.left + piece.right) / 2) - 1
        texts[at.get((row, column), -1)].append(piece)
    written = {number: paragraph(those) for number, those in texts.items()}
    return [
        [written.get(at.get((row, column), -2), "") for column in range(len(lefts))]
        for row in range(len(tops))
    ]


def _is_table(grid: Sequence[Sequence[str]]) -> bool:
    cells = [cell for row in grid for cell in row]
    return len(grid) > 1 and len(grid[0]) > 1 and sum(map(bool, cells)) >= FILLED * len(cells)
