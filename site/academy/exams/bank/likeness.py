"""Which questions are the same, and which nearly.

Two stems are near when their sets of character pairs overlap by Dice's coefficient of at least `NEAR`. Only pairs
that could are compared: each stem is found again by its rarest grams alone, as many as a near one must share one of
(prefix filtering: Bayardo, Ma, Srikant, Scaling up all pairs similarity search, WWW 2007).
"""

import hashlib
import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from academy.exams.bank.rows import PICTURED, BankOption, BankQuestion, truth
from kb.text import clean, grams

NEAR = 0.85
MOST_COMPARED = 500
# what NFKC leaves in two widths
PUNCTUATION = str.maketrans("。、“”„‘’【】《》〈〉", '.,"""\'\'[]<><>')


def normal(words: str) -> str:
    """Full-width or not, spaced or not, in capitals or not: the same words. A sign that counts, like ≥ or −, stays."""
    plain = unicodedata.normalize("NFKC", clean(words)).translate(PUNCTUATION).casefold()
    return re.sub(r"\s+|_+|\(\s*\)", "", plain).rstrip(".?:,!")


def fingerprint(question: BankQuestion) -> str:
    """The same for the same kind, stem and options, with the same ones right; whatever explains them may differ."""
    said = [question.kind, normal(question.stem), question.picture, _options(question)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _options(question: BankQuestion) -> list[list[Any]]:
    if (is_true := truth(question)) is not None:
        return [[is_true]]
    if question.kind in PICTURED:
        return [
            [question.columns, question.rows],
            *sorted(sorted(option.cells.split()) for option in question.options),
        ]
    said = [_option(option) for option in question.options]
    return said if question.kind == "order" else sorted(said, key=repr)


def _option(option: BankOption) -> list[Any]:
    return [normal(option.text), option.correct, normal(option.pair)]


class Stems:
    """Stems by number, to find those that are near to another."""

    def __init__(self, stems: Mapping[int, str]) -> None:
        self._grams = {number: frozenset(grams(normal(stem))) for number, stem in stems.items()}
        self._common = Counter(gram for found in self._grams.values() for gram in found)

    def near(self, stem: str) -> list[int]:
        """Those that are near to it, the nearest first."""
        wanted = frozenset(grams(normal(stem)))
        found = (number for gram in self._rarest(wanted) for number in self._by_gram.get(gram, ()))
        # a file of thousands that are alike would compare each with all
        could = set(islice(found, MOST_COMPARED))
        scored = ((_overlap(wanted, self._grams[number]), number) for number in could)
        near = sorted((-score, abs(number), number) for score, number in scored if score >= NEAR)
        return [number for _score, _size, number in near]

    @cached_property
    def _by_gram(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number, wanted in self._grams.items():
            for gram in self._rarest(wanted):
                found[gram].append(number)
        return dict(found)

    def _rarest(self, wanted: frozenset[str]) -> list[str]:
        """A near one shares at least NEAR / (2 − NEAR) of these grams, so one of so many rarest is among them."""
        least = math.ceil(NEAR / (2 - NEAR) * len(wanted) - 1e-9)
        in_order = sorted(wanted, key=lambda gram: (self._common[gram], gram))
        return in_order[: len(wanted) - least + 1]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient (Dice 1945), of sets that are made once: thousands are compared."""
    return 2 * len(one & other) / (len(one) + len(other))
