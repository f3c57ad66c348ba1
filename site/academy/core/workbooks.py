"""A workbook (Office Open XML, ECMA-376) as a stream: each row is sent once it is there and kept nowhere, so a million take no
more memory than ten, and the first arrive at once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import IO, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from academy.core.cells import Cell

# what a sheet holds; more rows go on to the next sheet, under the same head
SHEET_ROWS = 1_048_576
ROWS = 500
# what a cell holds, and what no cell can
LONGEST, NO_XML = 32_767, re.compile("[\ufffe\uffff]")
# most of the time goes into packing; packing harder takes three times as long for a tenth
LEVEL = 1
BEGINNING = date(1899, 12, 30)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# the second style is a day, the third a moment
STYLES = f"""{XML}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="1"><font><sz val="11"/></font></fonts>
<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/>
<xf numFmtId="165" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
RELATIONS = f"""{XML}<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""


class _Pieces:
    """What has been packed since it was last taken."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self._held = b"".join(self._held), []
        return taken


def workbook(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The first row is the head."""
    pieces, lines = _Pieces(), iter(rows)
    head, count = next(lines, ()), 0
    with ZipFile(cast(IO[bytes], pieces), "w", ZIP_DEFLATED, compresslevel=LEVEL) as packed:
        first = next(lines, None)
        while first is not None or not count:
            count += 1
            them = islice(chain([] if first is None else [first], lines), SHEET_ROWS - 1)
            with packed.open(f"xl/worksheets/sheet{count}.xml", "w") as sheet:
                for text in _sheet(chain([head], them)):
                    sheet.write(text.encode())
                    if piece := pieces.take():
                        yield piece
            first = next(lines, None)
        for name, text in _rest(count).items():
            packed.writestr(name, text)
    yield pieces.take()


def _sheet(rows: Iterator[Sequence[Cell]]) -> Iterator[str]:
    yield f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'
    while text := "".join(map(_row, islice(rows, ROWS))):
        yield text
    yield "</sheetData></worksheet>"


def _row(cells: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<c/>"
    if isinstance(cell, date):
        return f'<c s="{2 if isinstance(cell, datetime) else 1}"><v>{_serial(cell)}</v></c>'
    if isinstance(cell, int | float | Decimal):
        return f"<c><v>{cell}</v></c>"
    text = escape(NO_XML.sub("", cell[:LONGEST]))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _serial(day: date) -> float:
    """Days since the day from which spreadsheets count; of a moment also the part that is over."""
    if isinstance(day, datetime):
        return (day - datetime.combine(BEGINNING, time.min)) / timedelta(days=1)
    return (day - BEGINNING).days


def _rest(sheets: int) -> dict[str, str]:
    """What says of which parts the workbook is; written last, when it is known how many there are."""
    numbers = range(1, sheets + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for n in numbers
    )
    named = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{parts}</Types>',
        "_rels/.rels": RELATIONS,
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId{sheets + 1}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
