"""A file as lines under the heads of our columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from django.utils.translation import gettext as _

from ingest import sheets
from ingest.load import Unreadable
from kb.text import clean

SUFFIXES = (".xlsx", ".csv")
FILE_BYTES, ROWS = 20_000_000, 50_000
# above the heads there may be a title and a note
ABOVE = 5


@dataclass(slots=True)
class Line:
    """What stands in the columns that are known; `troubles` are cells that cannot be relied upon."""

    number: int
    cells: dict[str, str]
    troubles: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class File:
    """Read once, from the top: `hidden` is counted on the way."""

    columns: dict[int, str]
    passed_over: list[str]
    rest: Iterator[sheets.Line]
    hidden_columns: list[str]
    hidden: int = 0

    def lines(self) -> Iterator[Line]:
        for line in self.rest:
            said = {name: line.texts[at] for at, name in self.columns.items() if at < len(line.texts)}
            cells = {name: text for name, text in said.items() if text}
            if cells:
                self.hidden += line.is_hidden
                troubles = {
                    self.columns[at]: str(why) for at, why in line.troubles.items() if at in self.columns
                }
                yield Line(line.number, cells, troubles)


def refusal(name: str, size: int) -> str:
    """Why such a file is not even read; nothing for one that is."""
    if PurePath(name).suffix.lower() not in SUFFIXES:
        return _("Choose an .xlsx or .csv file. Save an .xls file as .xlsx first.")
    if size > FILE_BYTES:
        return _("The file is larger than 20 MB. Split it.")
    return "" if size else _("The file is empty.")


def read(name: str, data: bytes, heads: dict[str, Sequence[str]]) -> File:
    """`heads` gives the spellings of each column. Raises Unreadable."""
    rest = sheets.lines(name, data, ROWS + ABOVE)
    known = {_bare(spelling): column for column, all_of in heads.items() for spelling in (column, *all_of)}
    for _above, line in zip(range(ABOVE), rest, strict=False):
        found = [known.get(_bare(text), "") for text in line.texts]
        if len(set(filter(None, found))) >= 2:
            columns = {at: column for at, column in enumerate(found) if column and column not in found[:at]}
            strange = [text for at, text in enumerate(line.texts) if text and at not in columns]
            hidden = [column for at, column in columns.items() if at in line.hidden_columns]
            return File(columns, strange, rest, hidden)
    raise Unreadable(
        _("No row at the top has the names of the columns. They are: %(heads)s.")
        % {"heads": "、".join(heads)}
    )


def _bare(head: str) -> str:
    """Without marks that say a column has to be filled in, and without notes in brackets."""
    return re.sub(r"[\s*＊:：]|[（(].*", "", clean(head)).lower()
