"""Workbooks: a row with the heads of its columns is a section of its own."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

from ingest.load import packing, patience
from ingest.load.errors import Unreadable
from ingest.load.limits import COLUMNS, ROWS, SHEETS
from ingest.load.naming import title
from ingest.load.tables import sections
from kb.text import clean
from kb.types import Document, Section

# a sheet that nobody named
_UNNAMED = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]{0,99}?ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
# after so many rows the time begins anew
ROWS_AT_A_TIME = 1_000
_LONGEST_TAG = 200
_BLOCK = 1_000_000
Range = tuple[int, int, int, int]  # first column, first row, last column, last row, from 1


def load_xlsx(name: str, data: bytes) -> Document:
    """The values of the visible sheets, row by row; formulas count with the value that was last worked out."""
    packing.check(data)
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(visible) > SHEETS:
        raise Unreadable(f"工作簿超过 {SHEETS} 张表，请拆成几份再上传。")
    found: list[Section] = []
    with packing.unpacked(data) as archive:
        for at, sheet in enumerate(visible, 1):
            path = () if _UNNAMED.fullmatch(sheet.title) else (clean(sheet.title),)
            found += sections(_grid(sheet, merged_ranges(archive, sheet)), path, f"s{at}")
            if len(found) > ROWS:
                raise Unreadable(f"工作簿超过 {ROWS:,} 行，请拆成几份再上传。")
    return Document(title(name, book.properties.title), tuple(found))


def _grid(sheet: Any, ranges: Iterable[Range]) -> Iterator[tuple[int, list[str]]]:
    """The rows that say something, with their numbers; a cell that spans others stands in each of them.

    One that spans its whole row is a row of one.
    """
    starting = defaultdict(list)
    for merged in ranges:
        starting[merged[1]].append(merged)
    reaching: list[tuple[Range, str]] = []
    sheet.reset_dimensions()
    filled = 0
    for at, cells in enumerate(sheet.iter_rows(), 1):
        reaching = [pair for pair in reaching if pair[0][3] >= at]
        if not cells and not reaching:
            continue
        row = _row(cells)
        alone = len(list(filter(None, row))) == 1 and not reaching
        reaching += [(merged, row[merged[0] - 1]) for merged in starting[at] if merged[0] <= len(row)]
        row = _spread(row, reaching)
        if any(row):
            filled += 1
            if not filled % ROWS_AT_A_TIME:
                patience.renew()
            yield at, list(filter(None, row))[:1] if alone and row.count(row[-1]) > 1 else row
        if filled > ROWS:
            raise Unreadable(f"工作表超过 {ROWS:,} 行，请拆成几份再上传。")


def _spread(row: list[str], reaching: Iterable[tuple[Range, str]]) -> list[str]:
    for (left, _, right, _), text in reaching:
        row += [""] * (right - len(row))
        row[left - 1 : right] = [text] * (right - left + 1)
    return row


def _row(cells: Iterable[Any]) -> list[str]:
    row = [_text(cell) for cell in cells]
    while row and not row[-1]:
        row.pop()
    if len(row) > COLUMNS:
        raise Unreadable(f"工作表超过 {COLUMNS} 列，请删去不用的列再上传。")
    return row


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return f"{value * 100:.12g}%" if "%" in cell.number_format else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value).strip()
    return "" if cell.data_type == "e" else text


def merged_ranges(archive: zipfile.ZipFile, sheet: Any) -> set[Range]:
    """The merged cells, which openpyxl does not tell when it reads row by row."""
    from openpyxl.utils.cell import coordinate_to_tuple

    found: set[Range] = set()
    rest = b""
    with archive.open(sheet._worksheet_path.lstrip("/")) as file:
        while block := file.read(_BLOCK):
            rest = rest[-_LONGEST_TAG:] + block
            for match in _MERGED.finditer(rest):
                (top, left), (bottom, right) = (
                    coordinate_to_tuple(corner.decode()) for corner in match.groups()
                )
                if right <= COLUMNS and len(found) < ROWS:
                    found.add((left, top, right, bottom))
    return found
