from pathlib import Path

import pytest
from pydantic import ValidationError

from kb.config import Config
from kb.glossary import Glossary
from kb.question import understand
from kb.titles import elsewhere, named
from kb.types import Passage, Status

WORDS = Glossary.of(
    [
        ("四季豆", ["豆角", "芸豆"]),
        ("呕吐", ["吐了", "吐"]),
        ("食物中毒", ["吃坏了"]),
        ("回收食品", ["剩菜"]),
        ("不得将回收后的食品经加工后再次销售", ["剩菜再卖"]),
    ]
)


def test_kitchen_words_bring_their_formal_terms() -> None:
    assert understand("豆角没炒熟吃了吐", WORDS).terms == ("四季豆", "呕吐")


def test_a_term_that_is_said_already_is_not_added() -> None:
    assert understand("豆角就是四季豆吗", WORDS).terms == ()


def test_the_longest_form_counts_alone() -> None:
    assert understand("剩菜再卖行吗", WORDS).terms == ("不得将回收后的食品经加工后再次销售",)


def test_a_form_that_is_only_part_of_a_formal_term_is_not_meant() -> None:
    words = Glossary.of([("排水沟", ["地沟"]), ("地沟油", ["潲水油"])])
    assert understand("用地沟油咋罚", words).terms == ()
    assert understand("地沟多久清一次", words).terms == ("排水沟",)


def test_a_number_of_the_kind_that_is_asked_for_is_known() -> None:
    asked = understand("留样放几天", WORDS)
    assert asked.numbered("存放48小时以上")
    assert not asked.numbered("不少于125克")
    assert not understand("要不要留样", WORDS).numbered("存放48小时以上")


def test_one_form_may_stand_for_several_terms() -> None:
    words = Glossary.of([("专间", ["凉菜间"]), ("凉菜间", ["凉菜间"]), ("冷却", ["放凉"])])
    assert understand("凉菜间要不要空调", words).terms == ("专间",)


def test_what_only_asks_is_no_matter_of_the_question() -> None:
    rest = understand("豆角要煮多久", WORDS).rest
    assert "煮" in rest
    assert not {"豆", "多", "久", "要"} & set(rest)


def test_a_question_is_cleaned_before_it_is_understood() -> None:
    asked = understand("  豆\u200b角\n", WORDS)
    assert asked.text == "豆角"
    assert asked.expanded == "豆角 四季豆"


def test_the_bundled_glossary_knows_what_cooks_say() -> None:
    words = Glossary.bundled()
    assert len({form for form, _ in words.pairs}) >= 200
    assert "腹泻" in understand("今天拉肚子还能上班吗", words).terms
    assert all(form.strip() == form and formal.strip() == formal for form, formal in words.pairs)


def test_a_glossary_line_is_a_term_a_tab_and_its_forms() -> None:
    file = Path(__file__).parents[1] / "kb" / "glossary.tsv"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert all(line.count("\t") == 1 for line in lines)


def test_the_rule_of_another_province_holds_elsewhere_unless_it_is_named() -> None:
    assert elsewhere("上海市食品安全条例", "摆摊离学校多远", ["江苏"])
    assert not elsewhere("上海市食品安全条例", "上海摆摊离学校多远", ["江苏"])
    assert not elsewhere("江苏省食品安全条例", "摆摊", ["江苏"])
    assert not elsewhere("中华人民共和国食品安全法", "摆摊", [])


def test_a_question_may_name_the_text_it_asks_about() -> None:
    question = "根据《食品安全法》，谁可以办证？"
    assert named("中华人民共和国食品安全法（2025修正）", question)
    assert not named("中华人民共和国食品安全法实施条例", question)


def test_a_passage_says_where_it_is() -> None:
    passage = Passage("page:7", 3, "规范", ("第二章", "第三十六条"), "留样。")
    assert passage.key == "page:7#3"
    assert passage.place == "第二章 › 第三十六条"
    assert Passage("f", 0, "手册", (), "文", page=5).place == "第5页"
    assert Passage("f", 0, "手册", (), "文").place == ""
    assert passage.status is Status.CURRENT
    assert passage.embedded.split("\n") == ["规范", "第二章 第三十六条", "留样。"]


def test_a_config_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"vector_store": "memory", "colour": "blue"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"dense_weight": 1.5},
        {"candidates": 0},
        {"collection": "a"},
        {"vector_store": "chroma"},
        {"vector_store": "chroma", "chroma_url": "http://127.0.0.1:8001", "chroma_path": "var/chroma"},
    ],
)
def test_a_config_refuses_impossible_values(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"vector_store": "memory"} | wrong)


def test_a_formal_question_is_asked_in_kitchen_words_too() -> None:
    glossary = Glossary.of([("四季豆", ["豆角", "芸豆", "扁豆", "刀豆"]), ("腹泻", ["拉肚子"])])
    asked = understand("四季豆和芸豆怎么做熟", glossary)
    assert asked.forms == ("豆角", "扁豆", "刀豆")
    assert asked.expanded.endswith("豆角 扁豆 刀豆")
