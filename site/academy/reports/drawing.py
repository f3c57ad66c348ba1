"""The charts as pictures: for a file, for a report, and where no script runs."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import serif_path

from academy.core.templatetags.look import thousands
from academy.reports import shows
from academy.reports.tables import Tables

WIDE, HIGH, EDGE = 1520, 620, 60
INK, GREY, LINE, BLUE, PAPER = "#231f1b", "#5a534c", "#dbd5ca", "#17468f", "#ffffff"
# from hardly covered to nearly all; what is written on each can be read
SHADES = (("#ffffff", INK), ("#e9eff8", INK), ("#b9cbe8", INK), ("#5f86c2", PAPER), (BLUE, PAPER))
ACROSS = 5


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(serif_path()), size)


def picture(name: str, tables: Tables) -> HttpResponse:
    """A name that is not one of ours is not found."""
    if name not in CHARTS:
        raise Http404(name)
    headers = {"Content-Disposition": f'attachment; filename="{name}.png"'}
    return HttpResponse(CHARTS[name](tables), content_type="image/png", headers=headers)


def trend(tables: Tables) -> bytes:
    made = shows.trend(tables)
    return _bars(_("Training by month"), made["labels"], made["series"])


def funnel(tables: Tables) -> bytes:
    made = shows.funnel(tables.figures.funnel)
    return _bars(_("From beginning to certificate"), made["labels"], made["series"])


def districts(tables: Tables) -> bytes:
    made = shows.tiles(tables.district())
    rows = (len(made) + ACROSS - 1) // ACROSS
    side = (WIDE - 2 * EDGE) // ACROSS
    sheet, pen = _sheet(_("Enterprises covered, by district"), EDGE * 3 + rows * 160)
    for n, tile in enumerate(made):
        left, top = EDGE + n % ACROSS * side, EDGE * 2 + n // ACROSS * 160
        shade, ink = SHADES[tile["level"]]
        pen.rectangle((left, top, left + side - 12, top + 148), fill=shade, outline=GREY, width=2)
        percent = tile["share"].percent if tile["share"] else None
        lines = [
            tile["name"],
            "—" if percent is None else f"{percent:.1f}%",
            _("%(n)s persons") % {"n": thousands(tile["persons"])},
        ]
        for line, words in enumerate(lines):
            pen.text((left + 16, top + 12 + line * 42), words, ink, _font(30 if line == 1 else 26))
    return _png(sheet)


CHARTS: dict[str, Callable[[Tables], bytes]] = {"trend": trend, "funnel": funnel, "districts": districts}


def _bars(title: str, labels: Sequence[str], series: Sequence[dict[str, Any]]) -> bytes:
    """Bars side by side: the first series solid, the second outlined; each with its number."""
    sheet, pen = _sheet(title, HIGH)
    peak = max((value for one in series for value in one["values"]), default=0) or 1
    band, floor = (WIDE - 2 * EDGE) / max(len(labels), 1), HIGH - EDGE - 20
    wide = band * 0.7 / len(series)
    for place, label in enumerate(labels):
        left = EDGE + band * (place + 0.15)
        for n, one in enumerate(series):
            _bar(pen, left + n * wide, floor, wide, one["values"][place] / peak, one["values"][place], n == 0)
        _middle(pen, left + band * 0.35, floor + 10, label, 24, INK)
    pen.line((EDGE, floor, WIDE - EDGE, floor), fill=INK, width=3)
    _legend(pen, [one["name"] for one in series])
    return _png(sheet)


def _bar(
    pen: ImageDraw.ImageDraw, left: float, floor: int, wide: float, share: float, value: int, solid: bool
) -> None:
    top = floor - share * (floor - EDGE * 3)
    pen.rectangle((left, top, left + wide - 4, floor), fill=BLUE if solid else PAPER, outline=BLUE, width=3)
    _middle(pen, left + wide / 2, top - 28, thousands(value), 20, INK if solid else GREY)


def _legend(pen: ImageDraw.ImageDraw, names: Sequence[str]) -> None:
    left = EDGE
    for n, name in enumerate(names):
        pen.rectangle((left, 84, left + 26, 108), fill=PAPER if n else BLUE, outline=BLUE, width=3)
        pen.text((left + 36, 80), name, GREY, _font(24))
        left += 80 + int(_font(24).getlength(name))


def _middle(pen: ImageDraw.ImageDraw, x: float, y: float, words: str, size: int, ink: str) -> None:
    pen.text((x - _font(size).getlength(words) / 2, y), words, ink, _font(size))


def _sheet(title: str, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    sheet = Image.new("RGB", (WIDE, height), PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((EDGE, 24), title, INK, _font(36))
    return sheet, pen


def _png(sheet: Image.Image) -> bytes:
    file = BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()
