"""What of a passage is quoted: whole statements, the items that are asked for, and what is in force first."""

import pytest

from kb.adapters.memory import MemoryTextIndex
from kb.build import build
from kb.candidates import statements
from kb.config import Config
from kb.types import Answer, Passage


def asked(question: str, text: str, *others: str) -> Answer:
    made = build(Config(embedder="hashing", vector_store="memory"), MemoryTextIndex())
    for n, one in enumerate((text, *others)):
        made.replace(f"page:{n}", [Passage(f"page:{n}", 0, f"手册{n}", ("第一章",), one)])
    return made.ask(question)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (
            "餐具未消毒的，责令改正，给予警告；拒不改正的，处五千元以上五万元以下罚款。",
            "餐具未消毒的，责令改正，给予警告；拒不改正的，处五千元以上五万元以下罚款。",
        ),
        (
            "消费者可以要求十倍赔偿。但是，标签存在瑕疵的除外。",
            "消费者可以要求十倍赔偿。但是，标签存在瑕疵的除外。",
        ),
        ("记下来。菜名、温度、谁量的。", "记下来。菜名、温度、谁量的。"),
        (
            "看什么：停过电，不对怎么办：量温度；高于5℃的熟食，扔掉。",
            "看什么：停过电，不对怎么办：量温度；高于5℃的熟食，扔掉。",
        ),
    ],
)
def test_what_says_nothing_alone_is_quoted_whole(text: str, whole: str) -> None:
    assert statements(text) == [whole]


def test_what_goes_on_for_long_is_quoted_in_parts() -> None:
    long = "责令改正" + "、给予警告" * 60
    assert statements(f"{long}；拒不改正的，处罚款。") == [f"{long}；", "拒不改正的，处罚款。"]


def test_of_a_list_those_items_are_quoted_that_are_asked_for() -> None:
    items = "\n".join(
        f"（{n}）{what}；"
        for n, what in zip(
            "一二三四五六",
            [
                "致人死亡的",
                "致人重度残疾的",
                "致人轻伤的",
                "造成十人重伤的",
                "造成三十人严重食物中毒的",
                "其他",
            ],
            strict=True,
        )
    )
    said = asked("多少人严重食物中毒算后果特别严重", f"有下列情形的，应当认定为后果特别严重：\n{items}")
    assert any("三十人" in statement.text for statement in said.statements)


def test_what_a_text_says_of_its_past_is_not_told_first() -> None:
    said = asked(
        "每个品种留样多少克",
        "以前的写法，不要再用：每个品种留样100克以上。\n每个品种留样125克以上。",
        "垃圾桶加盖。",
        "四季豆煮熟。",
    )
    assert "125克" in said.statements[0].text


def test_beside_a_handbook_stands_the_rule_that_it_comes_from() -> None:
    made = build(Config(embedder="hashing", vector_store="memory"), MemoryTextIndex())
    texts = {
        "厨房操作卫生手册": "过期的淀粉不能用，过期的淀粉单独放，过期的淀粉当天销毁。",
        "食品安全法": "禁止用过期的淀粉生产食品。",
        "反食品浪费手册": "剩菜打包带走。",
    }
    for title, text in texts.items():
        made.replace(title, [Passage(title, 0, title, ("第一章",), text)])
    said = made.ask("过期的淀粉能不能用，怎么处理")
    assert said.citations[0].passage.title == "厨房操作卫生手册"
    assert "食品安全法" in {citation.passage.title for citation in said.citations}


def test_what_is_kept_one_way_is_no_answer_for_another() -> None:
    said = asked("冷冻要多少度", "冰箱冷藏要在5℃以下。\n冷冻要在－12℃以下。", "垃圾桶加盖。")
    assert "12℃" in said.statements[0].text


def test_what_a_text_goes_by_is_no_answer() -> None:
    said = asked(
        "生海鲜摆冰上能放多久", "生海鲜摆冰上，1小时以内吃完。按从严写法，待核现行原文。", "垃圾桶加盖。"
    )
    assert [one.text for one in said.statements] == ["生海鲜摆冰上，1小时以内吃完。"]


def test_what_a_cookbook_knows_is_not_answered_by_a_rule() -> None:
    text = "红烧肉插到肉最厚的地方量，中心70℃以上。"
    assert asked("红烧肉中心多少度", text, "垃圾桶加盖。").found
    assert not asked("红烧肉怎么烧才好吃", text, "垃圾桶加盖。").found
