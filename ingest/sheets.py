"""Sheets that people filled in, cell by cell: what stands there, and what in it cannot be relied upon."""

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import PurePath
from typing import Any, NamedTuple

from ingest.load import packing
from ingest.load.encodings import decode_as_it_is
from ingest.load.errors import Unreadable
from ingest.load.limits import COLUMNS
from ingest.load.xlsx import Range, merged_ranges
from ingest.tabular import records
from kb.text import clean

_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]{0,300})>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]{0,300})>")
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_SPAN = re.compile(rb'\b(min|max)="(\d{1,5})"')
_IS_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_LONGEST_TAG = 400
_BLOCK = 1_000_000
_SPACES = " \u00a0\u3000"
# a spreadsheet keeps fifteen digits of a number; what was typed after them is gone
_LARGEST = 10**15


class Trouble(StrEnum):
    FORMULA = "formula"
    ERROR = "error"  # such as #N/A
    DIGITS = "digits"  # more than a number can hold
    MERGED = "merged"  # part of a larger cell, and not its first


class Line(NamedTuple):
    """`number` as the spreadsheet counts; the others by the place of the cell in `texts`. `tidied`: what cannot be seen
    in it was taken out."""

    number: int
    texts: list[str]
    troubles: dict[int, Trouble]
    is_hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    tidied: frozenset[int] = frozenset()


def lines(name: str, data: bytes, most: int) -> Iterator[Line]:
    """Each line that says something, of the first visible sheet. Raises Unreadable, at the latest where the damage is.

    Dates are written 2026-03-01. A formula is said as it stands, not as what it gives.
    """
    is_workbook = PurePath(name).suffix.lower() == ".xlsx"
    read = _workbook(data) if is_workbook else _text_file(data)
    filled = (line for line in read if any(line.texts))
    for count, line in enumerate(filled, 1):
        if count > most:
            raise Unreadable(f"超过 {most:,} 行，请拆成几份再导入。")
        if len(line.texts) > COLUMNS:
            raise Unreadable(f"第 {line.number} 行超过 {COLUMNS} 列，请删去不用的列再导入。")
        yield line


def _text_file(data: bytes) -> Iterator[Line]:
    for number, cells in records(decode_as_it_is(data)):
        texts = [_tidy(cell) for cell in cells]
        yield Line(number, texts, {}, tidied=_tidied(cells, texts))


def _workbook(data: bytes) -> Iterator[Line]:
    try:
        packing.check(data)
        yield from _rows(data)
    except Unreadable:
        raise
    # whatever a broken workbook trips over
    except Exception as error:
        raise Unreadable("打不开这个工作簿。请用 Excel 或 WPS 另存一份再导入。") from error


def _rows(data: bytes) -> Iterator[Line]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    sheet: Any = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
    with packing.unpacked(data) as archive:
        ranges = deque(sorted(merged_ranges(archive, sheet), key=lambda merged: merged[1]))
        hidden, columns = _hidden(archive, sheet)
    sheet.reset_dimensions()
    reaching: list[Range] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        while ranges and ranges[0][1] <= number:
            reaching.append(ranges.popleft())
        reaching = [merged for merged in reaching if merged[3] >= number]
        yield _line(number, cells, reaching)._replace(is_hidden=number in hidden, hidden_columns=columns)


def _line(number: int, cells: Sequence[Any], reaching: Sequence[Range]) -> Line:
    said = [_said(cell) for cell in cells]
    troubles = {at: trouble for at, (_text, trouble) in enumerate(said) if trouble}
    for left, top, right, _bottom in reaching:
        covered = range(left - (top < number), right)
        troubles |= dict.fromkeys(covered, Trouble.MERGED)
    texts = [text for text, _trouble in said]
    typed = [
        cell.value if isinstance(cell.value, str) else text for cell, text in zip(cells, texts, strict=True)
    ]
    return Line(number, texts, troubles, tidied=_tidied(typed, texts))


def _tidy(text: str) -> str:
    return clean(text).strip()


def _tidied(typed: Sequence[str], texts: Sequence[str]) -> frozenset[int]:
    """Spaces around a text are nothing that anybody has to be told of."""
    pairs = enumerate(zip(typed, texts, strict=True))
    return frozenset(at for at, (cell, text) in pairs if cell != text and cell.strip(_SPACES) != text)


def _said(cell: Any) -> tuple[str, Trouble | None]:
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type == "f":
        return _tidy(str(getattr(value, "text", value))), Trouble.FORMULA
    if cell.data_type == "e":
        return str(value), Trouble.ERROR
    if isinstance(value, bool):
        return "是" if value else "否", None
    if isinstance(value, int | float):
        return f"{value:.15g}", Trouble.DIGITS if abs(value) >= _LARGEST else None
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat(), None
    return value.isoformat() if isinstance(value, date | time) else _tidy(str(value)), None


def _hidden(archive: zipfile.ZipFile, sheet: Any) -> tuple[set[int], frozenset[int]]:
    """Rows and columns that the spreadsheet does not show, which openpyxl does not tell when it reads row by row."""
    rows: set[int] = set()
    columns: set[int] = set()
    rest = b""
    with archive.open(sheet._worksheet_path.lstrip("/")) as file:
        while block := file.read(_BLOCK):
            rest = rest[-_LONGEST_TAG:] + block
            tags = (match[1] for match in _ROW.finditer(rest) if _IS_HIDDEN.search(match[1]))
            rows |= {int(number[1]) for tag in tags if (number := _NUMBER.search(tag))}
            for match in _COLUMN.finditer(rest):
                columns |= _span(match[1]) if _IS_HIDDEN.search(match[1]) else set()
    return rows, frozenset(columns)


def _span(tag: bytes) -> set[int]:
    ends = {name: int(number) for name, number in _SPAN.findall(tag)}
    return set(range(ends.get(b"min", 1) - 1, min(ends.get(b"max", 0), COLUMNS)))
