"""Web pages: their main text by headings, without what surrounds it."""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, CData, NavigableString, Tag

from ingest.load.encodings import decode
from ingest.load.errors import Unreadable
from ingest.load.limits import MARKUP_BYTES
from ingest.load.naming import title
from ingest.load.sections import Gatherer
from ingest.load.tables import Cell, rows, spread
from kb.types import Document

NOISE = [
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "svg",
    "iframe",
]
BLOCKS = ["p", "div", "li", "dt", "dd", "pre", "blockquote", "section", "article", "ul", "ol", "hr", "br"]
# a table that holds headings or tables only lays out its page, and its cells are blocks
BLOCKS += ["summary", "details", "figcaption", "address", "table", "tr", "td", "th", "caption"]
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# stands in the running text for a heading of a level; none comes in from outside
_MARK = "\x01"
_HEADING = re.compile(f"{_MARK}([1-6])(.*)")


def load_html(name: str, data: bytes) -> Document:
    if len(data) > MARKUP_BYTES:
        raise Unreadable(f"网页超过 {MARKUP_BYTES // 1_000_000} MB，请拆成几份再上传。")
    soup = BeautifulSoup(decode(data), "lxml")
    called = soup.title.get_text() if soup.title else None
    gathered = Gatherer()
    gather(soup, gathered)
    return Document(title(name, gathered.first, called), gathered.finish())


def gather(soup: BeautifulSoup, gathered: Gatherer) -> None:
    for line in _lines(soup):
        if heading := _HEADING.fullmatch(line):
            gathered.head(int(heading.group(1)), heading.group(2))
        else:
            gathered.say(line)


def _lines(soup: BeautifulSoup) -> list[str]:
    body = soup.select_one("main") or soup.select_one("article") or soup.body or soup
    return [line.strip() for line in "".join(_pieces(body)).split("\n") if line.strip()]


def _pieces(node: Tag, kept: bool = False) -> Iterator[str]:
    """The text in order, with a line break wherever a block begins or ends; `kept` are those of the markup itself."""
    for child in node.children:
        if not isinstance(child, Tag):
            if type(child) in {NavigableString, CData}:
                text = str(child).replace(_MARK, "")
                yield text if kept else _flow(text)
        elif child.name in HEADINGS:
            yield f"\n{_MARK}{child.name[1]}{' '.join(''.join(_pieces(child)).split())}\n"
        elif child.name == "table" and not child.find(["table", *HEADINGS]):
            yield from _table(child)
        elif child.name not in NOISE:
            apart = "\n" if child.name in BLOCKS else ""
            yield apart
            yield from _pieces(child, kept or child.name == "pre")
            yield apart


def _table(table: Tag) -> Iterator[str]:
    yield "\n"
    yield from _pieces(table.caption) if table.caption else ()
    yield from (f"\n{row}" for row in rows(spread(_cells(table))))
    yield "\n"


def _flow(text: str) -> str:
    """The markup's own line breaks: nothing between Chinese characters, a space elsewhere."""
    if "\n" not in text:
        return text
    first, *between, last = text.split("\n")
    whole = first.rstrip()
    for line in [*map(str.strip, between), last.lstrip()]:
        gap = "" if whole and not whole[-1].isascii() and not line[:1].isascii() else " "
        whole += gap + line if line else ""
    return whole if last.strip() else f"{whole} "


def _cells(table: Tag) -> Iterator[list[Cell]]:
    for row in table.find_all("tr"):
        yield [
            Cell("".join(_pieces(cell)), _span(cell, "colspan"), _span(cell, "rowspan"))
            for cell in row.find_all(["th", "td"])
        ]


def _span(cell: Tag, name: str) -> int:
    written = str(cell.get(name, ""))
    return int(written) if written.isdecimal() and len(written) < 6 else 1
