"""An answer as the page's script posts it: JSON with `question`, `chosen`, `key` and `sequence`."""

import json
from dataclasses import dataclass
from uuid import UUID

from academy.exams.marking import can_be_kept

MOST_CHOSEN = 200
SAFE = 2**53


class MalformedError(ValueError):
    """Not an answer in any form that we know."""


@dataclass(frozen=True, slots=True)
class Posted:
    question: str
    chosen: list[str]
    key: UUID
    sequence: int


def posted(body: bytes) -> Posted:
    try:
        given = json.loads(body)
        return Posted(
            _text(given["question"]), _texts(given["chosen"]), UUID(given["key"]), _whole(given["sequence"])
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise MalformedError from None


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 500 or not can_be_kept(value):
        raise MalformedError
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_CHOSEN:
        raise MalformedError
    return [_text(one) for one in value]


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < SAFE:
        raise MalformedError
    return value
