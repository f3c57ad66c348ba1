"""How an import begins and goes from one state to the next; each work is a task that goes on where it was cut off."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.core.workers import taken
from academy.organisations.imports.working import work
from academy.organisations.models import Enterprise, ImportRow, Jurisdiction, RegisterImport

State = RegisterImport.State
# what nobody imported is forgotten, and later the rows of what was
UNUSED, KEPT = timedelta(days=2), timedelta(days=90)


def bring(
    kind: str, name: str, data: bytes, user: User, enterprise: Enterprise | None = None
) -> RegisterImport:
    """To be checked. With an enterprise, for its staff only."""
    forget()
    batch = RegisterImport.objects.create(
        kind=kind,
        name=name[-200:],
        data=data,
        user=user,
        district=Jurisdiction.of(user),
        enterprise=enterprise,
        language=get_language() or "zh-hans",
    )
    work.enqueue(batch.pk)
    return batch


def move(batch: RegisterImport, before: tuple[str, ...], state: str, **more: Any) -> bool:
    """Told twice, it is done once."""
    found = RegisterImport.objects.filter(pk=batch.pk).in_state(*before)
    moved = bool(found.update(**{"state": state, "done": 0, "error": "", "stopped": "", **more}))
    if moved:
        work.enqueue(batch.pk)
    return moved


def stop(batch: RegisterImport) -> bool:
    """In the middle: the step that is under way is the last, and what was done goes back."""
    return move(batch, (State.APPLYING,), State.UNDOING, error=_("It was stopped in the middle."))


def forget() -> None:
    """What was changed stays known, and may be undone."""
    now = timezone.now()
    unused = RegisterImport.objects.in_state(State.CHECKED, State.CHECKING, State.FAILED)
    unused = unused.filter(read_at__lt=now - UNUSED, applied_at=None, journal=None)
    ImportRow.objects.filter(batch__in=unused).drop()
    unused.delete()
    ImportRow.objects.filter(batch__applied_at__lt=now - KEPT).drop()


def go_on(batch: RegisterImport) -> None:
    """What stopped, or was lost on its way to a worker."""
    RegisterImport.objects.filter(pk=batch.pk).update(stopped="")
    if batch.pk not in taken(work):
        work.enqueue(batch.pk)
