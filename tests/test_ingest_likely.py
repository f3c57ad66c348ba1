"""Likely questions find the passage that answers them."""

import json
from pathlib import Path

import pytest

from ingest import likely
from ingest.likely import Likely
from kb.types import Passage


def passage(
    ordinal: int, text: str, *path: str, title: str = "中华人民共和国食品安全法（2025修正）"
) -> Passage:
    return Passage("law", ordinal, title, path, text)


def test_a_question_goes_to_its_article_whatever_the_edition() -> None:
    law = [passage(0, "第一条", "第一章 总则", "第一条"), passage(1, "第二条", "第一章 总则", "第二条")]
    made = likely.attach(law, [Likely("食品安全法", "第二条", "管不管摆摊的")])
    assert [one.questions for one in made] == [(), ("管不管摆摊的",)]


def test_a_question_of_another_text_goes_nowhere() -> None:
    made = likely.attach([passage(0, "第一条", "第一条")], [Likely("反食品浪费法", "第一条", "剩菜罚吗")])
    assert made[0].questions == ()


def test_in_a_long_article_it_goes_to_its_section_or_to_what_it_speaks_of() -> None:
    law = [passage(0, "砧板要分开。", "第九条 加工"), passage(1, "冷藏柜要除霜。", "第九条 加工")]
    made = likely.attach(
        law,
        [Likely("食品安全法", "第九条", "冷藏柜咋弄"), Likely("食品安全法", "第九条", "咋分", "砧板要分开")],
    )
    assert [one.questions for one in made] == [("咋分",), ("冷藏柜咋弄",)]


def test_they_are_read_from_lines_and_a_broken_line_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"title": "法", "article": "第一条", "questions": ["甲", "乙"]}) + "\n\n")
    assert likely.read(file) == [Likely("法", "第一条", "甲"), Likely("法", "第一条", "乙")]
    file.write_text("{}\n")
    with pytest.raises(KeyError):
        likely.read(file)
