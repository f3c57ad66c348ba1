"""The certificate as a PDF: A4 lying on its side, one page, its text real text and its QR code drawn."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF
from fpdf.enums import TextMode

from academy.records.lettering import INDENT, cut, printable
from academy.records.models import Certificate
from academy.records.paper import Paper, paper
from academy.records.qr import qr

WIDTH, HEIGHT = 297.0, 210.0
BLUE, INK, GREY, RED, EDGE = (23, 70, 143), (35, 31, 27), (90, 83, 76), (179, 37, 30), (133, 124, 114)
# the two lines of the rim, and what keeps clear of them
RIM, INNER, LEFT, RIGHT, BOTTOM = 12.0, 14.2, 34.0, 263.0, 183.0
POINT = 25.4 / 72
SONG = "song"
# what no line may begin with, nor end with, and what is not taken apart
TOKEN = re.compile(r"[“‘（《〈【]*(?:[0-9A-Za-z.\-]+|.)[，。、；：！？”’）》〉】]*")


def pdf(certificate: Certificate, with_score: bool = True) -> bytes:
    page = paper(certificate, with_score)
    with TemporaryDirectory() as folder:
        font = Path(folder) / "song.ttf"
        cut(_everything(page), font)
        sheet = Sheet(font)
        sheet.set_title(f"{page.title} {certificate.number}")
        sheet.set_author(page.issuer)
        sheet.set_creation_date(certificate.issued_at)
        sheet.draw(page)
        return bytes(sheet.output())


def _everything(page: Paper) -> str:
    words = (page.title, page.subtitle, page.salutation, page.scan, *page.seal, page.revoked)
    return f"{astuple(page)}{words}"


class Sheet(FPDF):
    def __init__(self, font: Path) -> None:
        super().__init__("landscape", "mm", "A4")
        self.set_auto_page_break(False)
        self.set_lang("zh-CN")
        self.add_font(SONG, fname=font)
        self.add_page()

    def draw(self, page: Paper) -> None:
        self._rim()
        self._heading(page)
        self._body(page)
        self._facts(page.facts)
        self._issuer(page)
        self._code(page)
        if page.is_revoked:
            self._cross(page.revoked)

    def _rim(self) -> None:
        self.set_draw_color(*BLUE)
        for inset, line in ((RIM, 1.4), (INNER, 0.3)):
            self.set_line_width(line)
            self.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)

    def _heading(self, page: Paper) -> None:
        # wider, and readers would take each character for a word
        self.set_char_spacing(2.5)
        self._centred(page.title, 40, WIDTH / 2, 47, bold=True)
        self.set_char_spacing(0)
        self._centred(page.subtitle, 13, WIDTH / 2, 57, GREY)

    def _body(self, page: Paper) -> None:
        room = RIGHT - LEFT
        size = self._fitting(page.name, (24, 20, 16, 12), room - 24)
        self._line(page.name, size, LEFT, 80, bold=True)
        self._line(page.salutation, 18, LEFT + self._wide(page.name, size) + 2, 80)
        # two characters in, as a printed paragraph begins
        lines, size = self._wrapped(f"{INDENT * 2}{page.sentence}", (18, 16, 14, 12), room, 48)
        for n, line in enumerate(lines):
            self._line(line, size, LEFT, 95 + n * size * POINT * 1.8)

    def _facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Standing on the line of the issuer's date and the QR code's last words."""
        left, room, label_room, lines, size = 82.0, 94.0, 22.0, [], 12.0
        for size in (12, 10.5, 9, 8):
            lines = list(self._set(facts, size, room - label_room))
            if len(lines) * size * POINT * 1.6 <= 44:
                break
        for n, (label, words) in enumerate(lines, 1):
            y = BOTTOM - (len(lines) - n) * size * POINT * 1.6
            self._line(label, size, left, y, GREY)
            self._line(words, size, left + label_room, y)

    def _set(self, facts: Sequence[tuple[str, str]], size: float, room: float) -> Iterator[tuple[str, str]]:
        for label, words in facts:
            for n, line in enumerate(self._broken(words, size, room)):
                yield ("" if n else label, line)

    def _issuer(self, page: Paper) -> None:
        x, lines, size = 224.0, *self._wrapped(page.issuer, (12, 10.5, 9), 74, 16)
        for n, line in enumerate([*lines, page.issued]):
            self._centred(line, size, x, BOTTOM - (len(lines) - n) * size * POINT * 1.6)
        y = BOTTOM - (len(lines) + 1) * size * POINT * 1.6 - 15
        self.set_draw_color(*EDGE)
        self.set_line_width(0.3)
        self.set_dash_pattern(1, 1)
        self.circle(x, y, 14)
        self.set_dash_pattern()
        for n, words in enumerate(page.seal):
            self._centred(words, 8, x, y + n * 4, GREY)

    def _code(self, page: Paper) -> None:
        code, side, left, top = qr(page.url), 38.0, LEFT, 140.0
        unit = side / code.size
        self.set_fill_color(0, 0, 0)
        for run in code.runs:
            self.rect(left + run.x * unit, top + run.y * unit, run.length * unit, unit, style="F")
        self._centred(page.scan, 8, left + side / 2, 179, GREY)
        self._centred(page.code, 6.5, left + side / 2, BOTTOM, GREY)
        self.link(left, top, side, side, page.url)

    def _cross(self, words: str) -> None:
        """Past the QR code, which still has to be read."""
        self.set_draw_color(*RED)
        self.set_line_width(0.8)
        self.line(INNER, INNER, WIDTH - INNER, HEIGHT - INNER)
        self._line(words, 22, RIGHT - self._wide(words, 22), 46, RED, bold=True)

    def _line(
        self, words: str, size: float, x: float, y: float, colour: tuple[int, int, int] = INK, bold: bool = False
    ) -> None:  # fmt: skip
        """The font has one weight: what is bold is drawn with a fine outline."""
        self.set_font(SONG, size=size)
        self.set_text_color(*colour)
        self.set_draw_color(*colour)
        self.set_line_width(size * POINT * 0.03)
        with self.local_context(text_mode=TextMode.FILL_STROKE if bold else TextMode.FILL):
            self.text(x, y, printable(words))

    def _centred(
        self, words: str, size: float, x: float, y: float, colour: tuple[int, int, int] = INK, bold: bool = False
    ) -> None:  # fmt: skip
        self._line(words, size, x - self._wide(words, size) / 2, y, colour, bold)

    def _wide(self, words: str, size: float) -> float:
        self.set_font(SONG, size=size)
        return self.get_string_width(printable(words))

    def _fitting(self, words: str, sizes: Sequence[float], room: float) -> float:
        return next((size for size in sizes if self._wide(words, size) <= room), sizes[-1])

    def _wrapped(
        self, words: str, sizes: Sequence[float], room: float, height: float
    ) -> tuple[list[str], float]:  # fmt: skip
        """In the largest type in which the lines fit."""
        lines, size = [words], sizes[0]
        for size in sizes:
            lines = self._broken(words, size, room)
            if len(lines) * size * POINT * 1.8 <= height:
                break
        return lines, size

    def _broken(self, words: str, size: float, room: float) -> list[str]:
        return broken(words, lambda line: self._wide(line, size) <= room)


def broken(words: str, fits: Callable[[str], bool]) -> list[str]:
    """In lines: no punctuation at the wrong end of one, no number taken apart, unless that alone is too long."""
    lines = [""]
    for token in TOKEN.findall(words):
        for piece in [token] if fits(token) else token:
            if lines[-1] and not fits(lines[-1] + piece):
                lines.append("")
            lines[-1] += piece
    return lines
