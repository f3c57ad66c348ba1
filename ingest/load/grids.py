"""Tables that a PDF draws with lines."""

import io
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from ingest.load.columns import Piece
from ingest.load.furniture import EDGE_LINES
from ingest.load.layout import paragraph
from ingest.load.tables import rows

# with more lines than this a page is a drawing
MOST_EDGES = 5_000
# so many of its cells have text in them
FILLED = 0.3
# edges that differ by no more are one (points)
SAME_EDGE = 5

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's rows, and its left, top, right and bottom edge. A cell over several places stands in each."""

    rows: list[list[str]]
    box: Box

    def goes_on(self, other: "Grid") -> bool:
        """Whether the other, at the top of the next page, has the same columns."""
        (left, _, right, _), (from_left, _, to_right, _) = self.box, other.box
        same = max(abs(left - from_left), abs(right - to_right)) < SAME_EDGE
        return same and len(self.rows[0]) == len(other.rows[0])


class Tables:
    """The tables of a file, page after page: one that goes on over the page keeps its head."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.last: Grid | None = None

    def read(self, page: Any, at: int, pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
        """The rows of the tables on a pypdfium2 page, the one at this index, and the pieces that are in none."""
        found, rest = self._grids(at, pieces) if _has_lines(page) else ([], list(pieces))
        above = sum(piece.bottom <= found[0].box[1] for piece in rest) if found else 0
        if above > 2 * EDGE_LINES or not found:
            self.last = None
        return [piece for grid in found for piece in self._rows(grid)], rest

    def _rows(self, grid: Grid) -> Iterator[Piece]:
        head = self.last.rows[:1] if self.last and self.last.goes_on(grid) else []
        self.last = Grid([*head, *grid.rows], grid.box)
        left, top, right, bottom = grid.box
        for line in rows(self.last.rows):
            yield Piece(line, left, right, top, bottom, alone=True)

    def _grids(self, at: int, pieces: Sequence[Piece]) -> tuple[list[Grid], list[Piece]]:
        try:
            page = self._file.pages[at]
            found = _tables(page)
            page.close()  # pdfplumber otherwise keeps every character of every page
        except MemoryError:
            raise
        except (
            Exception
        ):  # pdfplumber may stumble over what the page's text came through: then there are no tables
            return [], list(pieces)
        return _filled(found, pieces)

    @cached_property
    def _file(self) -> Any:
        import pdfplumber

        return pdfplumber.open(io.BytesIO(self.data))


def _has_lines(page: Any) -> bool:
    import pypdfium2.raw as pdfium

    drawn = page.get_objects([pdfium.FPDF_PAGEOBJ_PATH], max_depth=3)
    return 0 < sum(1 for _ in islice(drawn, MOST_EDGES + 1)) <= MOST_EDGES


def _tables(page: Any) -> list[list[Box]]:
    """The cells of each table, in the page as it is shown."""
    if len(page.edges) > MOST_EDGES:
        return []
    over, down = page.cropbox[0] - page.bbox[0], page.cropbox[1] - page.bbox[1]
    return [
        [(left - over, top - down, right - over, bottom - down) for left, top, right, bottom in table.cells]
        for table in page.find_tables()
    ]


def _filled(tables: Iterable[list[Box]], pieces: Sequence[Piece]) -> tuple[list[Grid], list[Piece]]:
    """The tables that have text in them, from the top of the page, and the pieces that are in none."""
    found, rest = [], list(pieces)
    for cells in tables:
        lefts, tops, rights, bottoms = zip(*cells, strict=True)
        box = min(lefts), min(tops), max(rights), max(bottoms)
        grid = _grid(cells, [piece for piece in rest if _within(piece, box)])
        if _is_table(grid):
            found.append(Grid(grid, box))
            rest = [piece for piece in rest if not _within(piece, box)]
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
