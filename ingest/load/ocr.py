"""Text out of pictures of pages, with the models that rapidocr brings along."""

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from ingest.load.columns import Piece
from kb.text import clean

if TYPE_CHECKING:
    from PIL.Image import Image

# a page of A4 at 165 dots per inch: more made nothing better, and detection takes memory for each
PIXELS = 2_600_000
# what is read with less confidence is noise
SURE = 0.5
# a page read with less than this on average may be upside down or on its side
UPRIGHT = 0.8
_HAN = "\u3400-\u9fff"
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", "(": "（", ")": "）"}
_NARROW = re.compile(rf"(?<=[{_HAN}])[,;:?!(]|[,;:?!)](?=[{_HAN}])|(?<=[{_HAN}])\)|\((?=[{_HAN}])")

Found = list[tuple[str, float, list[tuple[float, float]]]]


def read_picture(picture: "Image") -> tuple[list[Piece], float]:
    """Pieces of text with boxes in pixels, and the width of the page they are on, once it is upright.

    The picture has no more than `PIXELS`.
    """
    best, width = _recognised(picture), picture.width
    for angle in (90, 270) if _stands(best) else (180,):
        if not _doubtful(best):
            break
        turned = picture.rotate(angle, expand=True)
        found = _recognised(turned)
        if _readable(found) > _readable(best):
            best, width = found, turned.width
    return _straight(best), float(width)


def smaller(width: float, height: float) -> float:
    """By how much to scale a picture of this size for reading; 1 for one that is small enough."""
    return min(1.0, math.sqrt(PIXELS / max(width * height, 1)))


def _recognised(picture: "Image") -> Found:
    result = _engine()(picture)
    if result.boxes is None or result.txts is None:
        return []
    return [
        (text, float(score), [(float(x), float(y)) for x, y in corners])
        for text, score, corners in zip(result.txts, result.scores, result.boxes, strict=True)
        if text.strip()
    ]


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,  # turns lines of upright pages upside down; `read_picture` looks at the page
            "Global.text_score": 0.0,
            "Global.max_side_len": 10_000,
            "Global.log_level": "critical",
            "Rec.rec_batch_num": 3,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _doubtful(found: Found) -> bool:
    """Whether it is likely that the page lies on its side or on its head."""
    letters = sum(len(text) for text, _, _ in found)
    return _stands(found) or sum(score * len(text) for text, score, _ in found) < UPRIGHT * letters


def _stands(found: Found) -> bool:
    """Whether lines are higher than they are wide."""
    sizes = [_size(corners) for _, _, corners in found]
    return bool(sizes) and median(height / max(width, 1) for width, height in sizes) > 1.5


def _readable(found: Found) -> float:
    """How much of it is sure."""
    lying = [(text, score) for text, score, corners in found if not _stands([(text, score, corners)])]
    return sum(score * len(text) for text, score in lying if score >= UPRIGHT)


def _size(corners: Sequence[tuple[float, float]]) -> tuple[float, float]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return max(xs) - min(xs), max(ys) - min(ys)


def _straight(found: Found) -> list[Piece]:
    """The pieces as if the page had been laid straight: what is one line has one top."""
    sure = [(text, corners) for text, score, corners in found if score >= SURE]
    slope = _slope(corners for _, corners in sure)
    return [_piece(_widened(clean(text).strip()), corners, slope) for text, corners in sure]


def _slope(boxes: Iterable[Sequence[tuple[float, float]]]) -> float:
    """How far lines fall a pixel to the right, by the longer ones."""
    edges = [(right[0] - left[0], right[1] - left[1]) for left, right, *_ in boxes]
    longest = max((run for run, _ in edges), default=0.0)
    slopes = [fall / run for run, fall in edges if run > 0.5 * longest > 0]
    return median(slopes) if slopes else 0.0


def _piece(text: str, corners: Sequence[tuple[float, float]], slope: float) -> Piece:
    level = [(x + slope * y, y - slope * x) for x, y in corners]
    (_, top_left), (_, top_right), (_, bottom_right), (_, bottom_left) = level
    return Piece(
        text=text,
        left=min(x for x, _ in level),
        right=max(x for x, _ in level),
        top=(top_left + top_right) / 2,
        bottom=(bottom_left + bottom_right) / 2,
    )


def _widened(text: str) -> str:
    """Punctuation beside Chinese as Chinese punctuation, which is where sentences end."""
    return _NARROW.sub(lambda mark: _WIDE[mark.group()], text)
