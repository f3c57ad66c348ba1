"""What was checked, done, some rows at a time: each time is whole, and whoever is cut off goes on after the last."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.core.database import give_way, in_turn
from academy.organisations.imports.judging import Judged
from academy.organisations.imports.kinds import kind_of
from academy.organisations.imports.reading import Line
from academy.organisations.imports.undoing import TURN, take_back
from academy.organisations.models import ImportChange, ImportRow, RegisterImport

AT_A_TIME = 500
TRIES = 3
State, RowState = RegisterImport.State, ImportRow.State
TO_DO = (RowState.NEW, RowState.CHANGED)


class Contradicted(Exception):
    """The register is not as it was when the file was checked, and all or nothing was asked for."""


def apply(batch: RegisterImport) -> None:
    try:
        while _next(batch):
            give_way()
    except Contradicted as error:
        batch.state, batch.error, batch.done = State.UNDOING, str(error), 0
        batch.save()
        take_back(batch)


def _next(batch: RegisterImport) -> bool:
    """Tells whether there may be more."""
    for _again in range(TRIES - 1):
        try:
            return _step(batch)
        # somebody was quicker: looked at again, the row says what is the matter
        except IntegrityError:
            continue
    return _step(batch)


@transaction.atomic
def _step(batch: RegisterImport) -> bool:
    in_turn(TURN)
    now = RegisterImport.objects.select_for_update(of=("self",)).select_related("user").get(pk=batch.pk)
    if now.state != State.APPLYING:
        return False
    rows = list(now.rows.filter(number__gt=now.done, state__in=TO_DO).order_by("number")[:AT_A_TIME])
    if rows:
        now.done = rows[-1].number
        _do(now, rows)
    else:
        now.state, now.applied_at, now.done = State.APPLIED, timezone.now(), now.total
    now.save(update_fields=["state", "applied_at", "done"])
    return bool(rows)


def _do(batch: RegisterImport, rows: Sequence[ImportRow]) -> None:
    kind = kind_of(batch)
    judged = kind.judge([Line(row.number, row.cells) for row in rows], {}, lock=True)
    pairs = list(zip(rows, judged, strict=True))
    wrong = [pair for pair in pairs if not _is_as_shown(*pair)]
    if wrong and not batch.only_good:
        raise Contradicted(_("Row %(n)d is not what it was when it was checked.") % {"n": wrong[0][0].number})
    for row, one in wrong:
        row.state = RowState.WRONG
        row.problems = one.problems or [
            ("", _("The register has changed since the file was checked. Check it again."))
        ]
    ImportRow.objects.bulk_update([row for row, _one in wrong], ["state", "problems"])
    left_out = {row.number for row, _one in wrong}
    good = [one for one in judged if one.line.number not in left_out and one.state in TO_DO]
    made = kind.write(good, batch.user)
    for change in made:
        change.batch = batch
    ImportChange.objects.bulk_create(made)


def _is_as_shown(row: ImportRow, one: Judged) -> bool:
    """Nothing is done that was not shown; what others have done meanwhile need not be done again."""
    if one.state == RowState.UNCHANGED:
        return True
    return one.state == row.state and all(row.changes.get(head) == pair for head, pair in one.changes.items())
