"""Question sets from files that editors fill in, and back: JSON Lines, XLSX and CSV."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django.db import transaction

from academy.library.likely.files import json_lines
from academy.library.models import EvaluationQuestion, QuestionSet
from academy.library.models.evaluation import number_of
from ingest import tabular
from ingest.evaluation import Question
from ingest.load import Unreadable
from ingest.load.encodings import decode
from kb.text import clean

# one file; what is larger is no list of questions
FILE_BYTES = 5_000_000
QUESTIONS = 5_000

HEADS = {
    "qid": ("编号", "题号", "序号", "qid", "id"),
    "question": ("问题", "提问", "问法", "题目", "question"),
    "gold_doc": ("出处", "文件", "标题", "资料", "法规", "来源", "gold_doc"),
    "gold_text": ("原文", "答案原文", "依据", "原文片段", "gold_text"),
}
NAMES = {field: spellings[0] for field, spellings in HEADS.items()}


@dataclass
class Parsed:
    """The questions of a file, and what is wrong, each with its line."""

    questions: list[Question] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Taken:
    """How many of the questions were new, how many have other words now, and how many were there already."""

    new: int
    changed: int
    same: int


def parse(name: str, data: bytes) -> Parsed:
    """Raises Unreadable for a file that is none of questions at all."""
    if len(data) > FILE_BYTES:
        raise Unreadable("文件超过 5 MB，请拆成几份再导入。")
    found: dict[str, int] = {}
    parsed = Parsed()
    for number, row in _rows(name, data):
        one = _question(row)
        problem = one if isinstance(one, str) else _problem(one)
        if isinstance(one, Question) and one.qid in found and not problem:
            problem = f"编号“{one.qid}”与第 {found[one.qid]} 行相同。"
        if problem or isinstance(one, str):
            parsed.errors.append(f"第 {number} 行：{problem}")
            continue
        found[one.qid] = number
        parsed.questions.append(one)
    if not parsed.questions and not parsed.errors:
        raise Unreadable("文件里没有问题。")
    if len(parsed.questions) > QUESTIONS:
        raise Unreadable(f"问题太多。一次最多 {QUESTIONS:,} 个，请拆成几份再导入。")
    return parsed


def write(questions: Iterable[Question]) -> str:
    """As JSON Lines, as they are read."""
    lines = (
        {
            "qid": one.qid,
            "question": one.question,
            "gold_doc": one.gold_doc or None,
            "gold_text": one.gold_text,
        }
        for one in questions
    )
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


@transaction.atomic
def take_in(question_set: QuestionSet, questions: Iterable[Question]) -> Taken:
    """All of them or none. One whose number is there already gets these words; the others of the set stay."""
    there = {one.qid: one for one in question_set.questions.all()}
    new, changed, same = [], [], 0
    for one in questions:
        known = there.get(one.qid)
        if known is None:
            new.append(_row(question_set, one))
        elif known.as_question == one:
            same += 1
        else:
            known.question, known.gold_doc, known.gold_text = one.question, one.gold_doc, one.gold_text
            changed.append(known)
    EvaluationQuestion.objects.bulk_create(new)
    EvaluationQuestion.objects.bulk_update(changed, ["question", "gold_doc", "gold_text"])
    return Taken(len(new), len(changed), same)


def _row(question_set: QuestionSet, one: Question) -> EvaluationQuestion:
    return EvaluationQuestion(
        question_set=question_set,
        qid=one.qid,
        question=one.question,
        gold_doc=one.gold_doc,
        gold_text=one.gold_text,
    )


def _rows(name: str, data: bytes) -> Iterator[tuple[int, Any]]:
    is_lines = PurePath(name).suffix.lower() in (".jsonl", ".json")
    return json_lines(decode(data)) if is_lines else tabular.rows(name, data, HEADS, QUESTIONS)


def _question(row: Any) -> Question | str:
    """Or what is wrong with the row."""
    if not isinstance(row, Mapping):
        return "不是 JSON 对象。"
    named = {name: row[spelt] for name, spellings in HEADS.items() for spelt in spellings if row.get(spelt)}
    words = {name: _words(named.get(name)) for name in HEADS}
    for name, word in words.items():
        if word is None:
            return f"{NAMES[name]}不是文字。"
    qid, question, gold_doc, gold_text = (word or "" for word in words.values())
    return Question(qid or number_of(question), question, gold_doc, gold_text)


def _words(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean(str(value)).strip()


def _problem(one: Question) -> str:
    if not one.question:
        return "没有问题。"
    if one.gold_text and not one.gold_doc:
        return "有原文而没有出处：请写明它在哪份文件里。"
    for name, label in NAMES.items():
        most = getattr(EvaluationQuestion._meta.get_field(name), "max_length", None)
        if most and len(getattr(one, name)) > most:
            return f"{label}超过 {most} 个字。"
    return ""
