"""Which parts of a video were watched. Pure: parts are `[from, to]` in seconds, in order and apart."""

import math
from collections.abc import Iterable, Sequence

Span = list[float]

# a player reports its length a little longer than the file says, and stops a little before it
BEYOND, BEFORE = 1.0, 0.5
# nobody watches so briefly or leaves out so little: what lies closer is one part
CLOSE = 0.25
AT_MOST = 500
# what a player skips by itself when it begins or goes on
SLACK = 2.0


class NotPartsError(ValueError):
    """What was claimed cannot be parts of this video."""


def checked(claimed: object, length: float) -> list[Span]:
    """Parts as they came from outside, put in order, as they are kept: a repeat brings nothing new.

    Raises NotPartsError.
    """
    if not isinstance(claimed, list) or len(claimed) > AT_MOST:
        raise NotPartsError(claimed)
    return union(_checked(part, length) for part in claimed)


def union(parts: Iterable[Sequence[float]]) -> list[Span]:
    found: list[Span] = []
    for begin, end in sorted(map(list, parts)):
        if found and begin <= found[-1][1] + CLOSE:
            found[-1][1] = max(found[-1][1], end)
        elif end > begin:
            found.append([begin, end])
    return found


def seconds(parts: Iterable[Sequence[float]]) -> float:
    return math.fsum(end - begin for begin, end in parts)


def gaps(parts: Iterable[Sequence[float]], length: float) -> list[Span]:
    """What is not watched yet of a video that is so long."""
    begins = [0.0, *(end for _begin, end in parts)]
    ends = [*(begin for begin, _end in parts), length]
    return [
        [begin, min(end, length)] for begin, end in zip(begins, ends, strict=True) if begin < min(end, length)
    ]


def share(parts: Iterable[Sequence[float]], length: float) -> int:
    """Percent, rounded down: a share that is shown has been reached. Never more than the whole."""
    if length <= 0:
        return 0
    # what adds up to the whole in real numbers may lack its last bit
    return min(100, math.floor(100 * seconds(parts) / length + 1e-9))


def reach(parts: Iterable[Sequence[float]], slack: float = SLACK) -> float:
    """How far it was watched from the start without a gap."""
    end = 0.0
    for begin, upto in parts:
        if begin > end + slack:
            break
        end = max(end, upto)
    return end


def skips(before: list[Span], claimed: list[Span], slack: float = SLACK) -> bool:
    """Whether something claimed does not follow on what was watched from the start."""
    end = reach(union([*before, *claimed]), slack)
    return any(upto > end for _begin, upto in claimed)


def _checked(part: object, length: float) -> Span:
    if not isinstance(part, list | tuple) or len(part) != 2 or not all(_is_number(value) for value in part):
        raise NotPartsError(part)
    begin, end = float(part[0]), float(part[1])
    if not 0 <= begin < end <= length + BEYOND:
        raise NotPartsError(part)
    if begin >= length:
        return [0.0, 0.0]
    return [round(begin, 2), length if end >= length - BEFORE else round(end, 2)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
