"""Spreadsheets that staff fill in: rows under heads that may be spelt in several ways."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath

from ingest.load import packing
from ingest.load.encodings import decode
from ingest.load.errors import Unreadable
from ingest.load.limits import FILE_BYTES, ROWS

Cells = list[str]
DELIMITERS = ",\t;"
# by so many lines it is seen which of them it is
SAMPLE = 50


def rows(
    name: str, data: bytes, heads: Mapping[str, Sequence[str]], most: int
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that says something, with its number in the sheet, as {field: text}.

    `heads` gives for each field how its column may be headed; the first row has the heads. Raises Unreadable.
    """
    if len(data) > FILE_BYTES:
        raise Unreadable("文件超过 50 MB，请拆成几份再导入。")
    lines = (pair for pair in grid(name, data) if any(pair[1]))
    _, first = next(lines, (1, []))
    columns = {
        at: field for at, head in enumerate(first) for field, names in heads.items() if head.lower() in names
    }
    if not columns:
        raise Unreadable(
            f"第一行没有认得的列名。列名请写：{'、'.join(names[0] for names in heads.values())}。"
        )
    found = list(islice(lines, most + 1))
    if len(found) > most:
        raise Unreadable(f"超过 {most:,} 行，请拆成几份再导入。")
    for number, cells in found:
        yield number, {field: cells[at] for at, field in columns.items() if at < len(cells)}


def grid(name: str, data: bytes) -> Iterator[tuple[int, Cells]]:
    """Every row with its number, the cells as text. Raises Unreadable, at the latest where the damage is."""
    kind = PurePath(name).suffix.lower()
    if kind == ".xlsx":
        return _sheet(data)
    if kind == ".csv":
        return _lines(decode(data))
    raise Unreadable("不支持这种文件。请用 .xlsx、.csv 或 .jsonl。")


def _lines(text: str) -> Iterator[tuple[int, Cells]]:
    for number, cells in records(text):
        yield number, [cell.strip() for cell in cells]


def records(text: str) -> Iterator[tuple[int, Cells]]:
    """The cells as they stand in a CSV, whichever sign is between them. Raises Unreadable, at the latest where the damage is."""
    try:
        yield from enumerate(_parsed(text, max(DELIMITERS, key=lambda sign: _likelihood(text, sign))), 1)
    except csv.Error as error:
        raise Unreadable("这不是能读懂的 CSV。请用 Excel 或 WPS 另存为 .xlsx 再导入。") from error


def _parsed(text: str, delimiter: str) -> Iterator[Cells]:
    return csv.reader(io.StringIO(text, newline=None), delimiter=delimiter)


def _likelihood(text: str, delimiter: str) -> tuple[int, int]:
    """How many lines it cuts into equally many cells, and how many."""
    widths = Counter(len(cells) for cells in islice(_parsed(text, delimiter), SAMPLE) if len(cells) > 1)
    return max(((lines, width) for width, lines in widths.items()), default=(0, 0))


def _sheet(data: bytes) -> Iterator[tuple[int, Cells]]:
    try:
        packing.check(data)
        yield from _cells(data)
    except Unreadable:
        raise
    # whatever a broken workbook trips over
    except Exception as error:
        raise Unreadable("打不开这个工作簿。请用 Excel 或 WPS 另存一份再导入。") from error


def _cells(data: bytes) -> Iterator[tuple[int, Cells]]:
    """Of the first sheet."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > ROWS:  # rows that are left out are made up, and a sheet may claim any number of them
            raise Unreadable(f"表格超过 {ROWS:,} 行，请删去空白的行，或拆成几份再导入。")
        yield number, ["" if cell is None else str(cell).strip() for cell in cells]
