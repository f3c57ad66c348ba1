"""PDF: the text layer with its columns and tables; pages without one are read from their picture."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ingest.load import images, layout, limits, ocr, patience
from ingest.load.errors import Unreadable
from ingest.load.grids import Grid, grids
from ingest.load.headings import sections
from ingest.load.layout import Line, Piece
from ingest.load.naming import title
from ingest.load.tables import rows
from kb.text import clean
from kb.types import Document

if TYPE_CHECKING:
    from PIL.Image import Image

# fewer characters than this beside a picture of half the page or more are a stamp on a scan
FEWEST_ON_PAGE, FEWEST_ON_PICTURE = 12, 60
# letters that no Chinese or English text has so many of: what a font without a table of characters gives
_BROKEN = re.compile(
    r"\(cid:\d+\)|[\ufffd\ue000-\uf8ff\xa1-\xa6\xa8-\xaf\xb4-\xb6\xb8-\xd6\xd8-\xf6\xf8-\u024f]"
)
MOST_BROKEN = 0.2
# points in a pixel of a page's picture, at the sharpest
SHARPEST = 200 / 72

LOCKED = "这份 PDF 有密码保护。请去掉密码后再上传。"
TOO_MANY = f"PDF 超过 {limits.PAGES:,} 页，请拆分成几个文件后重新上传。"


def load_pdf(name: str, data: bytes) -> Document:
    """Sections by page, and by headings where they are set in larger type; a paragraph is on the page where it begins."""
    pictures = _Pictures(data)
    pages, called = _read(data, len(pictures.file))
    wanted = [at for at, page in enumerate(pages) if page is None and not pictures.blank(at)]
    if len(wanted) > limits.PICTURED_PAGES:
        raise Unreadable(images.TOO_MANY)
    read = {at: pictures.lines(at) for at in wanted}
    lines = layout.without_furniture([read.get(at, page or []) for at, page in enumerate(pages)])
    if wanted and not lines:
        raise Unreadable(images.NO_TEXT)
    found = layout.paragraphs(lines)
    first = found[0].text if found else None
    return Document(title(name, first, called), tuple(sections(found)))


class _Pictures:
    """The pages as pictures. Raises Unreadable for a file that is locked or has too many pages."""

    def __init__(self, data: bytes) -> None:
        import pypdfium2

        try:
            self.file = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise (Unreadable(LOCKED) if "password" in str(error).lower() else error) from error
        if len(self.file) > limits.PAGES:
            raise Unreadable(TOO_MANY)

    def blank(self, at: int) -> bool:
        darkest, lightest = self._drawn(at, 0.5)[0].convert("L").getextrema()
        return bool(lightest - darkest < 16)

    def lines(self, at: int) -> list[Line]:
        """A page's lines, their places in points as in the text layer."""
        picture, scale = self._drawn(at, SHARPEST)
        pieces, width = ocr.read_picture(picture)
        patience.renew()
        return layout.read((layout.scaled(piece, 1 / scale) for piece in pieces), at + 1, width / scale)

    def _drawn(self, at: int, scale: float) -> tuple["Image", float]:
        """A page drawn at this scale, or a smaller one that memory allows for, and the scale."""
        page = self.file[at]
        width, height = page.get_size()
        scale *= ocr.smaller(width * scale, height * scale)
        return page.render(scale=scale).to_pil().convert("RGB"), scale


def _read(data: bytes, count: int) -> tuple[list[list[Line] | None], str | None]:
    """The lines of each page, None for one without a text layer, and the title that the file gives itself."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as file:
        tables = _Tables()
        pages = [_lines(page, at, tables) for at, page in enumerate(file.pages[:count], 1)]
        return pages + [None] * (count - len(pages)), file.metadata.get("Title")


class _Tables:
    """The rows of tables, which may go on over the page."""

    def __init__(self) -> None:
        self.last: Grid | None = None

    def pieces(self, found: Sequence[Grid], rest: Sequence[Piece]) -> Iterator[Piece]:
        for grid in found:
            above = sum(piece.bottom <= grid.box[1] for piece in rest)
            goes_on = (
                grid is found[0] and self.last and self.last.goes_on(grid) and above <= 2 * layout.EDGE_LINES
            )
            head = self.last.rows[:1] if goes_on and self.last else []
            left, top, right, bottom = grid.box
            for line in rows([*head, *grid.rows]):
                yield Piece(line, left, right, top, bottom, alone=True)
            self.last = Grid([*head, *grid.rows], grid.box)
        if not found:
            self.last = None


def _lines(page: Any, number: int, tables: _Tables) -> list[Line] | None:
    words = page.filter(_is_upright).extract_words()
    if not _is_text("".join(word["text"] for word in words), _pictured(page)):
        page.close()
        return None
    found, rest = grids(page, [piece for word in words if (piece := _piece(word)).text])
    lines = layout.read([*rest, *tables.pieces(found, rest)], number, float(page.width))
    page.close()  # pdfplumber otherwise keeps every character of every page
    patience.renew()
    return lines


def _is_upright(thing: dict[str, Any]) -> bool:
    """Watermarks stand askew."""
    return bool(thing.get("upright", True))


def _pictured(page: Any) -> bool:
    """Whether one picture takes half the page."""
    largest = max((image["width"] * image["height"] for image in page.images), default=0.0)
    return bool(largest > page.width * page.height / 2)


def _is_text(written: str, pictured: bool) -> bool:
    broken = sum(map(len, _BROKEN.findall(written)))
    enough = FEWEST_ON_PICTURE if pictured else FEWEST_ON_PAGE
    return len(written) >= enough and broken <= MOST_BROKEN * len(written)


def _piece(word: dict[str, Any]) -> Piece:
    text, size = clean(word["text"]).strip(), round(2 * word["height"]) / 2
    return Piece(text, word["x0"], word["x1"], word["top"], word["bottom"], size)
