"""Words as numbers, for columns."""

from collections.abc import Iterable

import numpy as np

from academy.reports.facts import Column


class Words:
    """Each word has the place in which it was first seen."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, word: str) -> int:
        return self._places.setdefault(word, len(self._places))

    def column(self, words: Iterable[str]) -> Column:
        return np.fromiter(map(self.place, words), np.int32)

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(self._places)
