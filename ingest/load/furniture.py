"""What a document repeats on its pages: running heads and feet, and page numbers."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.load.layout import Line

_PAGE_NUMBER = re.compile(r"[-—–·\s]*第?\s*\d{1,4}\s*页?(?:\s*[/／,，共]\s*\d{1,4}\s*页?)?[-—–·\s]*")
_EDGE_NUMBER = re.compile(r"^\d{1,4}\b|\b\d{1,4}$")
# a running head or foot has at most two lines, and stands on at least three pages and so many of all
EDGE_LINES, EDGE_PAGES, EDGE_SHARE = 2, 3, 0.4


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[Line]:
    """All lines but page numbers, and but those at the top and bottom that most pages share."""
    edges = [_edges(page) for page in pages]
    times = Counter(text for page in edges for text in {text for line in page for text in _spellings(line)})
    least = max(EDGE_PAGES, EDGE_SHARE * len(pages))
    return [
        line
        for page, edge in zip(pages, edges, strict=True)
        for line in page
        if line not in edge
        or not (_is_page_number(line, edge) or any(times[text] >= least for text in _spellings(line)))
    ]


def _edges(page: Sequence[Line]) -> list[Line]:
    lines = sorted((line for line in page if not line.alone), key=lambda line: line.top)
    return [*lines[:EDGE_LINES], *lines[EDGE_LINES:][-EDGE_LINES:]]


def _is_page_number(line: Line, edge: Sequence[Line]) -> bool:
    return line in (edge[0], edge[-1]) and bool(_PAGE_NUMBER.fullmatch(line.text))


def _spellings(line: Line) -> set[str]:
    """The line, and with a page number at either end as its distance from the page, which all pages share."""
    return {
        line.text,
        _EDGE_NUMBER.sub(lambda number: f"#{int(number.group()) - line.page}", line.text),
    }
