"""Training records as columns, so that any choice of them is counted exactly.

Persons of several groups cannot be added up, so no table of sums can answer "how many persons" for a choice that
nobody foresaw. A million records are ten short columns; counting the distinct persons in any part of them takes
milliseconds.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
NOWHERE = -1


class Tally(NamedTuple):
    persons: int = 0
    person_times: int = 0
    hours: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Facts:
    """One place in every column for each record, ordered by day.

    `person`: the place of the canonical account in `people`. `day`: days since 1970-01-01 in Shanghai. `district`, `enterprise`: keys,
    `NOWHERE` for none. `kind`, `business_type`, `post`, `subject`: places in the tuple of words that is named alike in `words`.
    `tenths`: training hours × 10.
    """

    person: Column
    day: Column
    district: Column
    enterprise: Column
    kind: Column
    business_type: Column
    post: Column
    subject: Column
    tenths: Column
    words: dict[str, tuple[str, ...]]
    people: int

    def __len__(self) -> int:
        return len(self.person)

    def between(self, first: int, last: int) -> Self:
        """Records of these days, both included."""
        start, end = np.searchsorted(self.day, [first, last + 1])
        return self._take(slice(start, end))

    def among(self, column: str, keys: Collection[int]) -> Self:
        """Records whose district or enterprise is one of these."""
        return self._take(np.isin(getattr(self, column), np.fromiter(keys, np.int64, len(keys))))

    def named(self, column: str, word: str) -> Self:
        """Records with this word; none where no record has it."""
        known = self.words[column]
        place = known.index(word) if word in known else len(known)
        return self._take(getattr(self, column) == place)

    def tally(self) -> Tally:
        return Tally(
            int(np.count_nonzero(self.present())), len(self), _hours(int(self.tenths.sum(dtype=np.int64)))
        )

    def present(self) -> Column:
        """For each of the people, whether any of these records is theirs."""
        there = np.zeros(self.people, bool)
        there[self.person] = True
        return there

    def by_word(self, column: str) -> dict[str, Tally]:
        words = self.words[column]
        return {words[place]: tally for place, tally in self.by(getattr(self, column)).items()}

    def by(self, values: Column) -> dict[int, Tally]:
        """A tally for each value that occurs; `values` has one for each record."""
        found, place = np.unique(values, return_inverse=True)
        pairs = np.unique(place.astype(np.int64) * self.people + self.person)
        persons = np.bincount(pairs // max(self.people, 1), minlength=len(found))
        times = np.bincount(place, minlength=len(found))
        tenths = np.bincount(place, self.tenths, len(found))
        return {
            int(value): Tally(int(persons[n]), int(times[n]), _hours(round(tenths[n])))
            for n, value in enumerate(found)
        }

    def _take(self, which: slice | Column) -> Self:
        columns = {
            f.name: getattr(self, f.name)[which] for f in fields(self) if f.name not in ("words", "people")
        }
        return replace(self, **columns)


def _hours(tenths: int) -> Decimal:
    return Decimal(tenths) / 10
