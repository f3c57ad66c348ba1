"""Plain text: what is let in, how it is cut into grams and sentences."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

# Characters that carry no text and can hide it: controls, soft hyphen, zero-width and joiners, bidirectional
# marks and isolates, invisible operators, variation selectors, interlinear marks, lone surrogates, tags;
# and private use, which is a picture in one font and nothing in any other.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\ud800-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_NEWLINE = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_RUN = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]+)|\d+(?:\.\d+)?|[^\W\d_]+")
_SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）]*|\n|$)")
_CLAUSE = re.compile("[^，、：]*(?:[，、：]+|$)")
# the marks of list items; a list inside an item has marks of another kind
_MARKS = [
    re.compile(mark)
    for mark in (
        "[一二三四五六七八九十百]+、",
        r"[（(]\s*[一二三四五六七八九十百]+\s*[）)]",
        r"\d{1,3}\s*[．.、]",
        r"[（(]\s*\d{1,3}\s*[）)]",
    )
]
# the first level of GB/T 2312: the 3,755 characters most used
_COMMON = frozenset(
    bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)
)
# one that is not, and a word: a particle follows it
_RARE_WORD = re.compile(f"([^{''.join(sorted(_COMMON))}])(?=[的是有在和与及所为被])")
# a longer text is embedded in parts as well (characters)
PART = 300


def clean(text: str) -> str:
    """The text without characters that nobody can see, its line ends all `\\n`."""
    return _HIDDEN.sub("", _NEWLINE.sub("\n", text))


def grams(text: str) -> list[str]:
    """Overlapping character pairs of Han runs, other words and numbers whole; NFKC, lower case, in order.

    A lone Han character is a gram by itself, and so is a rare one that a particle follows.
    """
    found: list[str] = []
    for match in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        word = match.group()
        if match.group(1) and len(word) > 1:
            found.extend(word[i : i + 2] for i in range(len(word) - 1))
            found.extend(_RARE_WORD.findall(word))
        else:
            found.append(word)
    return found


def telling(gram: str) -> bool:
    """Whether it can be found again: a common character by itself, left between two other words, is in no text's grams."""
    return gram not in _COMMON


def dice(one: Iterable[str], other: Iterable[str]) -> float:
    """Dice's coefficient of two sets (Dice 1945), 0 to 1."""
    mine, its = set(one), set(other)
    return 2 * len(mine & its) / ((len(mine) + len(its)) or 1)


def sentences(text: str) -> list[str]:
    """The text's sentences, in its own words, ended by 。！？； or a line end, white space trimmed."""
    return [piece for match in _SENTENCE.finditer(text) if (piece := match.group().strip())]


def squeeze(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def parts(text: str, limit: int = PART) -> list[str]:
    """The text in windows of whole sentences, `limit` characters each; a text no longer than that is its one part.

    A window that begins among the items of a list has, beyond the limit, the words that open the list before them.
    A sentence that is longer by itself is cut between its clauses.
    """
    if len(text) <= limit:
        return [text]
    found: list[str] = []
    window = ""
    for gap, piece, opening in _pieces(text, limit):
        if window and len(window) + len(gap) + len(piece) > limit:
            found.append(window)
            window, gap = opening, "\n" if opening else ""
        window += gap + piece if window else piece
    return [*found, window] if window else found


def _pieces(text: str, limit: int) -> Iterator[tuple[str, str, str]]:
    """Each sentence with what stands between it and the one before, and the words that open its list."""
    opened: list[tuple[int | None, str]] = []
    for line in text.split("\n"):
        mark = next((at for at, each in enumerate(_MARKS) if each.match(line.strip())), None)
        opened = _around(mark, opened)
        for at, sentence in enumerate(sentences(line)):
            opening = "\n".join(words for _, words in opened)[-limit:]
            for nth, piece in enumerate(_short(sentence, limit)):
                yield "" if at or nth else "\n", piece, opening
            if sentence.endswith(("：", ":")):
                opened = [*opened, (mark, sentence)]


def _around(mark: int | None, opened: Sequence[tuple[int | None, str]]) -> list[tuple[int | None, str]]:
    """The lists that an item of this mark stands in: those that no item of its own kind opened."""
    return [] if mark is None else list(takewhile(lambda pair: pair[0] != mark, opened))


def _short(sentence: str, limit: int) -> list[str]:
    if len(sentence) <= limit:
        return [sentence]
    found = [""]
    for clause in _CLAUSE.findall(sentence):
        for at in range(0, len(clause), limit):
            piece = clause[at : at + limit]
            if len(found[-1]) + len(piece) > limit:
                found.append("")
            found[-1] += piece
    return [piece for piece in found if piece]
