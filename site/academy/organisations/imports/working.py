"""The work of an import as a task."""

import logging

from django.utils import translation
from django.utils.translation import gettext as _
from django_tasks import task

from academy.core.workers import lock
from academy.organisations.imports.applying import apply
from academy.organisations.imports.checking import check
from academy.organisations.imports.undoing import take_back
from academy.organisations.models import RegisterImport

logger = logging.getLogger(__name__)

# a thread of its own, so that it holds up nothing else
QUEUE = "imports"
State = RegisterImport.State
WORK = {State.CHECKING: check, State.APPLYING: apply, State.LOOKING: take_back, State.UNDOING: take_back}


@task(queue_name=QUEUE)
def work(batch_id: int) -> None:
    """Done again after its worker died, it goes on where it was."""
    with lock("imports", wait=True):
        batch = RegisterImport.objects.filter(pk=batch_id).select_related("user").first()
        if batch is not None and batch.state in WORK:
            _work(batch)


def _work(batch: RegisterImport) -> None:
    with translation.override(batch.language):
        try:
            WORK[State(batch.state)](batch)
        except Exception:  # whatever it is, it is said where somebody waits
            logger.exception("import %s failed", batch.pk)
            RegisterImport.objects.filter(pk=batch.pk).update(
                stopped=_("The program has failed; the log of the service says why.")
            )
