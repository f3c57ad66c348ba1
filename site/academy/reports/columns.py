"""The training records as they stand now, as columns: the months that this process keeps, and what came since."""

from datetime import date, datetime
from threading import Lock
from typing import NamedTuple

import numpy as np

from academy.reports.changes import Gone, Same, changes, same
from academy.reports.facts import Facts
from academy.reports.loading import Raw, day_number
from academy.reports.models import Month
from academy.reports.packing import (
    COLUMNS,
    NUMBERS,
    WORDED,
    coded,
    joined,
    made,
    mapped,
    recorded,
    unpack,
    without,
)
from academy.reports.rollup import BEGINNING

# so many records come between two writings of the months on the busiest day
ROOM = 20_000
FOREVER = day_number(date.max)


def current() -> Facts:
    """The same object, as long as nothing has changed."""
    return _kept.current()


class State(NamedTuple):
    digests: dict[date, str]
    until: datetime


class Growing:
    """Columns with room behind them. What follows all that is there is written into the room, so nothing is copied; and
    whoever has the columns as they were before looks at none of it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        room = np.empty(ROOM, np.int32)
        self._held = {name: np.concatenate([getattr(facts, name), room]) for name in COLUMNS}

    def grow(self, more: Facts) -> bool:
        """Whether `more` could be written behind what is there."""
        before, begin, end = self.facts, len(self.facts), len(self.facts) + len(more)
        if end > len(self._held["day"]) or (begin and more.day[0] < before.day[-1]):
            return False
        words = {name: tuple(dict.fromkeys((*before.words[name], *more.words[name]))) for name in WORDED}
        for name in NUMBERS:
            self._held[name][begin:end] = getattr(more, name)
        for name in WORDED:
            self._held[name][begin:end] = coded(more, name, words[name])
        held = {name: column[:end] for name, column in self._held.items()}
        self.facts = made(held, words, max(before.people, more.people))
        return True


class Kept:
    """Each step is kept with what it was made from, and made anew only from something else."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._digests: dict[date, str] = {}
        self._months = joined([])
        self._made_from: tuple[Facts, Gone, Same] | None = None
        self._settled = self._months
        self._growing = Growing(self._months)
        self._rows: list[Raw] = []

    def current(self) -> Facts:
        state = _state()
        while (months := self._of(state.digests)) is None:
            state = _state()
        since, aliases = changes(state.until), same()
        with self._lock:
            self._settle(months, since.gone, aliases)
            return self._followed_by(since.rows, aliases)

    def _of(self, digests: dict[date, str]) -> Facts | None:
        """None where a month has been written anew since its digest was read."""
        with self._lock:
            if digests == self._digests:
                return self._months
            parts = self._parts()
            missing = set(digests.values()) - parts.keys()
            found = Month.objects.filter(digest__in=missing).values_list("digest", "words", "columns")
            parts |= {digest: unpack(words, columns) for digest, words, columns in found}
            if set(digests.values()) - parts.keys():
                return None
            self._months = joined([parts[digest] for _month, digest in sorted(digests.items())])
            self._digests = digests
            return self._months

    def _parts(self) -> dict[str, Facts]:
        """The months that are there, by digest."""
        begins = [day_number(month) for month in sorted(self._digests)]
        return {
            self._digests[month]: self._months.between(begin, end - 1)
            for month, begin, end in zip(sorted(self._digests), begins, [*begins[1:], FOREVER], strict=False)
        }

    def _settle(self, months: Facts, gone: Gone, aliases: Same) -> None:
        known = self._made_from
        if known and known[0] is months and known[1:] == (gone, aliases):
            return
        self._settled = mapped(without(months, gone), *aliases)
        self._made_from = months, gone, aliases
        self._growing, self._rows = Growing(self._settled), []

    def _followed_by(self, rows: list[Raw], aliases: Same) -> Facts:
        known, new = rows[: len(self._rows)], rows[len(self._rows) :]
        follows = known == self._rows
        if not (follows and (not new or self._growing.grow(mapped(recorded(new), *aliases)))):
            everything = joined([self._settled, mapped(recorded(rows), *aliases)])
            self._growing = Growing(everything)
        self._rows = rows
        return self._growing.facts


def _state() -> State:
    """In one reading: these months, up to that moment."""
    rows = list(Month.objects.values_list("month", "digest", "watermark__until"))
    digests = {month: digest for month, digest, _until in rows}
    return State(digests, rows[0][2] if rows else BEGINNING)


_kept = Kept()
