"""What goes into the cells of a spreadsheet."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Cell = str | int | Decimal | date | None

FORMULA = tuple("=+-@＝＋－＠\t\r\n")
PHONE = re.compile(r"\+\d[\d ]*")


def neutral(cell: Cell) -> Cell:
    """Text that a spreadsheet would calculate gets an apostrophe; numbers and phone numbers do not."""
    if not isinstance(cell, str):
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", cell)
    calculated = text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    return f"'{text}" if calculated and not PHONE.fullmatch(text) else text


class NeutralCells:
    """For Wagtail's lists that are exported."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        made: Any = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return neutral(made)
