"""A file as lines under the heads of our columns."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from pathlib import PurePath

from django.utils.translation import gettext as _

from ingest import sheets
from ingest.load import Unreadable
from kb.text import clean

SUFFIXES = (".xlsx", ".csv", ".tsv", ".txt")
FILE_BYTES, ROWS = 20_000_000, 50_000
# above the heads there may be a title and a note
ABOVE = 10
# how a column may be headed: how unlike ours that is, and which it is
Known = dict[str, tuple[int, str]]


@dataclass(slots=True)
class Line:
    """What stands in the columns that are known; `troubles` are cells that cannot be relied upon, and from those that
    are `tidied` something was taken that cannot be seen."""

    number: int
    cells: dict[str, str]
    troubles: dict[str, str] = field(default_factory=dict)
    tidied: Sequence[str] = ()


@dataclass(slots=True)
class File:
    """Read once, from the top: `hidden` is counted on the way. `renamed` are columns that are headed otherwise than ours,
    each with ours."""

    columns: dict[int, str]
    passed_over: list[str]
    renamed: list[tuple[str, str]]
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
                tidied = [self.columns[at] for at in line.tidied if at in self.columns]
                yield Line(line.number, cells, troubles, tidied)


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
    known = _known(heads)
    for _above, line in zip(range(ABOVE), rest, strict=False):
        if len(set(_columns(line.texts, known).values())) >= 2:
            first = next(rest, None)
            texts = line.texts
            if first and _is_head(first.texts, known):
                texts = [below or head for head, below in zip_longest(texts, first.texts, fillvalue="")]
            elif first:
                rest = chain([first], rest)
            return _file(line, texts, known, rest)
    raise Unreadable(
        _("No row at the top has the names of the columns. They are: %(heads)s.")
        % {"heads": "、".join(heads)}
    )


def _file(line: sheets.Line, texts: Sequence[str], known: Known, rest: Iterator[sheets.Line]) -> File:
    columns = _columns(texts, known)
    strange = [text for at, text in enumerate(texts) if text and at not in columns]
    renamed = [(texts[at], column) for at, column in columns.items() if _bare(texts[at]) != _bare(column)]
    hidden = [column for at, column in columns.items() if at in line.hidden_columns]
    return File(columns, strange, renamed, rest, hidden)


def _known(heads: dict[str, Sequence[str]]) -> Known:
    found: Known = {}
    for column, spellings in heads.items():
        for rank, spelling in enumerate((column, *spellings)):
            found.setdefault(_bare(spelling), (rank, column))
    return found


def _columns(texts: Sequence[str], known: Known) -> dict[int, str]:
    """Of two for one column the one that is headed more like ours, or the first."""
    found = sorted((*known[_bare(text)], at) for at, text in enumerate(texts) if _bare(text) in known)
    first: dict[str, int] = {}
    for _rank, column, at in found:
        first.setdefault(column, at)
    return {at: column for column, at in sorted(first.items(), key=lambda pair: pair[1])}


def _is_head(texts: Sequence[str], known: Known) -> bool:
    """Whether a line goes on with the names of columns, where those above are merged."""
    return all(_bare(text) in known for text in texts if text)


def _bare(head: str) -> str:
    """Without marks that say a column has to be filled in, and without notes in brackets."""
    plain = unicodedata.normalize("NFKC", clean(head))
    return re.sub(r"[\s*:'\"_/-]|[(\[【〔{].*", "", plain).lower()
