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
# so many places are marked one by one; with more of them, sorting is faster and takes less room
DENSE = 20_000_000
SHARED = ("words", "people", "accounts")


class Tally(NamedTuple):
    persons: int = 0
    person_times: int = 0
    hours: Decimal = Decimal(0)


class Sums(NamedTuple):
    """For each of several groups. Persons of several groups may not be added."""

    persons: Column
    person_times: Column
    tenths: Column

    def tally(self, group: int) -> Tally:
        return Tally(
            int(self.persons[group]), int(self.person_times[group]), hours_of(int(self.tenths[group]))
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """One place in every column for each record, ordered by day.

    `person`: the place of the canonical account in `people`. `day`: days since 1970-01-01 in Shanghai. `district`, `enterprise`: keys,
    `NOWHERE` for none. `kind`, `business_type`, `post`, `subject`: places in the tuple of words that is named alike in `words`.
    `tenths`: training hours × 10. `accounts`: the key of each of the people.
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
    accounts: Column

    def __len__(self) -> int:
        return len(self.person)

    def between(self, first: int, last: int) -> Self:
        """Records of these days, both included."""
        start, end = np.searchsorted(self.day, [first, last + 1])
        return self._take(slice(start, end))

    def among(self, column: str, keys: Collection[int]) -> Self:
        """Records whose district or enterprise is one of these."""
        return self._take(_is_in(getattr(self, column), keys))

    def outside(self, column: str, keys: Collection[int]) -> Self:
        return self._take(~_is_in(getattr(self, column), keys))

    def anywhere(self, districts: Collection[int], enterprises: Collection[int]) -> Self:
        """Records made in one of these districts, or in one of these enterprises."""
        return self._take(self.is_at(districts, enterprises))

    def is_at(self, districts: Collection[int], enterprises: Collection[int]) -> Column:
        return _is_in(self.district, districts) | _is_in(self.enterprise, enterprises)

    def said(self, column: str, which: Column | None = None) -> set[str]:
        """The words of these records, or of all."""
        words = self.words[column]
        if which is None:
            return set(words)
        return {words[n] for n in np.flatnonzero(np.bincount(getattr(self, column)[which]))}

    def named(self, column: str, *words: str) -> Self:
        """Records with one of these words; none where no record has it."""
        return self._take(self.has(column, *words))

    def has(self, column: str, *words: str) -> Column:
        """For each record whether it has one of these words."""
        places = [n for n, word in enumerate(self.words[column]) if word in words]
        return _is_in(getattr(self, column), places)

    def tally(self) -> Tally:
        return Tally(
            int(np.count_nonzero(self.present())), len(self), hours_of(int(self.tenths.sum(dtype=np.int64)))
        )

    def present(self) -> Column:
        """For each of the people, whether any of these records is theirs."""
        there = np.zeros(self.people, bool)
        there[self.person] = True
        return there

    def present_accounts(self) -> Column:
        """The key of everybody whose records these are, in order."""
        return self.accounts[self.present()]

    def by_word(self, column: str) -> dict[str, Tally]:
        words = self.words[column]
        sums = self.sums(getattr(self, column), len(words))
        return {words[int(n)]: sums.tally(int(n)) for n in np.flatnonzero(sums.person_times)}

    def by(self, values: Column) -> dict[int, Tally]:
        """A tally for each value that occurs; `values` has one for each record."""
        found, place = np.unique(values, return_inverse=True)
        sums = self.sums(place, len(found))
        return {int(value): sums.tally(n) for n, value in enumerate(found)}

    def sums(self, place: Column, groups: int) -> Sums:
        """`place` has the group of each record, from 0 on."""
        return Sums(
            self._persons(place, groups),
            np.bincount(place, minlength=groups),
            np.bincount(place, self.tenths, groups).round().astype(np.int64),
        )

    def _persons(self, place: Column, groups: int) -> Column:
        pairs = place.astype(np.int64) * self.people + self.person
        if groups * self.people <= DENSE:
            there = np.zeros(groups * self.people, bool)
            there[pairs] = True
            return np.asarray(np.count_nonzero(there.reshape(groups, self.people), axis=1))
        pairs.sort()
        first = np.diff(pairs, prepend=-1) > 0
        return np.bincount(pairs[first] // self.people, minlength=groups)

    def _take(self, which: slice | Column) -> Self:
        columns = {f.name: getattr(self, f.name)[which] for f in fields(self) if f.name not in SHARED}
        return replace(self, **columns)


def _is_in(column: Column, keys: Collection[int]) -> Column:
    return np.isin(column, np.fromiter(keys, np.int64, len(keys)))


def hours_of(tenths: int) -> Decimal:
    return Decimal(tenths) / 10
