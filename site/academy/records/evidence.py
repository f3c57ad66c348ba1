"""What bears a statement out, cut to a size that millions of rows can have, and to what every database can hold.

Some of it was claimed by a phone, so nothing is taken for granted: not its depth, not its length, not its characters.
"""

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

DEPTH, ITEMS, WORDS, BYTES = 4, 50, 500, 4000
SAFE = 2**53


def bounded(evidence: Mapping[str, Any] | None) -> dict[str, Any]:
    """Where it is too much, each item keeps its share, so that a long claim costs the score beside it nothing."""
    kept = {text(key, 50): _plain(value, DEPTH) for key, value in islice((evidence or {}).items(), ITEMS)}
    if _is_too_much(kept):
        kept = {key: _cut(value, BYTES // 6 // len(kept)) for key, value in kept.items()}
    return {"cut": _cut(kept, BYTES // 5)} if _is_too_much(kept) else kept


def _is_too_much(kept: Any) -> bool:
    return len(_written(kept).encode()) > BYTES


def _cut(value: Any, length: int) -> Any:
    written = _written(value)
    return value if len(written) <= length else written[:length]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def text(value: object, length: int = WORDS) -> str:
    """No zero byte and no half of a character: PostgreSQL refuses them."""
    return str(value)[:length].replace("\0", "").encode(errors="replace").decode()


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str | bytes) or not isinstance(value, Iterable) or depth == 0:
        return text(value)
    if isinstance(value, Mapping):
        return {text(key, 50): _plain(each, depth - 1) for key, each in islice(value.items(), ITEMS)}
    return [_plain(each, depth - 1) for each in islice(value, ITEMS)]


def _number(value: int | float) -> int | float | str:
    """JSON knows no infinity, and whoever reads it no whole number beyond 2⁵³."""
    if abs(value) < SAFE:
        return value
    return text(hex(value) if isinstance(value, int) else value)
