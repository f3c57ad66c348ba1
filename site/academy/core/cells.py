"""What goes into the cells of a spreadsheet, and how it is read back."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

Cell = str | int | Decimal | date | None

# what a spreadsheet calculates; the apostrophes before it say that it is text
CALCULATED = re.compile(r"'*\s*[=+\-@＝＋－＠\t\r\n]")
# what no sheet can hold
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
PHONE = re.compile(r"\+\d[\d ]{6,}")


def neutral(cell: Cell) -> Cell:
    """Text that a spreadsheet would calculate gets an apostrophe; numbers and phone numbers do not."""
    if not isinstance(cell, str):
        return cell
    text = UNWRITABLE.sub("", cell)
    return f"'{text}" if is_calculated(text) else text


def is_calculated(text: str) -> bool:
    return CALCULATED.match(text) is not None and not PHONE.fullmatch(text)


def bare(text: str) -> str:
    """Without the apostrophe that `neutral` wrote."""
    return text[1:] if text.startswith("'") and CALCULATED.match(text[1:]) else text


class NeutralCells:
    """For Wagtail's lists that are exported."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        made: Any = super().preprocess_field_value(field, value, export_format)  # type: ignore[misc]
        return neutral(made)
