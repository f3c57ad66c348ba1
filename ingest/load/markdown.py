"""Markdown by headings; tables by rows."""

from collections.abc import Iterator

from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.load.encodings import decode
from ingest.load.errors import Unreadable
from ingest.load.html import gather
from ingest.load.limits import MARKUP_BYTES
from ingest.load.naming import title
from ingest.load.sections import Gatherer
from ingest.load.tables import rows
from kb.types import Document

PARSER = MarkdownIt("commonmark").enable("table")


def load_markdown(name: str, data: bytes) -> Document:
    if len(data) > MARKUP_BYTES:
        raise Unreadable(f"文件超过 {MARKUP_BYTES // 1_000_000} MB，请拆成几份再上传。")
    gathered = Gatherer()
    tokens = iter(PARSER.parse(decode(data)))
    mark = ""
    for token in tokens:
        if token.type == "heading_open":
            gathered.head(int(token.tag[1]), _inline(next(tokens)))
        elif token.type == "table_open":
            for line in rows(_table(tokens)):
                gathered.say(line)
        elif token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else ""
        elif token.type == "inline":
            gathered.say(mark + _inline(token))
            mark = ""
        elif token.type in {"code_block", "fence"}:
            gathered.say(token.content)
        elif token.type == "html_block":
            gather(BeautifulSoup(token.content, "lxml"), gathered)
    return Document(title(name, gathered.first), gathered.finish())


def _inline(token: Token) -> str:
    breaks = {"softbreak": "\n", "hardbreak": "\n", "html_inline": ""}
    return "".join(breaks.get(child.type, child.content) for child in token.children or ())


def _table(tokens: Iterator[Token]) -> Iterator[list[str]]:
    row: list[str] = []
    for token in tokens:
        if token.type == "table_close":
            return
        if token.type == "inline":
            row.append(_inline(token))
        elif token.type == "tr_close":
            yield row
            row = []
