"""How what is published reaches the index, and how what is withdrawn leaves it.

A change is written down in the same transaction as the change itself; the slow part is a task that carries
a primary key only and can run any number of times.
"""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task
from wagtail.documents.models import Document as Upload
from wagtail.models import Page

from academy.core.knowledge import knowledge_base
from academy.core.searchable import Searchable
from academy.library.models import FAQ, Source
from academy.library.models.source import State
from academy.library.sources import is_text_file, key_of, origin, short_title
from ingest.load import Unreadable
from ingest.pipeline import fingerprint
from ingest.split import split
from kb.ports import IndexUnavailable
from kb.types import Document

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)


def changed(kind: str, pk: int, title: str) -> Source:
    """The source is public and may have other words now: stop answering from the old ones, index the new."""
    source = _known(kind, pk, title)
    if origin(source) is None:
        withdraw(kind, pk)
        return source
    _mark(source, title=short_title(title), state=State.QUEUED)
    return source


def withdraw(kind: str, pk: int) -> None:
    """No longer answered from, at once; the index forgets it when it can."""
    source = Source.objects.filter(key=key_of(kind, pk)).first()
    if source and source.state != State.WITHDRAWN:
        _mark(source, state=State.WITHDRAWN)


def retry(source: Source) -> None:
    """Written once more, now, whatever the waiting time or the index itself says."""
    _mark(source, state=State.QUEUED, content_hash="")


def _mark(source: Source, **changes: Any) -> None:
    Source.objects.filter(pk=source.pk).update(
        live=False, error="", attempts=0, revision=F("revision") + 1, updated_at=timezone.now(), **changes
    )
    source.refresh_from_db()
    transaction.on_commit(lambda: index_source.enqueue(source.pk))


def take_stock() -> None:
    """Everything public has its row, so that what was published while nobody listened is indexed too."""
    for page in Page.objects.live().public().specific().iterator():
        if isinstance(page, Searchable):
            _known(Source.Kind.PAGE, page.pk, page.title)
    for faq in FAQ.objects.published():
        _known(Source.Kind.FAQ, faq.pk, faq.question)
    for upload in Upload.objects.filter(regulations=None):
        if is_text_file(upload):
            _known(Source.Kind.DOCUMENT, upload.pk, upload.title)


def _known(kind: str, pk: int, title: str) -> Source:
    source, _created = Source.objects.get_or_create(
        key=key_of(kind, pk), defaults={"kind": kind, "object_id": pk, "title": short_title(title)}
    )
    return source


@task()
def index_source(source_id: int) -> None:
    source = Source.objects.filter(pk=source_id).first()
    if source is None or _is_settled(source):
        return
    try:
        bring_up_to_date(source)
    except Unreadable as error:
        failed(source, str(error))
    except IndexUnavailable as error:
        failed(source, f"索引暂时连不上，会自动再试：{error}")
        _retry(source)


def bring_up_to_date(source: Source) -> bool:
    """Make the index say what the source says now; tells whether anything had to be written.

    Raises Unreadable and IndexUnavailable. Where the source has changed meanwhile, what was written may be
    the older words, so it is not live until it is written once more.
    """
    found = None if _left_with_its_page(source) else origin(source)
    if found is None:
        knowledge_base().forget(source.key)
        return _settle(source, state=State.WITHDRAWN, live=False, passages=0, content_hash="")
    document = found.to_document()
    digest, model = _digest(document), knowledge_base().embedder.name
    settled = {"state": State.INDEXED, "live": True, "indexed_at": timezone.now()}
    if (source.content_hash, source.model) == (digest, model):
        _settle(source, **settled)
        return False
    passages = split(source.key, document)
    knowledge_base().replace(source.key, passages)
    if _settle(source, **settled, content_hash=digest, model=model, passages=len(passages)):
        return True
    retry(source)
    return False


def _left_with_its_page(source: Source) -> bool:
    """A regulation's file that was withdrawn comes back by being saved anew, not because its page is gone."""
    return source.kind == Source.Kind.DOCUMENT and source.state == State.WITHDRAWN


def _is_settled(source: Source) -> bool:
    """Another task, or a command, has done it already."""
    is_forgotten = source.state == State.WITHDRAWN and not source.content_hash
    return source.state == State.INDEXED or is_forgotten


def _settle(source: Source, **changes: Any) -> bool:
    unchanged = Source.objects.filter(pk=source.pk, revision=source.revision)
    return bool(unchanged.update(error="", attempts=0, updated_at=timezone.now(), **changes))


def _digest(document: Document) -> str:
    """Changes with the words and with how they are cut into passages."""
    return fingerprint(repr(document).encode("utf8"))


def failed(source: Source, reason: str) -> None:
    logger.warning("indexing %s failed: %s", source.key, reason)
    source.attempts += 1
    Source.objects.filter(pk=source.pk, revision=source.revision).update(
        state=State.FAILED, live=False, error=reason, attempts=source.attempts, updated_at=timezone.now()
    )


def _retry(source: Source) -> None:
    """Waits double from a quarter of a minute to an hour. A backend that cannot wait leaves it to a person."""
    if index_source.get_backend().supports_defer:
        wait = min(FIRST_RETRY * 2 ** (source.attempts - 1), LONGEST_WAIT)
        index_source.using(run_after=timezone.now() + wait).enqueue(source.pk)
