"""A file read and judged line by line, without changing anything."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from academy.core.database import give_way
from academy.organisations.imports.judging import Judged, Kind, Seen
from academy.organisations.imports.kinds import kind_of
from academy.organisations.imports.reading import ROWS, File, Line, read
from academy.organisations.models import ImportRow, RegisterImport
from ingest.load import Unreadable

AT_A_TIME = 1000
State = RegisterImport.State


def check(batch: RegisterImport) -> None:
    """Cut off, it begins anew: nobody has seen any of it."""
    batch.rows.all().drop()
    try:
        _check(batch, kind_of(batch))
    except Unreadable as error:
        batch.rows.all().drop()
        batch.state, batch.error = State.FAILED, str(error)[:500]
    else:
        batch.state = State.CHECKED
    batch.data, batch.done = None, 0
    batch.save()


def _check(batch: RegisterImport, kind: Kind) -> None:
    file = read(batch.name, bytes(batch.data or b""), kind.heads())
    seen: Seen = {}
    count = 0
    for lines in _some(file.lines(), AT_A_TIME):
        count += len(lines)
        if count > ROWS:
            raise Unreadable(_("More than %(most)s rows. Split the file.") % {"most": f"{ROWS:,}"})
        judged = kind.judge(lines, seen)
        with transaction.atomic():
            _keep(batch, judged)
            RegisterImport.objects.filter(pk=batch.pk).update(done=count)
        give_way()
    if not count:
        raise Unreadable(_("There is nothing under the names of the columns."))
    _sum_up(batch, file)


def _keep(batch: RegisterImport, judged: Sequence[Judged]) -> None:
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=batch,
            number=one.line.number,
            state=one.state,
            cells=one.line.cells,
            changes=one.changes,
            problems=one.problems,
            notes=one.notes,
        )
        for one in judged
    )


def _sum_up(batch: RegisterImport, file: File) -> None:
    batch.hidden, batch.hidden_columns = file.hidden, file.hidden_columns
    batch.passed_over, batch.renamed = file.passed_over[:50], file.renamed
    batch.total = batch.rows.order_by("-number").values_list("number", flat=True)[0]


def _some(lines: Iterable[Line], most: int) -> Iterator[list[Line]]:
    rest = iter(lines)
    while some := list(islice(rest, most)):
        yield some
