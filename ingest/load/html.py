"""Web pages: their main text by headings, without what surrounds it."""

import re
from collections.abc import Iterable, Iterator

from bs4 import BeautifulSoup, Tag

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
BLOCKS += ["summary", "details", "figcaption", "address"]
# a table that holds headings or tables only lays out its page
LAYOUT = ["table", "tr", "td", "th", "caption"]
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
# stands in the running text for a heading of a level; clean() lets none of these in from outside
_HEADING = re.compile("\x01([1-6])(.*)")


def load_html(name: str, data: bytes) -> Document:
    if len(data) > MARKUP_BYTES:
        raise Unreadable(f"网页超过 {MARKUP_BYTES // 1_000_000} MB，请拆成几份再上传。")
    soup = BeautifulSoup(decode(data), "lxml")
    called = soup.title.get_text() if soup.title else None
    gathered = Gatherer()
    for line in _lines(soup):
        if heading := _HEADING.fullmatch(line):
            gathered.head(int(heading.group(1)), heading.group(2))
        else:
            gathered.say(line)
    return Document(title(name, gathered.first, called), gathered.finish())


def plain(markup: str) -> str:
    """The text of a scrap of HTML."""
    return "\n".join(_lines(BeautifulSoup(markup, "lxml")))


def _lines(soup: BeautifulSoup) -> list[str]:
    for tag in soup.find_all(NOISE):
        tag.decompose()
    body = soup.select_one("main") or soup.select_one("article") or soup.body or soup
    for text in body.find_all(string=lambda string: "\n" in (string or "")):
        if not text.find_parent("pre"):
            text.replace_with(_flow(text))
    tables = [table for table in body.find_all("table") if not table.find(["table", *HEADINGS])]
    _set_apart(body.find_all(BLOCKS))
    for table in tables:
        caption = table.caption.extract().get_text() if table.caption else ""
        table.replace_with("\n".join(["", caption, *rows(spread(_cells(table))), ""]))
    for heading in body.find_all(HEADINGS):
        heading.replace_with(f"\n\x01{heading.name[1]}{' '.join(heading.get_text().split())}\n")
    _set_apart(body.find_all(LAYOUT))
    return [line.strip() for line in body.get_text().split("\n") if line.strip()]


def _set_apart(tags: Iterable[Tag]) -> None:
    for tag in tags:
        tag.insert_before("\n")
        tag.insert_after("\n")


def _flow(text: str) -> str:
    """The markup's own line breaks: nothing between Chinese characters, a space elsewhere."""
    first, *between, last = text.split("\n")
    whole = first.rstrip()
    for line in [*map(str.strip, between), last.lstrip()]:
        gap = "" if whole and not whole[-1].isascii() and not line[:1].isascii() else " "
        whole += gap + line if line else ""
    return whole if last.strip() else f"{whole} "


def _cells(table: Tag) -> Iterator[list[Cell]]:
    for row in table.find_all("tr"):
        yield [
            Cell(cell.get_text(), _span(cell, "colspan"), _span(cell, "rowspan"))
            for cell in row.find_all(["th", "td"])
        ]


def _span(cell: Tag, name: str) -> int:
    written = str(cell.get(name, ""))
    return int(written) if written.isdecimal() and len(written) < 6 else 1
