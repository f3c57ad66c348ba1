"""Tables as lines that say by themselves what they mean: each cell with the head of its column."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.load.errors import Unreadable
from ingest.load.limits import CHARACTERS, COLUMNS
from kb.text import clean
from kb.types import Section

# a column's head is no longer than this (characters)
LONGEST_HEAD = 40
# a table's head has no more rows than this
HEAD_ROWS = 3
_DIGITS = re.compile(r"[-+]?[\d.,/:：%\s-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that spans so many columns `across` and rows `down`; without text it continues the one above."""

    text: str | None
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """A row as text, with its number in the table from 1; or, in a row of its own, what heads a `group` of rows."""

    number: int
    text: str
    group: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`titles` stand above the head."""

    titles: tuple[str, ...]
    lines: tuple[Line, ...]


def spread(lines: Iterable[Sequence[Cell]]) -> Iterator[list[str]]:
    """The grid of a table whose cells span others: the text of a cell stands wherever it reaches.

    A cell over the whole width is a row of one.
    """
    reaching: dict[int, tuple[int, str]] = {}
    above: list[str] = []
    bounded = _Bounded()
    for line in lines:
        row = _reached(reaching, 0)
        alone = len(line) == 1 and not row
        for cell in line:
            at = len(row)
            text = cell.text if cell.text is not None else "".join(above[at : at + 1])
            across = max(1, min(cell.across, COLUMNS - at))
            if cell.down > 1 and at < COLUMNS:
                reaching |= dict.fromkeys(range(at, at + across), (cell.down - 1, text))
            row += [text] * across
            row += _reached(reaching, len(row))
        bounded.take(row)
        yield row[:1] if alone and len(set(row)) == 1 else row
        above = row


class _Bounded:
    """What spans rows, and heads that stand before every cell, make much of little."""

    def __init__(self) -> None:
        self.left = CHARACTERS

    def take(self, texts: Iterable[str]) -> None:
        self.left -= sum(map(len, texts))
        if self.left < 0:
            raise Unreadable("表格展开后太大，无法读取。请拆成几份，或减少跨行跨列的单元格后重新上传。")


def _reached(reaching: dict[int, tuple[int, str]], column: int) -> list[str]:
    """The texts of the cells from above that reach this row from this column on, without a gap."""
    found: list[str] = []
    while column in reaching:
        left, text = reaching.pop(column)
        found.append(text)
        if left > 1:
            reaching[column] = (left - 1, text)
        column += 1
    return found


def rows(grid: Iterable[Sequence[str]]) -> list[str]:
    """A printed table's titles and rows as lines; its first full row is its head.

    A cell that spans several columns or rows stands in each of them. A table of one column is a frame
    round some lines, and stays those lines.
    """
    cells = list(grid)
    if max(map(len, cells), default=0) <= 1:
        return [line for row in cells for cell in row for line in cell.split("\n") if line.strip()]
    read = table(enumerate(cells, 1), headed=True)
    return [*read.titles, *(line.text for line in read.lines)]


def table(grid: Iterable[tuple[int, Sequence[str]]], *, headed: bool = False) -> Table:
    """The table in a grid of cells, each row with its number.

    Unless it is known to be `headed`, a first row with figures in it is no head.
    """
    numbered = [(at, [clean(" ".join(cell.split())) for cell in row]) for at, row in grid]
    filled = [(at, row) for at, row in numbered if any(row)]
    first = next((at for at, (_, row) in enumerate(filled) if len(set(filter(None, row))) > 1), len(filled))
    titles = tuple(next(filter(None, row)) for _, row in filled[:first])
    body = filled[first:]
    if len(body) > 1 and (headed or _is_head(body[0][1])):
        taken = _head_rows([row for _, row in body])
        head = _head([row for _, row in body[:taken]])
        if lines := tuple(_lines(head, body[taken:])):
            return Table(titles, lines)
    return Table(titles, tuple(Line(at, " ".join(filter(None, row))) for at, row in body))


def _is_head(row: Sequence[str]) -> bool:
    named = [cell for cell in row if cell]
    return all(len(cell) <= LONGEST_HEAD and not _DIGITS.fullmatch(cell) for cell in named)


def _head_rows(body: Sequence[Sequence[str]]) -> int:
    """One, or more where a head spans columns that the next row names apart."""
    taken = 1
    while (
        taken < min(HEAD_ROWS, len(body) - 1)
        and _has_spans(_head(body[:taken]))
        and _is_head(body[taken])
        and any(above == below for above, below in zip(body[taken - 1], body[taken], strict=False) if above)
    ):
        taken += 1
    return taken


def _has_spans(head: Sequence[str]) -> bool:
    return any(left and left == right for left, right in pairwise(head))


def _head(above: Sequence[Sequence[str]]) -> list[str]:
    """The names of the columns; where a name stands over several, each with its own: 「要求·温度」."""
    width = max(map(len, above))
    columns = [[row[at] for row in above if at < len(row)] for at in range(width)]
    return ["·".join(dict.fromkeys(filter(None, column))) for column in columns]


def _lines(head: Sequence[str], body: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Line]:
    bounded = _Bounded()
    for at, row in body:
        if len(row) == 1:
            yield Line(at, row[0], group=True)
        elif list(row) != list(head):  # a table over several pages repeats it
            padded = [*head, *[""] * (len(row) - len(head))]
            cells = zip(padded, row, strict=False)
            named = (f"{name}：{cell}" if name else cell for name, cell in cells if cell)
            text = "；".join(dict.fromkeys(named))
            bounded.take([text])
            yield Line(at, text)


def sections(
    grid: Iterable[tuple[int, Sequence[str]]], path: tuple[str, ...] = (), anchor: str = ""
) -> list[Section]:
    """A section a row, under the name of its sheet, the table's title and the heading of its group.

    The anchor ends with the row's number. Titles that are too long for a path are a section of their own.
    """
    read = table(grid)
    named = path + tuple(line for line in read.titles[:1] if read.lines and len(line) <= LONGEST_HEAD)
    said = "\n".join(read.titles[len(named) - len(path) :])
    found = [Section(named, said, f"{anchor}t")] if said.strip() else []
    group: tuple[str, ...] = ()
    for line, following in pairwise([*read.lines, None]):
        assert line
        heads = (
            line.group and len(line.text) <= LONGEST_HEAD and following is not None and not following.group
        )
        if heads:
            group = (line.text,)
        else:
            found.append(
                Section((*named, *group, f"第{line.number}行"), line.text, f"{anchor}r{line.number}")
            )
    return found
