"""What an import did, taken back from its end: what it made goes where nothing refers to it, what it changed goes back
where nobody has changed it since. First it is only looked at, in the same order and by the same rules."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from academy.core.database import give_way, in_turn
from academy.organisations.imports.remains import Remains
from academy.organisations.models import ImportChange, Membership, RegisterImport

AT_A_TIME = 1000
TRIES = 3
# all that write to the register by file, one after another
TURN = "register"
State = RegisterImport.State


def take_back(batch: RegisterImport) -> None:
    """Or look what would stay, as the state says. Cut off, it goes on where it was."""
    if not batch.done:
        batch.journal.filter(undone=False).update(kept="")
    while _next(batch):
        give_way()


def _next(batch: RegisterImport) -> bool:
    for _again in range(TRIES - 1):
        try:
            return _step(batch)
        # somebody has begun to refer to what was to go
        except IntegrityError:
            continue
    return _step(batch)


@transaction.atomic
def _step(batch: RegisterImport) -> bool:
    """Tells whether there may be more."""
    in_turn(TURN)
    now = RegisterImport.objects.select_for_update(of=("self",)).select_related("user").get(pk=batch.pk)
    if now.state not in (State.LOOKING, State.UNDOING):
        return False
    todo = now.journal.filter(undone=False)
    below = todo.filter(pk__lt=now.done) if now.done else todo
    some = list(below.order_by("-pk")[:AT_A_TIME])
    if some:
        now.done = some[-1].pk
        _go_through(now, some)
    else:
        _end(now)
    now.save(update_fields=["state", "undone_at", "done"])
    return bool(some)


def _end(batch: RegisterImport) -> None:
    if batch.state == State.LOOKING:
        batch.state, batch.done = State.LOOKED, 0
    else:
        batch.state = State.FAILED if batch.is_given_up else State.UNDONE
        batch.undone_at = timezone.now()


def _go_through(batch: RegisterImport, changes: Sequence[ImportChange]) -> None:
    for some in _alike(changes):
        remains = Remains(some, batch)
        for change in some:
            change.kept = remains.reason(change)[:300]
        if batch.state == State.UNDOING:
            (_remove if some[0].made else _put_back)([change for change in some if not change.kept], remains)
        gone = [change.pk for change in some if change.undone]
        # at once: what stays is asked for when it is judged what that needs
        ImportChange.objects.filter(pk__in=gone).update(undone=True)
        ImportChange.objects.bulk_update([one for one in some if one.kept], ["kept"], batch_size=200)


def _alike(changes: Sequence[ImportChange]) -> Iterator[list[ImportChange]]:
    """Of one model each; what was made before what was changed, which may have made room for it."""
    for model in dict.fromkeys(change.model for change in changes):
        for made in (True, False):
            if some := [change for change in changes if change.model == model and change.made == made]:
                yield some


def _remove(changes: Sequence[ImportChange], remains: Remains) -> None:
    """A place of work that records name is ended, since it cannot go."""
    rows: Any = remains.model._default_manager.filter(pk__in=[change.key for change in changes])
    # nothing refers to them, which `delete` would look into once more; and what was made in bulk is in no index
    rows._raw_delete(rows.db)
    for change in changes:
        change.undone = True
    if remains.model is Membership:
        named = Membership.objects.current().filter(pk__in=remains.learned - remains.outside)
        named.update(left_at=timezone.now())


def _put_back(changes: Sequence[ImportChange], remains: Remains) -> None:
    rows: dict[str, list[Any]] = defaultdict(list)
    for change in changes:
        change.undone = True
        row = remains.rows[change.key]
        for name, (before, _after) in change.fields.items():
            setattr(row, name, remains.value(name, before))
            rows[name].append(row)
    for name, changed in rows.items():
        remains.model._default_manager.bulk_update(changed, [name], batch_size=200)
