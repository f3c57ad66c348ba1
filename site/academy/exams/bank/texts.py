"""Text as other systems write it."""

import re

from bs4 import BeautifulSoup

from ingest.load import encodings
from kb.text import clean

MEDIA = re.compile(r"<(img|video|audio|object|embed|iframe|svg|source)\b", re.IGNORECASE)
DROPPED = ["script", "style", "template", "noscript", "head"]
BLOCKS = [
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
]
# 10⁵ is not 105
RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")


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
    """The words, a line each block; without what is not meant to be read."""
    soup = BeautifulSoup(html, "lxml")
    for tag in soup.find_all(DROPPED):
        tag.decompose()
    for name, signs in (("sup", RAISED), ("sub", LOWERED)):
        for tag in soup.find_all(name):
            tag.string = tag.get_text().translate(signs)
    for tag in soup.find_all("br"):
        tag.replace_with("\n")
    for tag in soup.find_all(BLOCKS):
        tag.insert_before("\n")
        tag.insert_after("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
    return "\n".join(line for line in lines if line)
