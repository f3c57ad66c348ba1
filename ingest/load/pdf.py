"""PDF with a text layer: pages kept, the layout's hard line breaks joined again."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from ingest.load.errors import Unreadable
from ingest.load.naming import title
from ingest.outline import opens
from kb.text import clean
from kb.types import Document, Section

_PAGE_NUMBER = re.compile(r"[-—–·\s]*第?\s*\d{1,4}\s*页?(?:\s*[/／,，共]\s*\d{1,4}\s*页?)?[-—–·\s]*")
_ENDED = re.compile("[。！？；：]$")
# fewer characters a page than this is a picture of a page
FEWEST_ON_PAGE = 12


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    page: int
    left: float
    right: float
    top: float


def load_pdf(name: str, data: bytes) -> Document:
    pages, called = _read(data)
    if sum(len(line.text) for page in pages for line in page) < FEWEST_ON_PAGE * max(len(pages), 1):
        raise Unreadable(
            "这份 PDF 是扫描件，没有文字层，暂时无法检索。请先上传可以复制文字的版本（Word 或文字版 PDF）。"
        )
    joined = _paragraphs(_without_furniture(pages))
    sections = tuple(
        Section((), "\n".join(text for text, _ in group), page=page)
        for page, group in groupby(joined, key=lambda pair: pair[1])
    )
    return Document(title(name, joined[0][0], called), sections)


def _read(data: bytes) -> tuple[list[list[Line]], str | None]:
    import pdfplumber
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(data)) as file:
            return [_lines(page, at) for at, page in enumerate(file.pages, 1)], file.metadata.get("Title")
    except PdfminerException as error:
        if "password" in repr(error).lower():
            raise Unreadable("这份 PDF 有密码保护。请去掉密码后再上传。") from error
        raise


def _lines(page: Any, number: int) -> list[Line]:
    found = [
        Line(clean(line["text"]).strip(), number, line["x0"], line["x1"], line["top"])
        for line in page.extract_text_lines(return_chars=False)
    ]
    page.close()  # pdfplumber otherwise keeps every character of every page
    return [line for line in found if line.text]


def _without_furniture(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """All lines but page numbers, and but first or last lines that most pages share."""
    edges = (
        Counter(line.text for page in pages for line in {page[0], page[-1]} if page) if pages else Counter()
    )
    repeated = {text for text, times in edges.items() if len(pages) > 2 and times > len(pages) / 2}
    return [line for page in pages for line in page if not _furniture(line, page, repeated)]


def _furniture(line: Line, page: Sequence[Line], repeated: set[str]) -> bool:
    at_edge = line is page[0] or line is page[-1]
    return at_edge and (line.text in repeated or bool(_PAGE_NUMBER.fullmatch(line.text)))


def _paragraphs(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """Paragraphs with the page on which each begins."""
    if not lines:
        return []
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    usual = median(_gaps(lines) or [0])
    found: list[list[Line]] = []
    for line in lines:
        if found and _continues(found[-1][-1], line, left, right, usual):
            found[-1].append(line)
        else:
            found.append([line])
    return [(_joined(line.text for line in group), group[0].page) for group in found]


def _gaps(lines: Sequence[Line]) -> list[float]:
    return [below.top - above.top for above, below in pairwise(lines) if above.page == below.page]


def _continues(above: Line, below: Line, left: float, right: float, usual: float) -> bool:
    if opens(below.text):
        return False
    width = right - left
    full = above.right > right - 0.12 * width
    if above.page != below.page:
        return full and not _ENDED.search(above.text)
    near = below.top - above.top <= 1.35 * usual
    indented = below.left > left + 0.025 * width
    return near and full and not indented


def _joined(texts: Iterable[str]) -> str:
    """Lines put together; a space only where two Latin words or numbers would run into one."""
    whole = ""
    for text in texts:
        gap = " " if re.search(r"[A-Za-z0-9,.]$", whole) and re.match(r"[A-Za-z0-9]", text) else ""
        whole += gap + text
    return whole
