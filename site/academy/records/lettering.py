"""The typeface of the paper, cut to the characters that stand on it.

The font package brings CFF outlines numbered by a Chinese collection of characters, which some readers can show but not
search. Drawn anew with TrueType's outlines, what is printed can be searched and copied everywhere.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pylopdf_fonts_zh_cn import serif_path

# how far an outline may lie from the original, in thousandths of the type's size
TOLERANCE = 0.5
# the printers' mark for a character that their case does not have
MISSING = "〓"
# as wide as a character
INDENT = "\u3000"


@lru_cache(maxsize=1)
def _names() -> dict[int, str]:
    """The name of the glyph for each character that the font has: 30,928 of them."""
    with TTFont(serif_path(), lazy=True) as font:
        return dict(font.getBestCmap())


def printable(text: str) -> str:
    return "".join(char if ord(char) in _names() else MISSING for char in text)


def cut(text: str, path: Path) -> None:
    """A TrueType font with these characters and no others."""
    with TTFont(serif_path(), lazy=True) as font:
        chars = {ord(char): _names()[ord(char)] for char in sorted({*printable(text), MISSING, " ", INDENT})}
        order, glyphs, widths = [".notdef", *dict.fromkeys(chars.values())], font.getGlyphSet(), font["hmtx"]
        builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
        builder.setupGlyphOrder(order)
        builder.setupCharacterMap(chars)
        builder.setupGlyf({name: _quadratic(glyphs, name) for name in order})
        builder.setupHorizontalMetrics({name: widths[name] for name in order})
        head = font["hhea"]
        builder.setupHorizontalHeader(ascent=head.ascent, descent=head.descent)
        builder.setupNameTable(
            {"familyName": "Noto Serif SC", "styleName": "Regular", "psName": "NotoSerifSC"}
        )
        builder.setupOS2(sTypoAscender=head.ascent, sTypoDescender=head.descent)
        builder.setupPost()
        builder.save(path)


def _quadratic(glyphs: Any, name: str) -> Any:
    pen = TTGlyphPen(None)
    glyphs[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
    return pen.glyph()
