"""What an import did, taken back from its end: what it made goes where nothing refers to it, what it changed goes back
where nobody has changed it since."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.core.database import in_turn
from academy.organisations.imports.remains import Remains
from academy.organisations.models import ImportChange, Membership, RegisterImport

AT_A_TIME = 500
TRIES = 3
TURN = "register"
State = RegisterImport.State


def look(batch: RegisterImport) -> None:
    """What cannot be undone, and why; nothing is changed but these words."""
    batch.journal.filter(undone=False).update(kept="")
    while some := list(batch.journal.filter(pk__gt=batch.done, undone=False).order_by("pk")[:AT_A_TIME]):
        remains = Remains(some, batch)
        kept = [change for change in some if _mark(change, remains.reason(change))]
        ImportChange.objects.bulk_update(kept, ["kept"])
        batch.done = some[-1].pk
        batch.save(update_fields=["done"])
    batch.state, batch.done = State.LOOKED, 0
    batch.save(update_fields=["state", "done"])


def _mark(change: ImportChange, reason: str) -> bool:
    change.kept = reason[:300]
    return bool(reason)


def take_back(batch: RegisterImport) -> None:
    """Cut off, it goes on where it was."""
    while _next(batch):
        pass


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
    if now.state != State.UNDOING:
        return False
    todo = now.journal.filter(undone=False)
    below = todo.filter(pk__lt=now.done) if now.done else todo
    some = list(below.order_by("-pk")[:AT_A_TIME])
    if some:
        now.done = some[-1].pk
        _take_back(now, some)
    else:
        now.state = State.FAILED if now.is_given_up else State.UNDONE
        now.undone_at = timezone.now()
    now.save(update_fields=["state", "undone_at", "done"])
    return bool(some)


def _take_back(batch: RegisterImport, changes: Sequence[ImportChange]) -> None:
    for model in dict.fromkeys(change.model for change in changes):
        some = [change for change in changes if change.model == model]
        _remove([change for change in some if change.made], batch)
        _put_back([change for change in some if not change.made], batch)
    ImportChange.objects.bulk_update(changes, ["undone", "kept"], batch_size=200)


def _remove(changes: Sequence[ImportChange], batch: RegisterImport) -> None:
    """A place of work that records name is ended, since it cannot go."""
    if not changes:
        return
    remains = Remains(changes, batch)
    for change in changes:
        change.undone = not _mark(change, remains.reason(change))
    remains.model._default_manager.filter(pk__in=[change.key for change in changes if change.undone]).delete()
    if remains.model is Membership:
        open_still = Membership.objects.current().filter(pk__in=remains.learned - remains.outside)
        open_still.update(left_at=timezone.now())


def _put_back(changes: Sequence[ImportChange], batch: RegisterImport) -> None:
    if not changes:
        return
    remains = Remains(changes, batch)
    rows: dict[str, list[Any]] = defaultdict(list)
    for change in changes:
        change.undone = not _mark(change, remains.reason(change))
        for name, (before, _after) in change.fields.items() if change.undone else ():
            setattr(remains.rows[change.key], name, remains.value(name, before))
            rows[name].append(remains.rows[change.key])
    for name, changed in rows.items():
        remains.model._default_manager.bulk_update(changed, [name], batch_size=200)
