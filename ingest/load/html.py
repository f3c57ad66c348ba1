"""Web pages: their main text by headings, without what surrounds it."""

import re

from bs4 import BeautifulSoup, Tag

from ingest.load.naming import title
from ingest.load.plain import decode
from ingest.load.sections import Gatherer, rows
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
BLOCKS = ["p", "div", "li", "dt", "dd", "tr", "pre", "blockquote", "section", "article", "ul", "ol", "hr"]
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_CHARSET = re.compile(rb"charset=[\"']?\s*(gbk|gb2312|gb18030)", re.IGNORECASE)
_BREAK = re.compile(r"\s*\n\s*")
_CHINESE_BREAK = re.compile(r"(?<=[^\x00-\x7f])\s*\n\s*(?=[^\x00-\x7f])")
# stands in the running text for a heading of a level; clean() lets none of these in from outside
_HEADING = re.compile("\x01([1-6])(.*)")


def load_html(name: str, data: bytes) -> Document:
    markup = data.decode("gb18030") if _CHARSET.search(data[:2048]) else decode(data)
    soup = BeautifulSoup(markup, "lxml")
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
    for text in body.find_all(string=_BREAK):
        if not text.find_parent("pre"):
            text.replace_with(_flow(text))
    for table in reversed(body.find_all("table")):
        table.replace_with("\n" + "\n".join(rows(_cells(table))) + "\n")
    for heading in body.find_all(HEADINGS):
        heading.replace_with(f"\n\x01{heading.name[1]}{' '.join(heading.get_text().split())}\n")
    for tag in body.find_all([*BLOCKS, "br"]):
        tag.insert_before("\n")
        tag.insert_after("\n")
    return [line.strip() for line in body.get_text().split("\n") if line.strip()]


def _flow(text: str) -> str:
    """The markup's own line breaks: nothing between Chinese characters, a space elsewhere."""
    return _BREAK.sub(" ", _CHINESE_BREAK.sub("", text))


def _cells(table: Tag) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
