"""What bears a statement out, cut to a size that millions of rows can have, and to what every database can hold.

Some of it was claimed by a phone, so nothing is taken for granted: not its depth, not its length, not its characters.
"""

import json
import math
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

DEPTH, ITEMS, WORDS, BYTES = 4, 50, 500, 4000
SAFE = 2**53


def bounded(evidence: Mapping[str, Any] | None) -> dict[str, Any]:
    kept = {text(key, 50): _plain(value, DEPTH) for key, value in islice((evidence or {}).items(), ITEMS)}
    written = json.dumps(kept, ensure_ascii=False)
    return kept if len(written.encode()) <= BYTES else {"cut": written[: BYTES // 4]}


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
    """JSON knows no infinity, and readers of it no whole number beyond 2⁵³."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return int(value) if abs(value) < SAFE else text(hex(value))
