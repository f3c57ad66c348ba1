"""All vectors anew, beside those that answer meanwhile: for another model, or for lost vectors."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone
from django_tasks import task

from academy.core.knowledge import knowledge_base, rebuilding
from academy.core.workers import lock, taken
from academy.library.indexing import SLOW, content_of, failed, indexed, retry, write_again
from academy.library.models import Rebuild, Source
from academy.library.models.source import State
from academy.library.sources import origin
from ingest.load import Unreadable

BUSY = "另一次重建正在进行，等它完成后再试。"
Say = Callable[[int, int], None]
Written = dict[int, tuple[int, dict[str, Any]]]


class AlreadyRebuilding(Exception):
    pass


def start() -> Rebuild:
    """As a task; one that waits or is at it already is as good."""
    going = Rebuild.objects.filter(finished_at=None).first()
    job = going or Rebuild.objects.create()
    if job.pk not in taken(rebuild_index):
        rebuild_index.enqueue(job.pk)
    return job


@task(queue_name=SLOW)
def rebuild_index(job_id: int) -> None:
    """Cut off in the middle, it begins again: nobody has seen any of it."""
    job = Rebuild.objects.filter(pk=job_id, finished_at=None).first()
    if job is None:
        return

    def say(done: int, total: int) -> None:
        Rebuild.objects.filter(pk=job_id).update(done=done, total=total)

    try:
        rebuild(say)
        error = ""
    except AlreadyRebuilding:
        error = BUSY
    except Exception as problem:
        Rebuild.objects.filter(pk=job_id).update(finished_at=timezone.now(), error=str(problem))
        raise
    Rebuild.objects.filter(pk=job_id).update(finished_at=timezone.now(), error=error)


def rebuild(say: Say) -> None:
    """Write what is answered from to fresh vectors, then swap; what changed meanwhile is written once more.

    `say` is told how many sources are done, and of how many. Raises IndexUnavailable, with nothing changed,
    and AlreadyRebuilding.
    """
    with lock("rebuild") as is_mine:
        if not is_mine:
            raise AlreadyRebuilding(BUSY)
        written: Written = {}
        with rebuilding():
            for source, total in _pending(written):
                written[source.pk] = source.revision, _written(source)
                say(len(written), total)
        _settle(written)


def _pending(written: Written) -> Iterator[tuple[Source, int]]:
    """Until everything is there as it is now, however much is published meanwhile."""
    while True:
        sources = Source.objects.filter(state=State.INDEXED)
        left = [source for source in sources if written.get(source.pk, (-1,))[0] != source.revision]
        if not left:
            return
        for source in left:
            yield source, max(sources.count(), len(written))


def _written(source: Source) -> dict[str, Any]:
    """The state it has once the vectors are swapped; nothing for one that can no longer be read."""
    found = origin(source)
    try:
        content = content_of(source, found) if found else None
    except Unreadable as error:
        failed(source, str(error))
        return {}
    if content is None:
        return {}
    knowledge_base().replace(source.key, content.passages, content.audience)
    return indexed(content)


def _settle(written: Written) -> None:
    sources = Source.objects.in_bulk(written)
    # their words may be the same, but their vectors were in the store that is gone
    for source in Source.objects.filter(state=State.QUEUED).exclude(content_hash="").exclude(pk__in=written):
        write_again(source)
    for source in Source.objects.filter(state=State.INDEXED).exclude(pk__in=written):
        retry(source)
    for pk, (revision, changes) in written.items():
        if changes and Source.objects.filter(pk=pk, revision=revision, state=State.INDEXED).update(**changes):
            continue
        source = sources[pk]
        if source.state == State.INDEXED:
            retry(source)
        elif source.state != State.FAILED:
            write_again(source)
