"""How long an MP4 is, read from the film's own header (ISO/IEC 14496-12, boxes `moov` and `mvhd`)."""

import struct
from collections.abc import Iterator
from typing import IO

_MANY = 10_000


class NotAFilmError(ValueError):
    """The file has no header that says how long it is."""


def length(file: IO[bytes]) -> float:
    """In seconds. Only headers are read, wherever in the file they stand. Raises NotAFilmError."""
    size = file.seek(0, 2)
    start, end = _find(file, b"moov", 0, size)
    start, end = _find(file, b"mvhd", start, end)
    file.seek(start)
    return _seconds(file.read(min(end - start, 32)))


def _seconds(header: bytes) -> float:
    wide = header[:1] == b"\x01"
    try:
        scale, duration = struct.unpack_from(">IQ" if wide else ">II", header, 20 if wide else 12)
    except struct.error:
        raise NotAFilmError from None
    # all ones: unknown, as in a stream that was being recorded
    if not scale or duration == (2**64 if wide else 2**32) - 1:
        raise NotAFilmError
    return float(duration) / float(scale)


def _find(file: IO[bytes], kind: bytes, start: int, end: int) -> tuple[int, int]:
    for found, inner, after in _boxes(file, start, end):
        if found == kind:
            return inner, after
    raise NotAFilmError(kind)


def _boxes(file: IO[bytes], at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Of each box its kind, where its content begins and where it ends."""
    for _box in range(_MANY):
        file.seek(at)
        header = file.read(16)
        if at + 8 > end or len(header) < 8:
            return
        size, kind = struct.unpack_from(">I4s", header)
        head = 8
        if size == 1 and len(header) == 16:
            head, size = 16, struct.unpack_from(">Q", header, 8)[0]
        after = end if size == 0 else at + size
        if 0 < size < head or after > end:
            return
        yield kind, at + head, after
        at = after
