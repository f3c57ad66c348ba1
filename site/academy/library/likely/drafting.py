"""A configured chat model drafts likely questions; an editor approves them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from academy.core.knowledge import chat_model
from academy.library.audiences import EVERYBODY
from academy.library.indexing import SLOW
from academy.library.likely.changes import add
from academy.library.models import LikelyQuestion, Source
from academy.library.models import Passage as Row
from academy.library.models.source import SourceQuerySet
from ingest.drafting import draft
from ingest.likely import Likely, bare_title
from kb.ports import PUBLIC, ChatUnavailable
from kb.types import Passage

# a place with so many questions, drafts and rejected ones included, is served
ENOUGH = 3
# passages in one go; the next go takes the next ones
PASSAGES = 40
# a passage shorter than this says too little to be asked for (characters)
SHORTEST = 30
RUNS = 10


def is_configured() -> bool:
    return bool(settings.CHAT_MODEL)


def sources() -> SourceQuerySet:
    """What everybody may read: nothing else is shown to a model that may be another's."""
    return Source.objects.live().filter(audience=PUBLIC).order_by("title")


@task(queue_name=SLOW)
def draft_questions(source_id: int) -> dict[str, Any]:
    """Tells how many there are now, and why not more. What was drafted stays; run again, it goes on from there."""
    source = sources().filter(pk=source_id).first()
    if source is None or not EVERYBODY.readable([source.key]) or not is_configured():
        return {"drafted": 0, "error": ""}
    model = chat_model()
    drafted = 0
    try:
        for place, passage in _waiting(source):
            title = bare_title(passage.title)
            known = set(LikelyQuestion.objects.filter(title=title).values_list("question", flat=True))
            keys = [Likely(title, place, question) for question in draft(model, passage, known)]
            drafted += add(keys, LikelyQuestion.Origin.DRAFTED, LikelyQuestion.State.DRAFT)
    except ChatUnavailable as error:
        return {"drafted": drafted, "error": str(error)[:500]}
    return {"drafted": drafted, "error": ""}


def _waiting(source: Source) -> Iterator[tuple[str, Passage]]:
    rows = [row for row in Row.objects.filter(source_key=source.key) if len(row.text) >= SHORTEST]
    titles = {bare_title(row.title) for row in rows}
    counts = Counter(LikelyQuestion.objects.order_by().filter(title__in=titles).values_list("title", "place"))
    waiting = [row for row in rows if counts[bare_title(row.title), _place(row)] < ENOUGH]
    for row in waiting[:PASSAGES]:
        yield _place(row), Passage(row.source_key, row.ordinal, row.title, tuple(row.path), row.text)


def _place(row: Row) -> str:
    """Its last heading; of an article with a heading of its own, its number."""
    last = str(row.path[-1]) if row.path else ""
    first = last.split(" ")[0]
    return first if first.startswith("第") and first.endswith("条") else last


@dataclass(frozen=True)
class Run:
    title: str
    status: str
    drafted: int
    error: str


def recent() -> list[Run]:
    """The last runs, newest first."""
    found = DBTaskResult.objects.filter(task_path=draft_questions.module_path).order_by("-enqueued_at")[:RUNS]
    runs = [(run.args_kwargs["args"][0], run) for run in found]
    titles = dict(Source.objects.filter(pk__in=[pk for pk, _ in runs]).values_list("pk", "title"))
    return [
        Run(
            titles.get(pk, "?"),
            run.status,
            (run.return_value or {}).get("drafted", 0),
            (run.return_value or {}).get("error", "") or run.exception_class_path,
        )
        for pk, run in runs
    ]
