"""Which bytes of a file are asked for (RFC 9110, section 14). Pure."""

import re

# a number longer than this is no place in any file
_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class NotSatisfiableError(ValueError):
    """None of what is asked for is in the file."""


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None where the whole file is the answer.

    Several ranges at once, another unit or nonsense may be answered with the whole file, and are.
    """
    found = _ONE.fullmatch(header.strip())
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return _last(int(last), size)
    begin, upto = int(first), int(last) if last else size
    if upto < begin and last:
        return None
    if begin >= size:
        raise NotSatisfiableError(header)
    return begin, min(upto + 1, size)


def _last(count: int, size: int) -> tuple[int, int]:
    if not count or not size:
        raise NotSatisfiableError(count)
    return max(0, size - count), size
