"""All questions of a set put to what is public now, some at a time, so that other tasks get their turn."""

import logging
import time
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from django_tasks import task

from academy.accounts.models import User
from academy.core.knowledge import chroma_alive, knowledge_base
from academy.core.workers import lock, taken
from academy.library.audiences import EVERYBODY
from academy.library.evaluation.gold import Gold, kept
from academy.library.indexing import SLOW
from academy.library.models import EvaluationResult, EvaluationRun, QuestionSet
from academy.library.models.evaluation import SEEN
from ingest.evaluation import DEEPEST, Measures, measures
from kb.knowledge_base import KnowledgeBase
from kb.ports import IndexUnavailable
from kb.types import Answer

logger = logging.getLogger(__name__)

# questions in one go
STEP = 50
# whatever is published goes first
LAST = -10
# of the configuration, what says where things are and not how well they are found
PLACES = {"model", "model_dir", "chroma_url", "chroma_path", "collection", "vector_store"}


class NothingToAsk(Exception):
    pass


def start(question_set: QuestionSet, user: User | None = None) -> EvaluationRun:
    """As a task; one of this set that is under way, or was cut off, goes on instead. Raises NothingToAsk."""
    with transaction.atomic():
        QuestionSet.objects.select_for_update().get(pk=question_set.pk)
        run = question_set.runs.filter(finished_at=None).first() or _new(question_set, user)
    EvaluationRun.objects.filter(pk=run.pk).update(error="")
    if run.pk not in taken(ask_some):
        ask_some.enqueue(run.pk)
    return run


def _new(question_set: QuestionSet, user: User | None) -> EvaluationRun:
    questions = list(question_set.questions.all())
    if not questions:
        raise NothingToAsk
    run = EvaluationRun.objects.create(question_set=question_set, started_by=user)
    EvaluationResult.objects.bulk_create(
        EvaluationResult(
            run=run, qid=one.qid, question=one.question, gold_doc=one.gold_doc, gold_text=one.gold_text
        )
        for one in questions
    )
    return run


@task(queue_name=SLOW, priority=LAST)
def ask_some(run_id: int) -> None:
    """The next questions, then a task for those after them. Cut off in the middle, it goes on where it was."""
    with lock("evaluation", wait=True):
        goes_on = _go_on(run_id)
    if goes_on:
        ask_some.enqueue(run_id)


def _go_on(run_id: int) -> bool:
    run = EvaluationRun.objects.filter(pk=run_id, finished_at=None).first()
    if run is None:
        return False
    try:
        return _ask_next(run)
    except (IndexUnavailable, OperationalError) as error:
        _stop(run, f"评测停了下来：{error} 恢复后点“接着做”。")
    except Exception:  # whatever it is, it is said where editors look
        logger.exception("evaluation run %s failed", run.pk)
        _stop(run, "程序出错，评测停了下来，详情在服务日志里。")
    return False


def _stop(run: EvaluationRun, reason: str) -> None:
    EvaluationRun.objects.filter(pk=run.pk).update(error=reason)


def _ask_next(run: EvaluationRun) -> bool:
    """Tells whether there are more."""
    knowledge = knowledge_base()
    _under(run, settings_of(knowledge))
    waiting = run.results.filter(asked_at=None)
    gold = Gold.now()
    for result in waiting[:STEP]:
        fields = _asked(knowledge, gold, result)
        _demand_vectors()
        EvaluationResult.objects.filter(pk=result.pk).update(**fields, asked_at=timezone.now())
    if waiting.exists():
        return True
    EvaluationRun.objects.filter(pk=run.pk).update(
        measures=measured(list(run.results.all())),
        passages=knowledge.count(),
        finished_at=timezone.now(),
    )
    return False


def _demand_vectors() -> None:
    """Without them the text index answers alone, which is not what is to be measured."""
    if settings.KNOWLEDGE_BASE["vector_store"] == "chroma" and not chroma_alive():
        raise IndexUnavailable("向量服务连不上。")


def _under(run: EvaluationRun, now: dict[str, Any]) -> None:
    """What was asked under other settings is asked again."""
    if run.settings != now:
        run.results.update(asked_at=None)
        EvaluationRun.objects.filter(pk=run.pk).update(settings=now)


def settings_of(knowledge: KnowledgeBase) -> dict[str, Any]:
    chosen = knowledge.config.model_dump(mode="json", exclude=PLACES)
    return {"model": knowledge.embedder.name, **chosen}


def _asked(knowledge: KnowledgeBase, gold: Gold, result: EvaluationResult) -> dict[str, Any]:
    """What came of it, as fields of the result."""
    start = time.perf_counter()
    hits = knowledge.retrieve(result.question, DEEPEST, EVERYBODY.live_keys)
    between = time.perf_counter()
    answer = knowledge.ask(result.question, EVERYBODY.live_keys)
    end = time.perf_counter()
    passages = [hit.passage for hit in hits]
    rank = next((at for at, passage in enumerate(passages, 1) if gold.is_right(passage, result)), 0)
    is_missed = result.known and not 0 < rank <= SEEN
    expected, trouble = gold.place(result) if is_missed else ({}, "")
    return {
        "rank": rank,
        "answered": answer.found,
        "evidenced": any(gold.is_right(cited.passage, result) for cited in answer.citations),
        "retrieve_ms": (between - start) * 1000,
        "answer_ms": (end - between) * 1000,
        "found": [kept(passage) for passage in passages[:SEEN]],
        "answer": _statements(answer),
        "expected": expected,
        "trouble": trouble,
    }


def _statements(answer: Answer) -> list[dict[str, Any]]:
    passages = {citation.n: citation.passage for citation in answer.citations}
    return [
        kept(replace(passages[said.citations[0]], text=said.text))
        for said in answer.statements
        if said.citations
    ]


def measured(results: list[EvaluationResult]) -> Measures:
    """As `ingest.evaluation.measures`, but as shares: `answered` of what some text answers, `refused` of the rest."""
    known = [result for result in results if result.known]
    rest = [result for result in results if not result.known]
    found = measures(results)
    del found["answered"], found["refused"]
    if known:
        found["answered"] = round(sum(result.answered for result in known) / len(known), 4)
    if rest:
        found["refused"] = round(sum(not result.answered for result in rest) / len(rest), 4)
    return found | {"unanswerable": len(rest)}
