"""How the register's rows are written, on the screen and in files."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise

from academy.core.cells import Cell
from academy.core.exports import Row

Columns = list[dict[str, Any]]


def columns(heads: Iterable[str | Promise], numeric: Iterable[int] = ()) -> Columns:
    return [{"label": str(head), "numeric": place in numeric} for place, head in enumerate(heads)]


def linked(row: Row, urls: Mapping[int, str]) -> list[dict[str, Cell]]:
    """A row of a table; `urls` lead from the cells at these places."""
    cells: list[dict[str, Cell]] = [{"text": "—" if value in ("", None) else _shown(value)} for value in row]
    for place, url in urls.items():
        cells[place]["url"] = url
    return cells


def _shown(value: Cell) -> Cell:
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else value


def written(value: Cell) -> Cell:
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else value
