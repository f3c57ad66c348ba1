"""How well a knowledge base answers questions whose answers are known."""

import json
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kb.knowledge_base import KnowledgeBase
from kb.text import squeeze
from kb.types import Answer, Passage

DEPTHS = (1, 3, 5, 10)
DEEPEST = max(DEPTHS)
Measures = dict[str, float | int | str]
Progress = Callable[[Iterable["Question"]], Iterable["Question"]]


@dataclass(frozen=True, slots=True)
class Question:
    """`gold_doc` is a file's name, or empty where no text answers; `gold_text` stands verbatim in that file."""

    qid: str
    question: str
    gold_doc: str = ""
    gold_text: str = ""


class Judged(Protocol):
    """What became of one question, as far as the measures go.

    `known`: some text answers it. `rank` counts from 1 and is 0 where the gold passage is not among the first ten.
    `evidenced`: the answer cites the gold passage.
    """

    @property
    def known(self) -> bool: ...

    @property
    def rank(self) -> int: ...

    @property
    def answered(self) -> bool: ...

    @property
    def evidenced(self) -> bool: ...

    @property
    def retrieve_ms(self) -> float: ...

    @property
    def answer_ms(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question asked, and what came of it (`Judged`)."""

    asked: Question
    retrieved: tuple[Passage, ...]
    answer: Answer
    rank: int
    retrieve_ms: float
    answer_ms: float

    @property
    def known(self) -> bool:
        return bool(self.asked.gold_doc)

    @property
    def answered(self) -> bool:
        return self.answer.found

    @property
    def evidenced(self) -> bool:
        return any(_holds(citation.passage, self.asked) for citation in self.answer.citations)


def read_questions(file: Path) -> list[Question]:
    """Questions from a JSON Lines file. Raises ValueError or KeyError where a line is none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_question(json.loads(line)) for line in lines if line.strip()]


def evaluate(
    knowledge: KnowledgeBase, files: Mapping[str, Sequence[Question]], progress: Progress = lambda them: them
) -> dict[str, Any]:
    """Asks every question. The report: {"passages", "files": {name: measures}, "items": [one a question]}.

    A source's key in the knowledge base must be its file's name.
    """
    outcomes = {name: [_ask(knowledge, asked) for asked in progress(them)] for name, them in files.items()}
    return {
        "passages": knowledge.count(),
        "files": {name: measures(those) for name, those in outcomes.items()},
        "items": [_item(outcome) for those in outcomes.values() for outcome in those],
    }


def measures(outcomes: Sequence[Judged]) -> Measures:
    """hit@k and ndcg@10 over questions with a gold passage, as shares of 1; times as 「p50/p95」 in ms.

    ndcg@10 with one relevant passage a question is 1 / log2(rank + 1).
    """
    known = [outcome for outcome in outcomes if outcome.known]
    answered = [outcome for outcome in outcomes if outcome.answered]
    found: Measures = {"questions": len(outcomes)}
    if known:
        found |= {f"hit@{k}": _mean(0 < one.rank <= k for one in known) for k in DEPTHS}
        found["ndcg@10"] = _mean(1 / math.log2(one.rank + 1) if one.rank else 0 for one in known)
    found |= {"answered": len(answered), "refused": len(outcomes) - len(answered)}
    if known:
        found["evidence"] = _mean(one.evidenced for one in answered if one.known)
    found["retrieve_ms"] = _times(one.retrieve_ms for one in outcomes)
    found["answer_ms"] = _times(one.answer_ms for one in outcomes)
    return found


def table(files: Mapping[str, Measures]) -> str:
    """The measures as text, a row a file."""
    heads = list(dict.fromkeys(name for them in files.values() for name in them))
    lines = [["", *heads]] + [
        [name, *(_cell(them.get(head)) for head in heads)] for name, them in files.items()
    ]
    widths = [max(len(line[at]) for line in lines) for at in range(len(heads) + 1)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )


def _ask(knowledge: KnowledgeBase, asked: Question) -> Outcome:
    start = time.perf_counter()
    hits = knowledge.retrieve(asked.question, DEEPEST)
    between = time.perf_counter()
    answer = knowledge.ask(asked.question)
    end = time.perf_counter()
    passages = tuple(hit.passage for hit in hits)
    rank = next((at for at, passage in enumerate(passages, 1) if _holds(passage, asked)), 0)
    return Outcome(asked, passages, answer, rank, (between - start) * 1000, (end - between) * 1000)


def _holds(passage: Passage, asked: Question) -> bool:
    return passage.source == asked.gold_doc and squeeze(asked.gold_text) in squeeze(passage.text)


def _question(line: Mapping[str, Any]) -> Question:
    return Question(line["qid"], line["question"], line["gold_doc"] or "", line.get("gold_text") or "")


def _item(outcome: Outcome) -> dict[str, Any]:
    answer = outcome.answer
    return {
        "qid": outcome.asked.qid,
        "answerable": bool(outcome.asked.gold_doc),
        "retrieved": [{"doc": p.source, "place": p.place, "text": p.text} for p in outcome.retrieved],
        "answered": answer.found,
        "support": round(answer.support, 5),
        "answer": "".join(statement.text for statement in answer.statements),
        "citations": [
            {"doc": c.passage.source, "place": c.passage.place, "quote": c.quote} for c in answer.citations
        ],
    }


def _mean(values: Iterable[float]) -> float:
    them = list(values)
    return round(sum(them) / len(them), 4) if them else 0.0


def _times(values: Iterable[float]) -> str:
    them = sorted(values) or [0.0]
    middle, high = (them[min(int(len(them) * share), len(them) - 1)] for share in (0.5, 0.95))
    return f"{middle:.1f}/{high:.1f}"


def _cell(value: float | str | None) -> str:
    return f"{value:.3f}" if isinstance(value, float) else "" if value is None else str(value)
