"""A question that leans on the one before is asked in full; one that stands alone is left as it is."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from academy.library.models import Passage as Row
from academy.library.text_index import TextIndex
from kb.adapters.memory import MemoryTextIndex
from kb.build import build
from kb.config import Config
from kb.followup import follow
from kb.knowledge_base import KnowledgeBase
from kb.text import squeeze

DIALOGUES = Path(__file__).with_name("dialogues.tsv")
ENOUGH = 0.9


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        ("冷藏的肉能放多久", "那冷冻的呢？", "冷冻的肉能放多久"),
        ("学校食堂要不要留样", "要是婚宴呢", "婚宴要不要留样"),
        ("豆角要焯多久", "豆浆呢", "豆浆要焯多久"),
        ("拉肚子能上班吗", "发烧也一样吗", "发烧能上班吗"),
        ("土豆发芽了能吃吗", "那发青的呢", "土豆发青了能吃吗"),
        ("四季豆要煮多久", "那要多少度", "四季豆要煮 要多少度"),
        ("留样要留多少克", "多久", "留样要留 多久"),
        ("健康证过期了能上班吗", "要罚多少钱", "健康证过期了能上班 要罚多少钱"),
        ("豆浆泡沫起来就能喝吗", "它要煮多久", "豆浆 要煮多久"),
        ("客人吃剩的能再卖吗", "员工能吃吗", "员工能吃吗 客人吃剩的能再卖吗"),
        (
            "how long can cooked meat be kept in the fridge",
            "why?",
            "can cooked meat be kept in the fridge why",
        ),
    ],
)
def test_what_is_left_out_is_taken_from_the_question_before(before: str, question: str, meant: str) -> None:
    assert follow(question, [before]) == meant


@pytest.mark.parametrize(
    "question",
    [
        "灭火器多久检一次",
        "老鼠药能放厨房吗",
        "健康证过期了还能上班吗",
        "那灭火器多久检一次",
        "消毒柜要多少度？",
        "用过期原料罚多少钱",
        "学校食堂能不能做凉菜",
        "客人自己带的蛋糕要不要留样",
        "留样要留多少，留多久",
        "如果停电了冰箱里的肉怎么处理",
        "进货台账要记哪几项",
        "How long must samples be kept?",
    ],
)
def test_a_new_matter_is_left_as_it_is(question: str) -> None:
    assert follow(question, ["豆角要焯多久"]) == question


def test_the_first_question_stands_alone_whatever_it_looks_like() -> None:
    assert follow("那冷冻的呢？", []) == "那冷冻的呢？"


def test_a_third_question_leans_on_the_second_as_it_was_understood() -> None:
    second = follow("那冷冻的呢", ["冷藏的肉能放多久"])
    assert follow("鱼呢", ["冷藏的肉能放多久", second]) == "冷冻的鱼能放多久"


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_no_question_is_lost(question: str, earlier: list[str]) -> None:
    assert follow(question, earlier).strip() or not question.strip()


# On the demo's own content, with the model


def dialogues() -> list[list[str]]:
    lines = DIALOGUES.read_text(encoding="utf8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.fixture
def knowledge(db: Any) -> KnowledgeBase:
    """The demo's passages without a model, and without the likely questions that lead to them: that is harder."""
    call_command("demo", verbosity=0)
    made = build(Config(embedder="hashing", vector_store="memory"), MemoryTextIndex())
    by_source = defaultdict(list)
    for passage in TextIndex().passages(set(map(str, Row.objects.all()))).values():
        by_source[passage.source].append(passage)
    for source, passages in by_source.items():
        made.replace(source, passages)
    return made


def test_second_turns_find_their_passage(knowledge: KnowledgeBase) -> None:
    missed = []
    for before, question, words in dialogues():
        hits = knowledge.retrieve(follow(question, [before]), 5)
        if not any(words in squeeze(hit.passage.text) for hit in hits):
            missed.append((before, question))
    assert len(missed) <= (1 - ENOUGH) * len(dialogues()), missed
