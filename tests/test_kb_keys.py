"""A passage is found by its words, by its parts and by its likely questions, and shown once."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kb import keys
from kb.adapters.chroma import ChromaVectorIndex
from kb.adapters.memory import MemoryTextIndex
from kb.build import build
from kb.config import Config
from kb.knowledge_base import KnowledgeBase
from kb.types import Passage

LONG = "".join(f"第{n}项要求是把第{n}号台面擦干净。" for n in range(40))


def passage(source: str, text: str, *questions: str, ordinal: int = 0) -> Passage:
    return Passage(source, ordinal, f"规范{source}", ("第一章",), text, questions=questions)


@pytest.fixture(params=["memory", "chroma"])
def knowledge(request: pytest.FixtureRequest, tmp_path: Path) -> KnowledgeBase:
    where = {"chroma_path": tmp_path} if request.param == "chroma" else {}
    config = Config(embedder="hashing", vector_store=request.param, likely_from=0.5, likely_to=0.9, **where)
    return build(config, MemoryTextIndex())


def found(knowledge: KnowledgeBase, question: str, **scope: object) -> Sequence[str]:
    return [hit.passage.source for hit in knowledge.retrieve(question, **scope)]  # type: ignore[arg-type]


def test_a_long_passage_is_embedded_whole_and_in_parts_under_its_heading() -> None:
    made = keys.words([passage("a", "短。"), passage("b", LONG)])
    assert made.owners[:2] == (0, 1)
    assert set(made.owners[2:]) == {1}
    assert len(made.texts) > 4
    assert all(text.startswith("规范b\n第一章\n") for text in made.texts[1:])


def test_a_likely_question_leads_to_its_passage(knowledge: KnowledgeBase) -> None:
    knowledge.replace("beans", [passage("beans", "四季豆应当烧熟煮透。", "豆角没炒熟咋整")])
    knowledge.replace("other", [passage("other", "炒锅要洗，没洗的锅不用。")])
    assert found(knowledge, "豆角没炒熟咋整")[0] == "beans"


def test_a_passage_that_speaks_for_others_has_their_likely_questions(knowledge: KnowledgeBase) -> None:
    rule = "四季豆应当烧熟煮透，先用开水烫煮十分钟以上再炒。"
    knowledge.replace("law", [replace(passage("law", rule), title="中华人民共和国食品安全法")])
    knowledge.replace("beans", [passage("beans", rule, "豆角没炒熟咋整")])
    first = knowledge.retrieve("豆角没炒熟咋整")[0]
    assert (first.passage.source, first.asked) == ("law", pytest.approx(1))


def test_a_likely_question_is_never_quoted(knowledge: KnowledgeBase) -> None:
    knowledge.replace("beans", [passage("beans", "四季豆应当烧熟煮透。", "豆角没炒熟咋整")])
    [hit] = knowledge.retrieve("豆角没炒熟咋整")
    assert hit.passage == passage("beans", "四季豆应当烧熟煮透。")
    assert not hit.passage.questions or "咋整" not in hit.passage.text


def sources(found: list[tuple[str, float]]) -> list[str]:
    return [stamp.rpartition("#")[0] for stamp, _ in found]


def test_questions_that_are_taken_away_lead_nowhere(knowledge: KnowledgeBase) -> None:
    beans = passage("beans", "四季豆应当烧熟煮透。", "豆角没炒熟咋整")
    knowledge.replace("beans", [beans])
    knowledge.replace("other", [passage("other", "炒锅要洗，没洗的锅不用。")])
    knowledge.replace("beans", [replace(beans, questions=())])
    vector = knowledge.embedder.questions(["豆角没炒熟咋整"])[0]
    assert knowledge.vectors.asked(vector, 5) == []


def test_a_long_passage_is_found_once(knowledge: KnowledgeBase) -> None:
    knowledge.replace("b", [passage("b", LONG)])
    vector = knowledge.embedder.questions(["第7号台面"])[0]
    assert sources(knowledge.vectors.search(vector, 5)) == ["b"]
    assert knowledge.vectors.count() == 1


def test_only_those_who_may_read_it_find_it(knowledge: KnowledgeBase) -> None:
    knowledge.replace("open", [passage("open", "留样不少于125克。", "留多少")])
    knowledge.replace("closed", [passage("closed", "密码箱里留样125克。", "留多少")], audience="r-1")
    vector = knowledge.embedder.questions(["留样125克"])[0]
    assert sources(knowledge.vectors.search(vector, 5)) == ["open"]
    assert sources(knowledge.vectors.asked(vector, 5)) == ["open"]
    both = knowledge.vectors.search(vector, 5, ("public", "r-1", "r-2"))
    assert set(sources(both)) == {"open", "closed"}


def test_a_source_that_changes_its_audience_leaves_the_old_one(knowledge: KnowledgeBase) -> None:
    closed = [passage("closed", "密码箱里留样125克。", "留多少")]
    knowledge.replace("closed", closed)
    knowledge.replace("closed", closed, audience="r-1")
    vector = knowledge.embedder.questions(["留样125克"])[0]
    assert knowledge.vectors.search(vector, 5) == []
    assert knowledge.vectors.asked(vector, 5) == []
    assert len(knowledge.vectors.search(vector, 5, ("r-1",))) == 1
    knowledge.forget("closed")
    assert knowledge.vectors.search(vector, 5, ("r-1",)) == []


def test_one_source_can_be_asked_alone(knowledge: KnowledgeBase) -> None:
    knowledge.replace("a", [passage("a", "留样不少于125克。")])
    knowledge.replace("b", [passage("b", "留样要记录。")])
    assert found(knowledge, "留样", only="b") == ["b"]


def test_a_rebuilt_index_takes_every_audience_with_it(tmp_path: Path) -> None:
    config = Config(embedder="hashing", chroma_path=tmp_path, collection="passages")
    old = build(config, MemoryTextIndex())
    old.replace("gone", [passage("gone", "旧的。")], audience="r-9")
    fresh = build(config.model_copy(update={"collection": "passages-2"}), MemoryTextIndex())
    fresh.replace("a", [passage("a", "留样。", "留啥")])
    fresh.replace("b", [passage("b", "留样。", "留啥")], audience="r-1")
    assert isinstance(fresh.vectors, ChromaVectorIndex)
    fresh.vectors.take_over("passages")
    vector = old.embedder.questions(["留样"])[0]
    assert sources(old.vectors.search(vector, 5)) == ["a"]
    assert sources(old.vectors.asked(vector, 5, ("r-1",))) == ["b"]
    assert old.vectors.search(vector, 5, ("r-9",)) == []
