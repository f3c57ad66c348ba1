"""How what is published reaches the index, and how what is withdrawn leaves it.

A change is written down in the same transaction as the change itself; the slow part is a task that carries
a primary key only and can run any number of times.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django_tasks import task
from wagtail.documents.models import Document as Upload
from wagtail.models import Page

from academy.core.database import in_turn
from academy.core.knowledge import knowledge_base
from academy.core.searchable import Searchable
from academy.core.workers import taken
from academy.library.audiences import NOBODY, audiences_of
from academy.library.duplicates import files_like, original_of, text_hash
from academy.library.likely.keys import with_questions
from academy.library.models import FAQ, Source
from academy.library.models.source import State
from academy.library.sources import is_text_file, key_of, origin, reads_a_file, short_title
from ingest.load import Unreadable
from ingest.pipeline import fingerprint
from ingest.split import split
from kb.addressed import addresses_machine
from kb.ports import PUBLIC, IndexUnavailable
from kb.types import Passage

logger = logging.getLogger(__name__)

# What is written in the admin is never behind a pile of files: they have a queue of their own
SLOW = "slow"
# and in it what is published goes before what is only uploaded
PUBLISHED_FIRST = 10
FIRST_RETRY = timedelta(seconds=15)
# doublings of it
MOST_DOUBLED = 8
# A source over which the process has died so often is at fault itself
INTERRUPTIONS = 10
# longer than between a commit and the task that follows it
COMMITTING = timedelta(seconds=10)
LONGEST_AUDIENCE = Source._meta.get_field("audience").max_length or 0
# no content has this hash
OVERTAKEN = "overtaken"


def changed(kind: str, pk: int, title: str) -> Source:
    """The source is published and may have other words, or other readers, now: stop answering from the old ones, index the new."""
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
        _mark(source, state=State.WITHDRAWN, duplicate_of=None)
        _let_duplicates_step_in(source)


def retry(source: Source) -> None:
    """Written once more, now, whatever the waiting time or the index itself says.

    What it is answered from meanwhile is what it still says.
    """
    _mark(source, live=F("live"), state=State.QUEUED, content_hash="")


def look_again(source: Source) -> None:
    """Its words are the same, but what leads to them may not be: answered from meanwhile."""
    _mark(source, live=F("live"), state=State.QUEUED)


def _mark(source: Source, **changes: Any) -> None:
    fresh = {"live": False, "error": "", "attempts": 0, "interruptions": 0, "started_at": None}
    Source.objects.filter(pk=source.pk).update(
        **{**fresh, **changes}, revision=F("revision") + 1, updated_at=timezone.now()
    )
    source.refresh_from_db()
    transaction.on_commit(partial(_enqueue, source))


def _enqueue(source: Source, **when: Any) -> None:
    """`when`: `run_after`, where it is not to be at once."""
    if reads_a_file(source):
        first = PUBLISHED_FIRST if source.kind == Source.Kind.PAGE else 0
        when |= {"queue_name": SLOW, "priority": first}
    index_source.using(**when).enqueue(source.pk)


def _let_duplicates_step_in(source: Source, words: str = "") -> None:
    """Those linked to it that do not say what it says now, to the same readers, are looked at once more."""
    for each in source.duplicates.exclude(text_hash=words, audience=source.audience):
        _mark(each, state=State.QUEUED, duplicate_of=None)


def take_stock() -> None:
    """Everything published has its row, so that what was published while nobody listened is indexed too."""
    for page in Page.objects.live().specific().iterator():
        if isinstance(page, Searchable):
            _known(Source.Kind.PAGE, page.pk, page.title)
    for faq in FAQ.objects.published():
        _known(Source.Kind.FAQ, faq.pk, faq.question)
    for upload in Upload.objects.filter(regulations=None):
        if is_text_file(upload):
            _known(Source.Kind.DOCUMENT, upload.pk, upload.title)


def follow_readers() -> None:
    """What has other readers now, and nobody said so, is written for them. Nobody is shown it meanwhile."""
    written = list(Source.objects.filter(Q(live=True) | Q(state=State.DUPLICATE)))
    now = audiences_of(written)
    for source in written:
        if now.get(source.key) != source.audience:
            changed(source.kind, source.object_id, source.title)


def follow_published() -> None:
    """What a process published that died before it could say so."""
    told = Source.objects.filter(kind=Source.Kind.PAGE, object_id=OuterRef("pk")).values("updated_at")
    pages = Page.objects.live().annotate(told=Subquery(told[:1]))
    for page in pages.filter(Q(told=None) | Q(last_published_at__gt=F("told"))).specific():
        if isinstance(page, Searchable):
            changed(Source.Kind.PAGE, page.pk, page.title)


def resume() -> None:
    """What waits and has no task, because a process was killed between the two, gets one."""
    begun = taken(index_source)
    for source in Source.objects.unsettled().filter(updated_at__lt=timezone.now() - COMMITTING):
        if source.pk not in begun:
            _enqueue(source)


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
    if not _may_begin(source):
        failed(source, "处理它时服务多次中断，已停止自动重试。请检查这份内容，再点“重试”。")
        return
    try:
        bring_up_to_date(source)
    except Unreadable as error:
        failed(source, str(error))
    except (IndexUnavailable, OperationalError, OSError) as error:
        _try_later(source, f"暂时存不进索引，会自动再试：{error}")
    except Exception:  # whatever it is, it is this source's alone, and said where staff look
        logger.exception("indexing %s failed", source.key)
        failed(source, "程序在处理它时出错，详情在服务日志里。改过内容或升级程序后，再点“重试”。")


def _may_begin(source: Source) -> bool:
    """Notes that somebody is at it; a note that is there already was left by a process that died."""
    if source.started_at:
        source.interruptions += 1
    Source.objects.filter(pk=source.pk).update(started_at=timezone.now(), interruptions=source.interruptions)
    return source.interruptions < INTERRUPTIONS


def bring_up_to_date(source: Source) -> bool:
    """Make the index say what the source says now; tells whether anything had to be written.

    Raises Unreadable and IndexUnavailable. Where the source has changed meanwhile, what was written may be
    the older words, so it is not live until it is written once more.
    """
    found = None if _left_with_its_page(source) else origin(source)
    if found is None:
        _write(source)
        return _settle(source, state=State.WITHDRAWN, live=False, passages=0, content_hash="", text_hash="")
    content = content_of(source, found)
    source.audience = content.audience
    is_there = (source.content_hash, source.model) == (content.digest, content.model)
    if original_of(source, content.words):
        return _link(source, content)
    if not is_there:
        _write(source, content.passages, content.audience)
    return _answer_from(source, content) and not is_there


@dataclass(frozen=True)
class Content:
    """What a source says now, to whom, and the words it comes down to."""

    passages: Sequence[Passage]
    audience: str
    digest: str
    words: str
    model: str


def content_of(source: Source, found: Searchable) -> Content:
    """Its digest changes with the words, how they are cut, the questions that lead to them, and who may read them."""
    passages = with_questions(split(source.key, found.to_document()))
    _refuse_orders(passages)
    if isinstance(found, FAQ):
        asked = (found.question, *found.other_wordings)
        passages = [replace(passage, questions=(*passage.questions, *asked)) for passage in passages]
    # found a moment ago; gone meanwhile, it is for nobody
    audience = audiences_of([source]).get(source.key, NOBODY)
    if len(audience) > LONGEST_AUDIENCE:
        raise Unreadable(
            "限制给太多用户组，索引记不下谁可以看。请建一个用户组，把这些人都加进去，只限制给它。"
        )
    digest = fingerprint(repr((audience, passages)).encode("utf8"))
    return Content(passages, audience, digest, text_hash(passages), knowledge_base().embedder.name)


def _refuse_orders(passages: Sequence[Passage]) -> None:
    """What stands before or behind an order to a machine may be what it is to say, so none of the source is let in."""
    for passage in passages:
        if addresses_machine(passage.embedded):
            raise Unreadable(
                f"文中有对问答程序下命令的话，整份不入库。请删掉后重新发布：{passage.place or passage.title}"
            )


def _write(source: Source, passages: Sequence[Passage] = (), audience: str = PUBLIC) -> None:
    """Until it is settled nobody knows what the index holds: cut off here, it is written once more, whatever it says then."""
    Source.objects.filter(pk=source.pk).update(content_hash=OVERTAKEN)
    knowledge_base().replace(source.key, passages, audience)


def _answer_from(source: Source, content: Content) -> bool:
    with transaction.atomic():
        in_turn(f"words {content.words}")
        # another process may have been faster with the same words
        is_second = original_of(source, content.words) is not None
        is_settled = not is_second and _settle(source, **indexed(content))
        if is_settled:
            _let_duplicates_step_in(source, content.words)
            for each in files_like(source, content.words):
                _mark(each, state=State.QUEUED)
    if is_second:
        return _link(source, content)
    if not is_settled:
        write_again(source)
    return is_settled


def indexed(content: Content) -> dict[str, Any]:
    """The state of a source that is answered from."""
    return {
        "state": State.INDEXED,
        "live": True,
        "audience": content.audience,
        "indexed_at": timezone.now(),
        "content_hash": content.digest,
        "text_hash": content.words,
        "model": content.model,
        "passages": len(content.passages),
    }


def _link(source: Source, content: Content) -> bool:
    _write(source)
    settled = {
        "state": State.DUPLICATE,
        "live": False,
        "passages": 0,
        "model": "",
        "audience": content.audience,
    }
    with transaction.atomic():
        original = original_of(source, content.words, to_stay=True)
        if original and _settle(
            source, **settled, duplicate_of=original, content_hash=content.digest, text_hash=content.words
        ):
            _let_duplicates_step_in(source)
            return True
    write_again(source)
    return False


def _left_with_its_page(source: Source) -> bool:
    """A regulation's file that was withdrawn comes back by being saved anew, not because its page is gone."""
    return source.kind == Source.Kind.DOCUMENT and source.state == State.WITHDRAWN


def _is_settled(source: Source) -> bool:
    """Another task, or a command, has done it already."""
    is_forgotten = source.state == State.WITHDRAWN and not source.content_hash
    return source.state in (State.INDEXED, State.DUPLICATE) or is_forgotten


def _settle(source: Source, **changes: Any) -> bool:
    fresh = {"error": "", "attempts": 0, "interruptions": 0, "started_at": None, "duplicate_of": None}
    unchanged = Source.objects.filter(pk=source.pk, revision=source.revision)
    return bool(unchanged.update(**{**fresh, **changes}, updated_at=timezone.now()))


def write_again(source: Source) -> None:
    """The index may hold other words than the source has now: not answered from until it has these."""
    source.refresh_from_db()
    is_gone = source.state == State.WITHDRAWN
    _mark(source, state=State.WITHDRAWN if is_gone else State.QUEUED, content_hash=OVERTAKEN)


def failed(source: Source, reason: str) -> None:
    """For good, until somebody changes something."""
    with transaction.atomic():
        _fail(source, reason, live=False)
        _let_duplicates_step_in(source)


def _fail(source: Source, reason: str, **changes: Any) -> None:
    logger.warning("indexing %s failed: %s", source.key, reason)
    source.attempts += 1
    fields = {"state": State.FAILED, "error": reason, "attempts": source.attempts, "started_at": None}
    unchanged = Source.objects.filter(pk=source.pk, revision=source.revision)
    unchanged.update(**{**fields, **changes}, updated_at=timezone.now())


def _try_later(source: Source, reason: str) -> None:
    """Waits double from a quarter of a minute to an hour. A backend that cannot wait leaves it to a person.

    What is withdrawn stays so, and what is answered from still says what it says.
    """
    is_gone = source.state == State.WITHDRAWN
    with transaction.atomic():
        _fail(source, reason, **({"state": State.WITHDRAWN} if is_gone else {}))
        if index_source.get_backend().supports_defer:
            wait = FIRST_RETRY * 2 ** min(source.attempts - 1, MOST_DOUBLED)
            _enqueue(source, run_after=timezone.now() + wait)
