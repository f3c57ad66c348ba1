"""How each measure went from run to run, as lines to draw: one small chart a measure, so that none needs a colour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from academy.library.evaluation.results import SHOWN, difference, share
from academy.library.models import EvaluationRun

# of a drawing, in its own units
WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, TOP, BOTTOM = 48, 306, 14, 92


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Tick:
    y: float
    words: str


@dataclass(frozen=True)
class Chart:
    label: Any
    latest: str
    difference: str
    dots: Sequence[Dot]
    ticks: Sequence[Tick]
    first: str
    last: str

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


def charts(runs: Sequence[EvaluationRun]) -> list[Chart]:
    """Of finished runs, oldest first; a measure that none of them has is left out."""
    found = []
    for name, label in SHOWN.items():
        measured = [(run, run.measures[name]) for run in runs if name in run.measures]
        if measured:
            found.append(_chart(label, measured))
    return found


def _chart(label: Any, measured: Sequence[tuple[EvaluationRun, float]]) -> Chart:
    values = [value for _, value in measured]
    floor = _floor(min(values))
    step = (RIGHT - LEFT) / max(len(values) - 1, 1)
    days = [_day(run) for run, _ in measured]
    return Chart(
        label,
        share(values[-1]),
        difference(values[-2], values[-1]) if len(values) > 1 else "",
        [
            Dot(round(LEFT + at * step, 1), _y(value, floor), f"{days[at]} {share(value)}")
            for at, value in enumerate(values)
        ],
        [Tick(_y(at, floor), f"{at * 100:.0f}%") for at in (floor, (1 + floor) / 2, 1)],
        days[0],
        days[-1] if len(days) > 1 else "",
    )


def _floor(least: float) -> float:
    """A whole tenth below everything, so that small changes are seen."""
    return max(math.floor(least * 10 - 0.5), 0) / 10


def _y(value: float, floor: float) -> float:
    return round(BOTTOM - (value - floor) / (1 - floor) * (BOTTOM - TOP), 1)


def _day(run: EvaluationRun) -> str:
    return timezone.localtime(run.started_at).strftime("%m-%d")
