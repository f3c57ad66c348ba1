"""A QR code as areas rather than as a picture: sharp at every size, on the screen as in print."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

import segno

# as many light modules as the standard asks for around the code
QUIET = 4


class Run(NamedTuple):
    """Dark modules side by side in one row."""

    x: int
    y: int
    length: int


class Qr(NamedTuple):
    size: int
    runs: list[Run]

    @property
    def path(self) -> str:
        """The same as the path of an SVG."""
        return "".join(f"M{run.x} {run.y}h{run.length}v1h-{run.length}z" for run in self.runs)


def qr(text: str) -> Qr:
    """With its quiet zone; a quarter of it may be lost to a stain (level Q), where that makes it no larger."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=QUIET))
    return Qr(len(rows), [run for y, row in enumerate(rows) for run in _runs(y, row)])


def _runs(y: int, row: Iterable[int]) -> list[Run]:
    runs, x = [], 0
    for dark, modules in groupby(map(bool, row)):
        length = len(list(modules))
        if dark:
            runs.append(Run(x, y, length))
        x += length
    return runs
