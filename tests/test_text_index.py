"""The site's text index on SQLite, beside the one in memory that is its formula."""

import pytest
from django.db import connection

from academy.library.text_index import TextIndex
from academy.library.text_index import index as text_index
from kb.adapters.memory import MemoryTextIndex
from kb.text import grams
from kb.types import Passage, Status

pytestmark = pytest.mark.django_db


def passage(ordinal: int, text: str, source: str = "page:1") -> Passage:
    return Passage(
        source, ordinal, "规范", ("第一章", f"第{ordinal}条"), text, f"a{ordinal}", 3, Status.UNVERIFIED
    )


@pytest.mark.parametrize("question", ["冷冷", "留样四季豆", "豆煮熟冷藏冷藏", "洗手"])
def test_it_ranks_as_the_formula_says(question: str) -> None:
    texts = ["冷冷", "留样四季豆煮熟", "四季豆豆豆煮熟消毒洗手", "留样留样", "手", "冷藏冷藏四季"]
    made = [passage(n, text) for n, text in enumerate(texts)]
    site, formula = TextIndex(), MemoryTextIndex()
    for index in (site, formula):
        index.replace("page:1", made)
    mine, its = (dict(index.search(grams(question), 9)) for index in (site, formula))
    assert mine == pytest.approx(its, abs=1e-6)


def test_what_was_replaced_or_forgotten_weighs_no_more() -> None:
    site, formula = TextIndex(), MemoryTextIndex()
    lasting = [passage(n, text, "page:2") for n, text in enumerate(["留样四季豆", "四季豆煮熟", "洗手"])]
    for index in (site, formula):
        index.replace("page:2", lasting)
    for _time in range(3):
        site.replace("page:1", [passage(n, "四季豆留样洗手消毒" * 5) for n in range(9)])
    site.forget("page:1")
    for question in ("四季豆", "留样洗手"):
        assert dict(site.search(grams(question), 9)) == pytest.approx(
            dict(formula.search(grams(question), 9)), abs=1e-6
        )


def test_the_tables_can_be_made_anew_from_the_passages() -> None:
    site = TextIndex()
    site.replace("page:1", [passage(0, "四季豆煮熟"), passage(1, "洗手")])
    before = site.search(grams("四季豆洗手"), 9)
    text_index.make_search_tables_anew(connection)
    assert site.search(grams("四季豆洗手"), 9) == before


def test_a_passage_comes_back_as_it_was_put_in() -> None:
    made = [passage(0, "留样125克"), passage(1, "四季豆煮熟")]
    index = TextIndex()
    index.replace("page:1", made)
    keys = [one.key for one in made]
    assert index.passages([*keys, "page:1#9", "page:2#0"]) == dict(zip(keys, made, strict=True))
    assert index.passages([]) == {}


def test_common_words_are_left_out_where_they_would_cost_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    index = TextIndex()
    index.replace("page:1", [passage(n, f"食品安全 {'留样' if n == 7 else ''}") for n in range(20)])
    assert len(index.search(grams("食品留样"), 30)) == 20
    monkeypatch.setattr(text_index, "ROWS", 5)
    assert [key for key, _ in index.search(grams("食品留样"), 30)] == ["page:1#7"]
    assert len(index.search(grams("食品"), 30)) == 20


def test_it_knows_whether_these_very_words_stand_anywhere() -> None:
    index = TextIndex()
    index.replace("page:1", [passage(0, "不得将回收后的食品再次销售")])
    assert index.says("回收后的食品")
    assert not index.says("回收的食品")
    assert not index.says("“\"' OR")
