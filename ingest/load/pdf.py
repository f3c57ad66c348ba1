"""PDF: the text layer with its columns and tables; pages without one are read from their picture."""

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

from ingest.load import images, layout, limits, ocr, patience
from ingest.load.columns import scaled
from ingest.load.errors import Unreadable
from ingest.load.furniture import without_furniture
from ingest.load.grids import Tables
from ingest.load.headings import sections
from ingest.load.layout import Line
from ingest.load.naming import title
from ingest.load.pdfwords import words
from kb.types import Document

if TYPE_CHECKING:
    from PIL.Image import Image

# fewer characters than this beside a picture of half the page or more are a stamp on a scan
FEWEST_ON_PAGE, FEWEST_ON_PICTURE = 12, 60
# letters that no Chinese or English text has so many of: what a font without a table of characters gives
_BROKEN = re.compile(r"[\ufffd\ue000-\uf8ff\xa1-\xa6\xa8-\xaf\xb4-\xb6\xb8-\xd6\xd8-\xf6\xf8-\u024f]")
MOST_BROKEN = 0.2
# pixels to a point of a page that is read from its picture, at the sharpest
SHARPEST = 200 / 72
# shades of grey, of 256, that a blank page may have
NEARLY = 16
# a page is looked through for pictures up to so many things on it
THINGS = 1_000

LOCKED = "这份 PDF 有密码保护。请去掉密码后再上传。"
TOO_MANY = f"PDF 超过 {limits.PAGES:,} 页，请拆分成几个文件后重新上传。"


def load_pdf(name: str, data: bytes) -> Document:
    """Sections by page, and by headings where they are set in larger type; a paragraph is on the page where it begins."""
    with _open(data) as file:
        found = layout.paragraphs(_lines(file, Tables(data)))
        first = found[0].text if found else None
        return Document(title(name, first, file.get_metadata_value("Title")), tuple(sections(found)))


def _lines(file: Any, tables: Tables) -> list[Line]:
    """All lines of the text, from the text layer where it has one, else from the page's picture."""
    pages = [_written(file, at, tables) for at in range(len(file))]
    drawn = (at for at, lines in enumerate(pages) if lines is None and not _blank(file[at]))
    pictured = list(islice(drawn, limits.PICTURED_PAGES + 1))
    if len(pictured) > limits.PICTURED_PAGES:
        raise Unreadable(images.TOO_MANY)
    seen = {at: _seen(file[at], at + 1) for at in pictured}
    lines = without_furniture([seen.get(at, lines or []) for at, lines in enumerate(pages)])
    if pictured and not lines:
        raise Unreadable(images.NO_TEXT)
    return lines


def _open(data: bytes) -> Any:
    import pypdfium2

    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise (Unreadable(LOCKED) if "password" in str(error).lower() else error) from error
    if len(file) > limits.PAGES:
        raise Unreadable(TOO_MANY)
    return file


def _written(file: Any, at: int, tables: Tables) -> list[Line] | None:
    """The lines of a page's text layer, None if it has none that can be used."""
    patience.renew()
    page = file[at]
    pieces = words(page)
    if not _is_text("".join(piece.text for piece in pieces), _pictured(page)):
        return None
    rows, rest = tables.read(page, at, pieces)
    return layout.read([*rest, *rows], at + 1, page.get_width())


def _is_text(written: str, pictured: bool) -> bool:
    enough = FEWEST_ON_PICTURE if pictured else FEWEST_ON_PAGE
    return len(written) >= enough and len(_BROKEN.findall(written)) <= MOST_BROKEN * len(written)


def _pictured(page: Any) -> bool:
    """Whether one picture takes half the page."""
    import pypdfium2.raw as pdfium

    boxes = (thing.get_bounds() for thing in page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    largest = max((abs((r - x) * (t - y)) for x, y, r, t in islice(boxes, THINGS)), default=0.0)
    return bool(largest > page.get_width() * page.get_height() / 2)


def _blank(page: Any) -> bool:
    shades = _drawn(page, 0.5)[0].convert("L").histogram()
    darkest = next(shade for shade, pixels in enumerate(shades) if pixels)
    return not any(shades[darkest + NEARLY :])


def _seen(page: Any, number: int) -> list[Line]:
    """The lines of a page's picture, their places in points as in a text layer."""
    picture, scale = _drawn(page, SHARPEST)
    pieces, width = ocr.read_picture(picture)
    patience.renew()
    placed = [scaled(piece, 1 / scale) for piece in pieces]
    return layout.read(placed, number, width / scale, by_hand=True)


def _drawn(page: Any, scale: float) -> tuple["Image", float]:
    """A page drawn at this scale, or at a smaller one that memory allows for, and the scale."""
    patience.renew()
    scale *= ocr.smaller(page.get_width() * scale, page.get_height() * scale)
    return page.render(scale=scale).to_pil().convert("RGB"), scale
