"""The numbers that Word draws before paragraphs and never writes down: 「第三条」, 「（二）」, 「1.」."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.numerals import written

# lxml has no types
Element = Any
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
# a number with all that is drawn round it (characters)
LONGEST = 40
_PLACE = re.compile(r"%([1-9])")
_ROMAN = [(1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")]
_ROMAN += [(10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")]


def _from(signs: str) -> Callable[[int], str]:
    return lambda value: signs[value - 1] if 0 < value <= len(signs) else str(value)


def _letter(value: int) -> str:
    """a … z, aa, bb …, as Word goes on."""
    return chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1) if 0 < value <= 260 else str(value)


def _roman(value: int) -> str:
    found = ""
    for size, sign in _ROMAN if 0 < value < 4000 else ():
        found += sign * (value // size)
        value %= size
    return found or str(value)


_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_FORMATS: dict[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"), written
    ),
    "taiwaneseCountingThousand": written,
    "ideographDigital": lambda value: "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value)),
    "ideographTraditional": _from("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from("子丑寅卯辰巳午未申酉戌亥"),
    "chineseLegalSimplified": _from("壹贰叁肆伍陆柒捌玖拾"),
    "decimalEnclosedCircle": _from("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalEnclosedCircleChinese": _from("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    "decimalFullWidth": lambda value: str(value).translate(_FULL_WIDTH),
    "decimalZero": lambda value: f"{value:02d}",
    "lowerLetter": _letter,
    "upperLetter": lambda value: _letter(value).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda value: _roman(value).upper(),
}


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered; `text` has 「%1」 where the number of the first level stands."""

    start: int
    form: str
    text: str
    legal: bool
    restarts: bool

    def number(self, value: int, *, legal: bool = False) -> str:
        return str(value) if legal else _FORMATS.get(self.form, str)(value)


@dataclass(slots=True)
class Numbering:
    """Counts the paragraphs of each list as Word does. Lists that share an abstract one go on counting together."""

    levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)
    counts: dict[str, list[int | None]] = field(default_factory=dict)

    @classmethod
    def of(cls, element: Element | None) -> "Numbering":
        """From `w:numbering`; without one, nothing is numbered."""
        made = cls()
        for node in element.iter(f"{WORD}abstractNum") if element is not None else ():
            key = node.get(f"{WORD}abstractNumId", "")
            made.levels |= {(key, at): level for at, level in _levels(node)}
        for node in element.iter(f"{WORD}num") if element is not None else ():
            made._read_list(node)
        return made

    def label(self, number: str, at: int) -> str:
        """What stands before the next paragraph of this list at this level, from 0; empty for a bullet."""
        abstract = self.abstract.get(number, "")
        level = self.levels.get((abstract, at))
        if level is None:
            return ""
        counts = self.counts.setdefault(abstract, [None] * _LEVELS)
        before = counts[at]
        counts[at] = self.overrides.pop((number, at), level.start if before is None else before + 1)
        for deeper in range(at + 1, _LEVELS):
            if (below := self.levels.get((abstract, deeper))) and below.restarts:
                counts[deeper] = None
        if level.form in {"bullet", "none"}:
            return ""
        return _PLACE.sub(lambda place: self._shown(abstract, int(place[1]) - 1, level.legal), level.text)

    def _shown(self, abstract: str, at: int, legal: bool) -> str:
        level, count = self.levels.get((abstract, at)), self.counts[abstract][at]
        return level.number(level.start if count is None else count, legal=legal) if level else ""

    def _read_list(self, node: Element) -> None:
        number = node.get(f"{WORD}numId", "")
        self.abstract[number] = value(node, "abstractNumId")
        for override in node.iter(f"{WORD}lvlOverride"):
            if start := value(override, "startOverride"):
                self.overrides[number, _whole(override.get(f"{WORD}ilvl"))] = _whole(start)


def value(node: Element, name: str) -> str:
    """The `w:val` of a child, or nothing."""
    child = node.find(f"{WORD}{name}")
    return child.get(f"{WORD}val", "") if child is not None else ""


def _levels(node: Element) -> Iterator[tuple[int, Level]]:
    for child in node.iter(f"{WORD}lvl"):
        at = _whole(child.get(f"{WORD}ilvl"))
        if 0 <= at < _LEVELS:
            yield (
                at,
                Level(
                    start=_whole(value(child, "start"), 0),
                    form=value(child, "numFmt"),
                    text=value(child, "lvlText")[:LONGEST],
                    legal=child.find(f"{WORD}isLgl") is not None,
                    restarts=value(child, "lvlRestart") != "0",
                ),
            )


def _whole(text: str | None, default: int = 0) -> int:
    return int(text) if text and text.isdecimal() else default
