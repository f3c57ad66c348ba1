"""The columns of a month: made of its records, put into few bytes, joined with those of other months.

In all of these `person` is the key of an account itself, so that months that know nothing of each other fit together.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np

from academy.reports.facts import Column, Facts
from academy.reports.loading import Raw, facts_of

# in the order in which records are put
NUMBERS = ("day", "person", "district", "enterprise", "tenths")
WORDED = ("kind", "business_type", "post", "subject")
COLUMNS = (*NUMBERS, *WORDED)
STORED = "<i4"
# most of the time goes into packing; more of it would save a tenth of the bytes
LEVEL = 1


@dataclass(frozen=True, slots=True)
class Packed:
    month: date
    words: dict[str, list[str]]
    columns: bytes
    count: int
    digest: str


def recorded(rows: Iterable[Raw]) -> Facts:
    """In an order that the records alone decide: the same ones always give the same columns."""
    facts = facts_of(list(rows), {}, {})
    held = {name: np.asarray(getattr(facts, name), np.int32) for name in COLUMNS}
    held["person"] = facts.accounts[facts.person]
    order = np.lexsort([held[name] for name in reversed(COLUMNS)])
    return made({name: column[order] for name, column in held.items()}, facts.words)


def made(columns: Mapping[str, Column], words: dict[str, tuple[str, ...]], people: int = 0) -> Facts:
    """At least so many `people` as there are persons in the columns."""
    persons = columns["person"]
    people = max(people, int(persons.max()) + 1 if len(persons) else 0)
    return Facts(**columns, words=words, people=people, accounts=np.arange(people, dtype=np.int32))


def pack(month: date, facts: Facts) -> Packed:
    raw = np.stack([getattr(facts, name) for name in COLUMNS]).astype(STORED).tobytes()
    words = {name: list(facts.words[name]) for name in WORDED}
    return Packed(month, words, zlib.compress(raw, LEVEL), len(facts), digest(month, words, raw))


def digest(month: date, words: dict[str, list[str]], raw: bytes) -> str:
    said = json.dumps([month.isoformat(), words], sort_keys=True).encode()
    return sha256(said + raw).hexdigest()


def unpack(words: Mapping[str, Sequence[str]], columns: Any) -> Facts:
    held = np.frombuffer(zlib.decompress(columns), STORED).reshape(len(COLUMNS), -1)
    return made(dict(zip(COLUMNS, held, strict=True)), {name: tuple(words[name]) for name in WORDED})


def joined(parts: Sequence[Facts]) -> Facts:
    """All their records by day, with the words that occur in them."""
    held = {name: np.concatenate([getattr(part, name) for part in parts] or [_NONE]) for name in NUMBERS}
    words = {name: tuple(sorted({word for part in parts for word in _used(part, name)})) for name in WORDED}
    for name in WORDED:
        held[name] = np.concatenate([coded(part, name, words[name]) for part in parts] or [_NONE])
    days = held["day"]
    if np.any(days[1:] < days[:-1]):
        order = np.argsort(days, kind="stable")
        held = {name: column[order] for name, column in held.items()}
    return made(held, words, max((part.people for part in parts), default=0))


def coded(part: Facts, name: str, words: Sequence[str]) -> Column:
    """A column of words, each as its place among `words`."""
    place = {word: n for n, word in enumerate(words)}
    # a word that no record has may be missing there
    known = [place.get(word, 0) for word in part.words[name]]
    return np.asarray(np.array(known, np.int32)[getattr(part, name)])


def mapped(facts: Facts, accounts: Mapping[int, int], enterprises: Mapping[int, int]) -> Facts:
    """With what each account and enterprise turned out to be in its place."""
    people = max([facts.people, *(key + 1 for key in accounts.values())])
    held = {name: getattr(facts, name) for name in COLUMNS}
    held["person"] = _through(facts.person, accounts)
    held["enterprise"] = _through(facts.enterprise, enterprises)
    return made(held, facts.words, people)


def without(facts: Facts, gone: Mapping[str, Collection[int]]) -> Facts:
    """Less the attendances of these accounts at each event: of one account at one event only one can stand."""
    left_out = [
        (facts.subject == n) & np.isin(facts.person, np.fromiter(gone[subject], np.int64))
        for n, subject in enumerate(facts.words["subject"])
        if subject in gone
    ]
    if not left_out:
        return facts
    kept = ~np.logical_or.reduce(left_out)
    return made({name: getattr(facts, name)[kept] for name in COLUMNS}, facts.words, facts.people)


_NONE: Column = np.empty(0, np.int32)


def _used(part: Facts, name: str) -> list[str]:
    words = part.words[name]
    there = np.bincount(getattr(part, name), minlength=len(words))
    return [words[n] for n in np.flatnonzero(there)]


def _through(keys: Column, same: Mapping[int, int]) -> Column:
    if not same:
        return keys
    # one place more than there are keys: the first is for nowhere
    table = np.arange(-1, max([int(keys.max(initial=0)), *same]) + 1, dtype=np.int32)
    table[np.fromiter(same, np.int64) + 1] = np.fromiter(same.values(), np.int64)
    return np.asarray(table[keys + 1])
