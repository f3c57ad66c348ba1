"""Text as other systems write it."""

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, CData, NavigableString, Tag
from django.utils.translation import gettext as _

from ingest.load import Unreadable, encodings
from kb.text import clean

MEDIA = re.compile(r"<(img|video|audio|object|embed|iframe|svg|source)\b", re.IGNORECASE)
DROPPED = {"script", "style", "template", "noscript", "head"}
BLOCKS = {
    "br",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
}
# 10⁵ is not 105
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
# each takes a kilobyte and more while it is read
MOST_TAGS = 20_000
SIGNS: dict[str, dict[int, Any]] = {"sup": RAISED, "sub": LOWERED}


def decoded(data: bytes) -> str:
    """What reads as UTF-8 is UTF-8, however rare its characters; the rest is guessed. Raises Unreadable."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return encodings.decode(data)
    return encodings.decode(data) if "\0" in text else clean(text)


def shows_media(html: str) -> bool:
    """A picture, a sound or a film, which plain text would lose."""
    return MEDIA.search(html) is not None


def plain_text(html: str) -> str:
    """The words, a line each block; without what is not meant to be read. Raises Unreadable."""
    if html.count("<") > MOST_TAGS:
        raise Unreadable(_("A text in the file has more than %(n)s HTML tags.") % {"n": f"{MOST_TAGS:,}"})
    lines = (" ".join(line.split()) for line in "".join(_words(html)).split("\n"))
    return "\n".join(line for line in lines if line)


def _words(html: str) -> Iterator[str]:
    """In order, with a line end around each block. Each element is passed once, and by a stack of our own: tags of a
    forged file stand in each other deeper than Python may call."""
    waiting: list[tuple[Any, dict[int, Any]]] = [(BeautifulSoup(html, "lxml"), {})]
    while waiting:
        node, signs = waiting.pop()
        if type(node) in (str, NavigableString, CData):
            yield node.translate(signs)
        elif isinstance(node, Tag) and node.name not in DROPPED:
            edge = "\n" if node.name in BLOCKS else ""
            signs = SIGNS.get(node.name, signs)
            waiting += [(one, signs) for one in (edge, *reversed(node.contents), edge)]
