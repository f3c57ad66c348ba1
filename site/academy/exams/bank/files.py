"""Which kinds of file questions come in and go out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from django.utils.translation import gettext as _

from academy.exams.bank import gift, jsonl, moodle_xml, sheets
from academy.exams.bank.checking import problems_of
from academy.exams.bank.rows import BankQuestion, Row, trimmed
from ingest.load import Unreadable

FILE_BYTES, QUESTIONS = 10_000_000, 5_000


class Format(NamedTuple):
    suffixes: tuple[str, ...]
    content_type: str
    read: Callable[[str, bytes, int], Iterator[Row]]
    write: Callable[[Iterable[BankQuestion]], Iterator[bytes]]


FORMATS = {
    "xlsx": Format(
        (".xlsx",),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        sheets.read,
        sheets.write_xlsx,
    ),
    "csv": Format((".csv",), "text/csv; charset=utf-8", sheets.read, sheets.write_csv),
    "jsonl": Format((".jsonl", ".json"), "application/jsonl; charset=utf-8", jsonl.read, jsonl.write),
    "gift": Format((".gift", ".txt"), "text/plain; charset=utf-8", gift.read, gift.write),
    "xml": Format((".xml",), "application/xml; charset=utf-8", moodle_xml.read, moodle_xml.write),
}
SUFFIXES = tuple(suffix for one in FORMATS.values() for suffix in one.suffixes)


def parse(name: str, data: bytes) -> list[Row]:
    """Every question of the file with what is wrong with it. Raises Unreadable for what is no such file."""
    if len(data) > FILE_BYTES:
        raise Unreadable(_("The file is larger than 10 MB. Split it."))
    suffix = PurePath(name).suffix.lower()
    read = next((one.read for one in FORMATS.values() if suffix in one.suffixes), None)
    if read is None:
        raise Unreadable(_("Choose a file of this kind: %(kinds)s.") % {"kinds": "、".join(SUFFIXES)})
    found = [_checked(row) for row in read(name, data, QUESTIONS)]
    if not found:
        raise Unreadable(_("There is no question in the file."))
    return found


def _checked(row: Row) -> Row:
    """What the parser has found wrong comes first; then nothing else is said of that column."""
    if row.question is None:
        return row
    question = trimmed(row.question)
    named = {problem.column for problem in row.problems}
    more = [problem for problem in problems_of(question) if problem.column not in named]
    return replace(row, question=question, problems=(*row.problems, *more))
