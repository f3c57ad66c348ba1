"""Sheets that people fill in and send back: a head with notes, lists to choose from, columns whose digits stay text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from academy.core.cells import Cell, neutral
from academy.core.exports import FORMATS, download, export, packed

# so many lines of a template have their lists
FILLED_IN = 50_000
LISTS = "选项"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    head: str
    note: str = ""
    width: int = 14
    is_text: bool = False
    options: Sequence[str] = ()


def sheet(
    file_format: str, name: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """As `name-<today>.<format>`; a CSV has the heads and no notes."""
    if file_format != "xlsx":
        return export(file_format, name, [column.head for column in columns], rows)
    lines = ([neutral(cell) for cell in row] for row in rows)
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return download(_workbook(columns, lines), filename, FORMATS["xlsx"][0])


def _workbook(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    book = Workbook(write_only=True)
    page: Any = book.create_sheet("登记")
    page.freeze_panes = "A2"
    for at, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(at)].width = column.width
        if column.is_text:
            page.column_dimensions[get_column_letter(at)].number_format = "@"
    page.append([_head(page, column) for column in columns])
    for row in rows:
        page.append([_cell(page, *pair) for pair in zip(columns, row, strict=True)])
    _lists(book, page, columns)
    yield from packed(book)


def _head(page: Any, column: Column) -> Any:
    cell = WriteOnlyCell(page, column.head)
    cell.font = Font(bold=True)
    if column.note:
        cell.comment = Comment(column.note, "食安学堂", width=260, height=120)
    return cell


def _cell(page: Any, column: Column, value: Cell) -> Any:
    """A column's own format holds for cells that are empty yet; one that is written has its own."""
    if not (column.is_text and value):
        return value or None
    cell = WriteOnlyCell(page, str(value))
    cell.number_format = "@"
    return cell


def _lists(book: Workbook, page: Any, columns: Sequence[Column]) -> None:
    """On a sheet of their own: a list inside a cell's rule holds no more than 255 characters."""
    chosen = [(at, column) for at, column in enumerate(columns, 1) if column.options]
    if not chosen:
        return
    lists: Any = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    for line in range(max(len(column.options) for _at, column in chosen)):
        lists.append([column.options[line] if line < len(column.options) else None for _at, column in chosen])
    for place, (at, column) in enumerate(chosen, 1):
        source, letter = get_column_letter(place), get_column_letter(at)
        rule = DataValidation(
            type="list", formula1=f"'{LISTS}'!${source}$1:${source}${len(column.options)}", allow_blank=True
        )
        rule.add(f"{letter}2:{letter}{FILLED_IN + 1}")
        page.data_validations.append(rule)
