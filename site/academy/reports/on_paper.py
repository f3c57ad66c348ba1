"""A report as a PDF and as a Word document."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import get_language
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, WrapMode

from academy.records.lettering import cut, printable
from academy.reports.periodical import Report
from academy.reports.rows import Table

SONG, WORD_SONG = "song", "宋体"
BREAKS = {"en": WrapMode.WORD}
WIDTH = 174
# how wide the columns of a table are, against each other: its name, numbers, shares; and of the numbers at the head
NAME, NUMBER, SHARE = 2.0, 0.8, 1.35
HEAD_WIDTHS = (1.3, 1.1, 1.6)


def numbers(report: Report) -> Iterator[list[str]]:
    """Name with the number of its definition, value, unit, and the year before."""
    for stats in report.context()["groups"].values():
        for stat in stats:
            value = f"{stat['value']} {stat['unit']}".strip()
            detail = f" ({stat['detail']})" if stat["detail"] else ""
            yield [f"{stat['name']} [{stat['note']}]", f"{value}{detail}", stat["before"]]


def pdf(report: Report) -> bytes:
    with TemporaryDirectory() as folder:
        font = Path(folder) / "song.ttf"
        cut(_everything(report), font)
        sheet = Sheet(font)
        sheet.set_title(report.title)
        sheet.write_report(report)
        return bytes(sheet.output())


def _everything(report: Report) -> str:
    cells = [cell["text"] for table in report.tables for row in [*table.rows, table.foot] for cell in row]
    heads = [head for table in report.tables for head in [table.title, *table.heads]]
    lines = [cell for line in numbers(report) for cell in line]
    words = [report.title, report.as_of, *report.sentences, *report.pictures.values(), *report.footnotes]
    return "".join([*cells, *heads, *lines, *words, "0123456789/"])


class Sheet(FPDF):
    def __init__(self, font: Path) -> None:
        super().__init__("portrait", "mm", "A4")
        self.set_margins(18, 18)
        self.set_auto_page_break(True, 20)
        self.add_font(SONG, fname=font)
        self.add_page()

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font(SONG, size=9)
        self.cell(WIDTH, 6, f"{self.page_no()}", align="C")

    def write_report(self, report: Report) -> None:
        self._say(report.title, 17)
        self._say(report.as_of, 9)
        for sentence in report.sentences:
            self._say(sentence, 11.5)
        self._grid([], list(numbers(report)))
        for name, caption in report.pictures.items():
            self._picture(caption, report.picture(name))
        for table in report.tables:
            self._say(table.title, 13)
            self._grid(table.heads, texts(table), _widths(table))
        for note in report.footnotes:
            self._say(note, 8.5)

    def _say(self, words: str, size: float) -> None:
        self.set_font(SONG, size=size)
        self.multi_cell(WIDTH, size * 0.6, printable(words), wrapmode=_breaks(), new_x="LMARGIN", new_y="NEXT", align="L")  # fmt: skip
        self.ln(2)

    def _picture(self, caption: str, png: bytes) -> None:
        self.image(BytesIO(png), w=WIDTH, alt_text=caption)
        self.ln(4)

    def _grid(self, heads: list[str], rows: list[list[str]], widths: tuple[float, ...] = HEAD_WIDTHS) -> None:
        lines = [heads, *rows] if heads else rows
        if not rows:
            return
        self.set_font(SONG, size=9)
        with self.table(
            col_widths=widths,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            first_row_as_headings=False,
            text_align=("LEFT", *["RIGHT" if heads else "LEFT"] * (len(rows[0]) - 1)),
            line_height=5.5,
            wrapmode=_breaks(),
        ) as grid:
            for line in lines:
                grid.row([printable(cell) for cell in line])
        self.ln(4)


def _widths(table: Table) -> tuple[float, ...]:
    shares = len(table.total.shares)
    return (NAME, *[NUMBER] * (len(table.heads) - 1 - shares), *[SHARE] * shares)


def _breaks() -> WrapMode:
    """Chinese may break after any character, English between words."""
    return BREAKS.get(get_language() or "", WrapMode.CHAR)


def texts(table: Table) -> list[list[str]]:
    return [[cell["text"] for cell in row] for row in [*table.rows, table.foot]]


def word(report: Report) -> bytes:
    document = Document()
    normal = document.styles["Normal"]
    normal.font.size = Pt(10.5)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), WORD_SONG)
    document.core_properties.title = report.title
    document.add_heading(report.title, 0)
    document.add_paragraph(report.as_of)
    for sentence in report.sentences:
        document.add_paragraph(sentence)
    _word_table(document, [], list(numbers(report)))
    for name, caption in report.pictures.items():
        document.add_heading(caption, 1)
        document.add_picture(BytesIO(report.picture(name)), width=Cm(15.5))
    for table in report.tables:
        document.add_heading(table.title, 1)
        _word_table(document, table.heads, texts(table))
    for note in report.footnotes:
        document.add_paragraph(note)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _word_table(document: Any, heads: list[str], rows: list[list[str]]) -> None:
    lines = [heads, *rows] if heads else rows
    grid = document.add_table(rows=0, cols=len(lines[0]))
    grid.style = "Light Grid"
    for line in lines:
        for cell, text in zip(grid.add_row().cells, line, strict=True):
            cell.text = text


FORMATS: dict[str, tuple[str, Callable[[Report], bytes]]] = {
    "pdf": ("application/pdf", pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
}
