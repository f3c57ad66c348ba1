"""How long a lesson's text takes to read. Pure: it is given the raw value of a body.

A character of Chinese is one sign; so is a word or a number in Latin letters. A picture is looked at as long as
sixty signs are read: twelve seconds at three hundred signs a minute.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

USUAL = 300
PICTURE = 60
AT_LEAST = 30

_SIGN = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+(?:[.,][0-9]+)*")
_TAG = re.compile(r"<[^>]*>")
# names for the program; and what is read instead of a video counts as the video
_NOT_READ = frozenset({"id", "type", "kind", "state", "transcript", "mark"})


def signs(body: Any) -> int:
    """All that there is to read, pictures included."""
    return sum(len(_SIGN.findall(words)) for words in _words(body)) + PICTURE * _pictures(body)


def usual_seconds(read: int) -> int:
    """The most that is counted for so many signs."""
    return max(AT_LEAST, read * 60 // USUAL)


def least_seconds(read: int, per_minute: int) -> int:
    """Nobody reads faster; where there is nothing to read, nothing has to be waited for."""
    return read * 60 // per_minute


def _words(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield unescape(_TAG.sub(" ", value))
        case dict():
            for name, inner in value.items():
                if name not in _NOT_READ:
                    yield from _words(inner)
        case list():
            for inner in value:
                yield from _words(inner)


def _pictures(value: Any) -> int:
    match value:
        case dict():
            return ("image" in value) + sum(_pictures(inner) for inner in value.values())
        case list():
            return sum(_pictures(inner) for inner in value)
    return 0
