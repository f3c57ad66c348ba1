"""What the first words of a paragraph say about its place: chapter, article, item."""

import re
from dataclasses import dataclass

from ingest.numerals import number

_NUMERAL = r"[零〇一二三四五六七八九十百千两\d]+"
# a heading stands alone on its line and ends without punctuation; 「第三章的有关规定执行。」 is none
_DIVISION = re.compile(
    rf"第\s*{_NUMERAL}\s*(编|分编|章|节)(?:[\s　]+[^。；：，]{{1,40}}|[^的规至、和及。；：，]{{0,20}})"
)
_ANNEX = re.compile(rf"附[件录表]\s*{_NUMERAL}?\s*[:：]?(?:[\s　]*[^。；，]{{0,40}})")
_ARTICLE = re.compile(rf"第({_NUMERAL})条(?:之({_NUMERAL}))?(?P<gap>[\s　]+|$|(?=[【（\[]))?")
# after an article's number these go on a sentence that only mentions it
_MENTION = re.compile("[第的规款项之、和至及或，。；所中以]")
_ITEMS = (
    re.compile(r"[一二三四五六七八九十百]+、"),
    re.compile(r"[（(]\s*[一二三四五六七八九十百]+\s*[）)]"),
    re.compile(r"\d{1,3}\s*[．.、](?!\d)"),
    re.compile(r"[（(]\s*\d{1,3}\s*[）)]"),
)
# two paragraphs that a careless copy left on one line
_JOINED = re.compile(
    rf"(?<=[。；])[\s　]*(?=第{_NUMERAL}条[\s　])"
    r"|(?<=[。；])[\s　]+(?=[（(][一二三四五六七八九十]+[）)]|\d{1,2}．)"
)
_RANKS = {"编": 0, "分编": 1, "章": 2, "节": 3}
_ANNEX_RANK = 0


@dataclass(frozen=True, slots=True)
class Article:
    """The opening of an article: its label 「第三十六条」 and its anchor 「a36」."""

    label: str
    anchor: str
    number: int


def paragraphs(text: str) -> list[str]:
    """The text's paragraphs, trimmed, none empty."""
    return [piece.strip() for line in text.split("\n") for piece in _JOINED.split(line) if piece.strip()]


def division(paragraph: str) -> int | None:
    """The rank of a chapter-like heading, 0 the highest, or None for any other paragraph."""
    if match := _DIVISION.fullmatch(paragraph):
        return _RANKS[match.group(1)]
    return _ANNEX_RANK if len(paragraph) <= 40 and _ANNEX.fullmatch(paragraph) else None


def is_annex(heading: str) -> bool:
    return bool(_ANNEX.match(heading))


def article(paragraph: str, previous: int) -> Article | None:
    """The article that this paragraph opens, if it does.

    White space after the number settles it; without, the number must follow `previous`, as in
    「第二条为了…」, for 「第三十四条规定的…」 may begin a line as well.
    """
    match = _ARTICLE.match(paragraph)
    if not match:
        return None
    found, branch = (_number(part or "") for part in match.groups()[:2])
    if found is None or (match.group(2) and branch is None):
        return None
    after = paragraph[match.end() :]
    if match.group("gap") is None and (found != previous + 1 or _MENTION.match(after)):
        return None
    anchor = f"a{found}" if branch is None else f"a{found}-{branch}"
    return Article(paragraph[: match.end()].strip(), anchor, found)


def _number(written: str) -> int | None:
    """None for what only looks like a number, as a scan may have it: 「第二1条」."""
    try:
        return number(written) if written else None
    except ValueError:
        return None


def names_article(heading: str) -> bool:
    """Whether a heading is an article by itself: 「第三十六条　原料控制」."""
    return bool(_ARTICLE.match(heading))


def item_level(paragraph: str) -> int | None:
    """0 for 「一、」, 1 for 「（一）」, 2 for 「1．」, 3 for 「（1）」, None for no item."""
    return next((level for level, mark in enumerate(_ITEMS) if mark.match(paragraph)), None)


def opens(paragraph: str) -> bool:
    """Whether a paragraph begins here for certain, whatever the layout of its page."""
    return (
        division(paragraph) is not None
        or item_level(paragraph) is not None
        or bool(_ARTICLE.match(paragraph))
    )


def is_heading(paragraph: str) -> bool:
    """Short and without an ending: it names what follows."""
    return len(paragraph) <= 32 and not re.search("[。；，：:！？]", paragraph)
