"""What kinds of things the words of a kitchen name: foods, papers, tools, places."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

KINDS = Path(__file__).with_name("kinds.tsv")
FOOD = "food"
WAYS = frozenset({"冷藏", "冷冻", "常温", "保温", "热藏"})
# what is 「肉」 without saying so
MEATS = frozenset({"鸡", "生鸡", "鸭", "鹅", "蹄髈"})


def terms(text: str) -> list[tuple[str, str]]:
    """Pairs of kind and term, in the order in which they occur; a term inside a longer one does not count."""
    found = [(text.index(term), -len(term), kind, term) for kind, term in _kinds() if term in text]
    spans: list[tuple[int, int]] = []
    named = []
    for start, length, kind, term in sorted(found, key=lambda each: (each[1], each[0])):
        if not any(begin <= start < end for begin, end in spans):
            spans.append((start, start - length))
            named.append((start, kind, term))
    return [(kind, term) for _, kind, term in sorted(named)]


def foods(text: str) -> frozenset[str]:
    return frozenset(term for kind, term in terms(text) if kind == FOOD)


def stored(text: str) -> frozenset[str]:
    """How it is kept: what holds for one way holds for no other."""
    return frozenset(term for _, term in terms(text)) & WAYS


def are_apart(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether both name something, and nothing that is the same or part of it: 「生鱼」 is 「鱼」, and 「鸡」 is 「肉」."""
    alike = any(_is(one, other) or _is(other, one) for one in some for other in others)
    return bool(some and others) and not alike


def _is(one: str, other: str) -> bool:
    return other in one or (other == "肉" and one in MEATS)


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[str, str], ...]:
    rows: Iterable[list[str]] = (line.split("\t") for line in KINDS.read_text(encoding="utf8").splitlines())
    return tuple((row[0], term) for row in rows if len(row) == 2 for term in row[1].split("、"))
