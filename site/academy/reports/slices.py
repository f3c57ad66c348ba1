"""A list whose lines are known by their places and read a slice at a time."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from academy.reports.facts import Column

SLICE = 1000


class Slices:
    """A sequence for a paginator whose rows are read a slice at a time."""

    def __init__(self, places: Column) -> None:
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, which: slice) -> list[Any]:
        return self.rows(self.places[which].tolist())

    def __iter__(self) -> Iterator[Any]:
        for n in range(0, len(self.places), SLICE):
            yield from self[n : n + SLICE]

    @staticmethod
    def said(is_so: Any) -> str:
        return _("Yes") if is_so else _("No")

    def rows(self, places: list[int]) -> list[Any]:
        raise NotImplementedError
