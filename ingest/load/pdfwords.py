"""The words of a PDF page's text layer, at their places."""

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.load.columns import Piece, rows
from kb.text import clean

Box = tuple[float, float, float, float]
SPACE = " "

# a gap of more than so much of their size parts Latin letters and digits, other characters, and marks,
# which have white space of their own
LATIN_GAP, OTHER_GAP, MARK_GAP = 0.15, 0.28, 1.0
_MARKS = frozenset("“”‘’（）《》〈〉「」『』【】，。、；：！？")
# watermarks stand askew by more than this (degrees)
ASKEW = 5


def words(page: Any) -> list[Piece]:
    """The words of a pypdfium2 page as it is shown, line by line."""
    return [_word(word) for row in rows(_letters(page)) for word in _parted(row)]


def _parted(row: Sequence[Piece]) -> Iterator[list[Piece]]:
    word: list[Piece] = []
    for letter in row:
        if word and (letter.text == SPACE or not _goes_on(word[-1], letter)):
            yield word
            word = []
        if letter.text != SPACE:
            word.append(letter)
    if word:
        yield word


def _word(letters: Sequence[Piece]) -> Piece:
    return Piece(
        clean("".join(letter.text for letter in letters)),
        min(letter.left for letter in letters),
        max(letter.right for letter in letters),
        min(letter.top for letter in letters),
        max(letter.bottom for letter in letters),
        letters[0].size,
    )


def _letters(page: Any) -> Iterator[Piece]:
    """The characters, but for those that stand askew."""
    import pypdfium2.raw as pdfium

    written = page.get_textpage()
    turned, shown = page.get_rotation(), page.get_bbox()
    matrix = pdfium.FS_MATRIX()
    for at in range(written.count_chars()):
        code = pdfium.FPDFText_GetUnicode(written, at)
        if not 0x20 <= code <= sys.maxunicode or pdfium.FPDFText_IsGenerated(written, at) == 1:
            continue  # what is generated guesses at white space, but the gaps tell
        pdfium.FPDFText_GetMatrix(written, at, matrix)
        askew = (math.degrees(math.atan2(matrix.b, matrix.a)) - turned + 180) % 360 - 180
        if abs(askew) <= ASKEW:
            text = SPACE if chr(code).isspace() else chr(code)
            size = pdfium.FPDFText_GetFontSize(written, at) * math.hypot(matrix.c, matrix.d)
            box = _shown(written.get_charbox(at, loose=True), shown, turned)
            yield Piece(text, *box, size=round(2 * size) / 2)


def _shown(box: Box, page: Box, turned: int) -> Box:
    """A box of the file, which counts from below, as left, right, top and bottom on the page as it is shown."""
    left, bottom, right, top = box
    from_left, from_bottom, to_right, to_top = page
    if turned == 90:
        return bottom - from_bottom, top - from_bottom, left - from_left, right - from_left
    if turned == 180:
        return to_right - right, to_right - left, bottom - from_bottom, top - from_bottom
    if turned == 270:
        return to_top - top, to_top - bottom, to_right - right, to_right - left
    return left - from_left, right - from_left, to_top - top, to_top - bottom


def _goes_on(before: Piece, letter: Piece) -> bool:
    return letter.left - before.right <= _gap(before.text, letter.text) * max(letter.size, 1)


def _gap(one: str, other: str) -> float:
    if one in _MARKS or other in _MARKS:
        return MARK_GAP
    return LATIN_GAP if (one + other).isascii() and (one + other).isalnum() else OTHER_GAP
