"""Tables as text: a row with the heads of its columns is a section of its own."""

import csv
import io
from collections import Counter
from itertools import islice

from ingest.load.encodings import decode
from ingest.load.errors import Unreadable
from ingest.load.limits import COLUMNS, ROWS
from ingest.load.naming import title
from ingest.load.tables import sections
from kb.types import Document

DELIMITERS = (",", "\t", ";", "|", "，")
# rows that tell the delimiter
SAMPLE = 50


def load_csv(name: str, data: bytes) -> Document:
    text = decode(data)
    grid = list(islice(csv.reader(io.StringIO(text), delimiter=_delimiter(text)), ROWS + 1))
    if len(grid) > ROWS or any(len(row) > COLUMNS for row in grid):
        raise Unreadable(f"表格超过 {ROWS:,} 行或 {COLUMNS} 列，请拆成几份再上传。")
    return Document(title(name), tuple(sections(enumerate(grid, 1))))


def _delimiter(text: str) -> str:
    """The one that cuts most of the first rows into the same number of cells, the more the better."""
    sample = list(islice((line for line in text.split("\n") if line.strip()), SAMPLE))

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(map(len, csv.reader(sample, delimiter=delimiter)))
        width, times = max(
            ((w, n) for w, n in widths.items() if w > 1), key=lambda pair: pair[1], default=(0, 0)
        )
        return times, width

    return max(DELIMITERS, key=regularity)
