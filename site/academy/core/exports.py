"""Tables as files, sent piece by piece: a long one takes no more memory than a short one, and starts at once."""

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import chain, islice
from tempfile import TemporaryFile

from asgiref.sync import sync_to_async
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override
from openpyxl import Workbook

from academy.core.cells import Cell, neutral
from academy.core.workbooks import workbook

Row = Sequence[Cell]

LINES, BYTES = 500, 64 * 1024


def export(file_format: str, name: str, head: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """The table as `name-<today>.<format>`; a format that is not offered is not found."""
    if file_format not in FORMATS:
        raise Http404(file_format)
    content_type, write = FORMATS[file_format]
    lines = ([neutral(cell) for cell in row] for row in chain([head], rows))
    return download(
        write(_said_in(get_language(), lines)),
        f"{name}-{timezone.localdate():%Y-%m-%d}.{file_format}",
        content_type,
    )


def _said_in(language: str | None, rows: Iterable[Row]) -> Iterator[Row]:
    """A file is written when the reader's language is no longer in force."""
    rows = iter(rows)
    while True:
        with override(language):
            some = list(islice(rows, LINES))
        if not some:
            return
        yield from some


def download(pieces: Iterator[bytes], filename: str, content_type: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        _stream(pieces),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


async def _stream(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made in the request's own thread, so that the event loop never waits for the database."""
    while piece := await sync_to_async(_next)(pieces):
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")


class _Echo:
    def write(self, line: str) -> str:
        return line


def _csv(rows: Iterable[Row]) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    # Excel takes a CSV for UTF-8 only when it begins with this mark
    lines = chain(["\ufeff"], map(writer.writerow, rows))
    while piece := "".join(islice(lines, LINES)):
        yield piece.encode()


def packed(book: Workbook) -> Iterator[bytes]:
    """A workbook that is written row by row, in pieces."""
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(BYTES):
            yield piece


FORMATS = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
}
