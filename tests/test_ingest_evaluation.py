import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker

from ingest.evaluation import Outcome, Question, evaluate, measures, read_questions, table
from ingest.pipeline import fingerprint, passages
from kb.adapters.memory import MemoryTextIndex
from kb.build import build
from kb.config import Config
from kb.knowledge_base import KnowledgeBase
from kb.types import Answer, Passage, Status

TEXTS = {
    "留样.md": "# 留样\n\n每个品种留样量不少于125克，冷藏48小时以上。",
    "洗手.txt": "洗手规定\n双手互相搓擦20秒。",
    "空.md": " ",
}
QUESTIONS = [
    {"qid": "q1", "question": "留样量多少克", "gold_doc": "留样.md", "gold_text": "不少于 125克"},
    {"qid": "q2", "question": "双手搓擦几秒", "gold_doc": "洗手.txt", "gold_text": "搓擦20秒"},
    {"qid": "q3", "question": "怎么炒股票", "gold_doc": None},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    lines = [json.dumps(question, ensure_ascii=False) for question in QUESTIONS]
    (tmp_path / "kitchen.jsonl").write_text("\n".join([*lines, ""]), encoding="utf-8")
    return tmp_path


@pytest.fixture
def knowledge() -> KnowledgeBase:
    made = build(Config(vector_store="memory", embedder="hashing"), MemoryTextIndex())
    for name, text in TEXTS.items():
        if text.strip():
            made.replace(name, passages(name, name, text.encode()))
    return made


def outcome(rank: int, *, gold: str = "a", found: bool = True) -> Outcome:
    answer = Answer("?", found, (), (), (), (), 1)
    return Outcome(Question("q", "?", gold, "文"), (), answer, rank, 1.0, 2.0)


def test_questions_are_read_with_or_without_an_answer(folder: Path) -> None:
    questions = read_questions(folder / "kitchen.jsonl")
    assert questions[0] == Question("q1", "留样量多少克", "留样.md", "不少于 125克")
    assert questions[2].gold_doc == ""


def test_a_hit_is_a_passage_of_the_right_file_with_the_words(folder: Path, knowledge: KnowledgeBase) -> None:
    report = evaluate(knowledge, {"kitchen": read_questions(folder / "kitchen.jsonl")})
    found = report["files"]["kitchen"]
    assert report["passages"] == 2
    assert (found["questions"], found["hit@1"], found["ndcg@10"]) == (3, 1.0, 1.0)
    assert (found["answered"], found["refused"], found["evidence"]) == (2, 1, 1.0)
    assert found["retrieve_ms"].count("/") == 1


def test_every_item_says_what_was_found_and_answered(folder: Path, knowledge: KnowledgeBase) -> None:
    items = evaluate(knowledge, {"kitchen": read_questions(folder / "kitchen.jsonl")})["items"]
    assert items[0]["retrieved"][0]["doc"] == "留样.md"
    assert "125克" in items[0]["answer"]
    assert items[0]["citations"][0].keys() == {"doc", "place", "quote"}
    assert (items[2]["answered"], items[2]["answer"], items[2]["citations"]) == (False, "", [])


def test_the_measures_are_means_over_known_questions() -> None:
    found = measures([outcome(1), outcome(3), outcome(0), outcome(7, found=False), outcome(0, gold="")])
    assert [found[f"hit@{k}"] for k in (1, 3, 5, 10)] == [0.25, 0.5, 0.5, 0.75]
    assert found["ndcg@10"] == pytest.approx((1 + 1 / 2 + 0 + 1 / 3) / 4, abs=1e-4)
    assert (found["answered"], found["refused"]) == (4, 1)
    assert found["answer_ms"] == "2.0/2.0"


def test_questions_without_an_answer_count_for_refusal_only() -> None:
    assert measures([outcome(0, gold="", found=False)]).keys() == {
        "questions",
        "answered",
        "refused",
        "retrieve_ms",
        "answer_ms",
    }
    assert measures([])["questions"] == 0


def test_the_table_has_a_row_a_file() -> None:
    lines = table({"law": measures([outcome(1)]), "none": measures([outcome(0, gold="")])}).splitlines()
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
    assert "1.000" in lines[1]


def test_the_same_bytes_have_the_same_fingerprint() -> None:
    assert fingerprint(b"a") == fingerprint(b"a") != fingerprint(b"b")


def test_passages_carry_the_status_of_their_source() -> None:
    made = passages("doc:1", "旧规.md", "# 旧规\n\n留样100克。".encode(), Status.SUPERSEDED)
    assert made == [Passage("doc:1", 0, "旧规", (), "留样100克。", "p0", None, Status.SUPERSEDED)]


@pytest.fixture
def scratch(settings: LazySettings, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """Where the command keeps its stores; it opens databases of its own there, never the site's."""
    settings.VAR_DIR = tmp_path / "var"
    with django_db_blocker.unblock():
        yield settings.VAR_DIR / "evaluate"


def test_the_command_prints_the_measures_and_writes_the_items(folder: Path, scratch: Path) -> None:
    out, err = StringIO(), StringIO()
    arguments = (folder / "corpus", folder / "kitchen.jsonl")
    call_command("evaluate", *arguments, json=folder / "out.json", stdout=out, stderr=err)
    report = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert "2 passages of 3 files" in out.getvalue()
    assert "kitchen" in out.getvalue()
    assert "空.md" in err.getvalue()
    assert report["files"]["kitchen"]["hit@1"] == 1.0
    assert len(report["items"]) == 3


def test_the_scratch_store_is_kept_while_the_files_are_the_same(
    folder: Path, scratch: Path, settings: LazySettings
) -> None:
    settings.KNOWLEDGE_BASE = {**settings.KNOWLEDGE_BASE, "vector_store": "chroma"}
    arguments = (folder / "corpus", folder / "kitchen.jsonl")
    first, second = StringIO(), StringIO()
    call_command("evaluate", *arguments, stdout=StringIO(), stderr=first)
    call_command("evaluate", *arguments, stdout=StringIO(), stderr=second)
    assert "空.md" in first.getvalue()
    assert second.getvalue() == ""
    (folder / "corpus" / "洗手.txt").write_text("双手互相搓擦30秒。", encoding="utf-8")
    call_command("evaluate", *arguments, stdout=StringIO(), stderr=StringIO())
    assert len(list(scratch.glob("*/complete"))) == 2


@pytest.mark.parametrize("wrong", ["corpus", "questions", "empty"])
def test_what_cannot_be_evaluated_is_said(folder: Path, scratch: Path, wrong: str) -> None:
    (folder / "empty").mkdir()
    corpus = {"corpus": folder / "nowhere", "empty": folder / "empty"}.get(wrong, folder / "corpus")
    questions = folder / "corpus" / "洗手.txt" if wrong == "questions" else folder / "kitchen.jsonl"
    with pytest.raises(CommandError):
        call_command("evaluate", corpus, questions)
