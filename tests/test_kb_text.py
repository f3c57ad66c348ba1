import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from kb.text import clean, grams, parts, sentences, squeeze


def test_cleaning_removes_what_nobody_can_see() -> None:
    hidden = "留\u200b样\u202e4\u2066\u00ad8\U000e0041小\ufe0f时\ufeff\x00"
    assert clean(hidden) == "留样48小时"


def test_cleaning_keeps_tabs_and_makes_every_line_end_the_same() -> None:
    assert clean("甲\r\n乙\r丙\u2028丁\t戊") == "甲\n乙\n丙\n丁\t戊"


@given(st.text())
def test_cleaned_text_can_be_written_and_holds_no_format_characters(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
    assert not {"\u200b", "\u202e", "\ufeff"} & set(cleaned)


def test_han_runs_become_overlapping_pairs_and_other_words_stay_whole() -> None:
    assert grams("留样不少于125g，GB31654") == ["留样", "样不", "不少", "少于", "125", "g", "gb", "31654"]


def test_a_lone_character_is_a_gram() -> None:
    assert grams("盐 7.5%") == ["盐", "7.5"]


def test_full_width_forms_and_case_make_no_difference() -> None:
    assert grams("ＡＢＣ１２") == grams("abc12")


@given(st.text())
def test_grams_are_never_empty_and_need_no_second_normalising(text: str) -> None:
    for gram in grams(text):
        assert gram
        assert gram == unicodedata.normalize("NFKC", gram) or len(gram) <= 2


def test_sentences_end_with_their_mark_and_their_closing_quote() -> None:
    assert sentences("他说“不行。”走了。\n\n第二行；还有") == ["他说“不行。”", "走了。", "第二行；", "还有"]


@given(st.text(alphabet="甲乙。！？；\n ”"))
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    assert squeeze("".join(sentences(text))) == squeeze(text)


def test_a_short_text_is_its_one_part() -> None:
    assert parts("留样四十八小时。") == ["留样四十八小时。"]


def test_parts_are_whole_sentences_and_no_longer_than_they_may_be() -> None:
    text = "\n".join(f"第{n}句话不长也不短。" * 3 for n in range(40))
    windows = parts(text, 100)
    assert squeeze("".join(windows)) == squeeze(text)
    assert all(len(window) <= 100 and window.endswith("。") for window in windows)


def test_items_have_the_words_that_open_their_list_in_every_part() -> None:
    items = [f"（{mark}）{'应当洗手消毒' * 5}；" for mark in "一二三四五六"]
    inner = ["1．" + "甲" * 40 + "。", "2．" + "乙" * 40 + "。"]
    text = "\n".join(
        ["有下列情形之一的：", *items[:3], "（四）分为两种：", *inner, *items[4:], "不是条目的一句话。" * 4]
    )
    windows = parts(text, 80)
    by_end = {sentence: window for window in windows for sentence in sentences(window)}
    assert all("有下列情形之一的：" in by_end[item] for item in [*items[:3], *items[4:], *inner])
    assert all("（四）分为两种：" in by_end[item] for item in inner)
    assert "（四）分为两种：" not in by_end[items[4]]
    assert "有下列情形之一的：" not in windows[-1]


@given(st.text(alphabet="甲乙，。：；\n（一）1.、 ", max_size=300), st.integers(5, 40))
def test_parts_keep_every_character_in_order(text: str, limit: int) -> None:
    rest = iter(squeeze("".join(parts(text, limit))))
    assert all(character in rest for character in squeeze(text))
