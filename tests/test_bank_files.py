"""Questions in files: written and read again, read with what is wrong in them, and which are alike."""

import io
import json
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academy.exams.bank.checking import problems_of
from academy.exams.bank.files import FORMATS, parse
from academy.exams.bank.likeness import Stems, fingerprint, normal
from academy.exams.bank.rows import (
    BankOption,
    BankQuestion,
    Problem,
    Row,
    as_json,
    from_json,
    trimmed,
    true_or_false,
)
from ingest.load import Unreadable
from kb.text import clean, dice, grams

EXAM = Path(__file__).resolve().parents[2] / "shared" / "exam"

words = (
    st.text(min_size=1, max_size=30)
    .map(lambda s: clean(s).replace("\ufffe", "").replace("\uffff", "").strip())
    .filter(bool)
)
some_words = st.one_of(st.just(""), words)
tag = st.text(alphabet="留样消毒温度ab1", min_size=1, max_size=5)


@st.composite
def questions(draw: Any) -> BankQuestion:
    kind = draw(st.sampled_from(["single", "multiple", "truefalse", "order", "match", "short"]))
    texts = draw(st.lists(words, min_size=2, max_size=6, unique=True))
    right = draw(
        st.sets(st.integers(0, len(texts) - 1), min_size=1, max_size=1 if kind == "single" else None)
    )
    options = tuple(
        BankOption(text, n in right, draw(words), "", draw(some_words)) for n, text in enumerate(texts)
    )
    if kind == "truefalse":
        options = true_or_false(draw(st.booleans()), (draw(some_words), draw(some_words)))
    return trimmed(
        BankQuestion(
            kind,
            draw(words),
            options,
            explanation=draw(some_words),
            basis=draw(some_words),
            difficulty=draw(st.integers(0, 3)),
            tags=tuple(draw(st.lists(tag, max_size=3, unique=True))),
        )
    )


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(asked=st.lists(questions(), min_size=1, max_size=5))
def test_what_is_written_is_read_again_without_a_loss(name: str, asked: list[BankQuestion]) -> None:
    data = b"".join(FORMATS[name].write(asked))
    assert [row.question for row in parse(f"x.{name}", data)] == asked


@given(st.lists(questions(), min_size=1, max_size=4))
def test_a_row_is_kept_and_found_again(asked: list[BankQuestion]) -> None:
    for number, question in enumerate(asked):
        row = Row(number, question, (Problem("题干", "x"),))
        assert from_json(json.loads(json.dumps(as_json(row)))) == row
    assert from_json(as_json(Row(1, None))) == Row(1, None)


# ── the official questions ──


@pytest.mark.skipif(not EXAM.is_dir(), reason="the official questions are not here")
def test_the_official_questions_come_in_without_a_loss() -> None:
    sheet = next(EXAM.glob("*.xlsx"))
    lines = next(EXAM.glob("*.jsonl"))
    as_sheet = parse(sheet.name, sheet.read_bytes())
    as_lines = parse(lines.name, lines.read_bytes())
    assert [row.problems for row in as_sheet + as_lines if row.problems] == []
    asked = [row.question for row in as_sheet if row.question]
    assert Counter(question.kind for question in asked) == {"single": 96, "multiple": 61, "truefalse": 180}
    assert asked == [row.question for row in as_lines]
    assert len({fingerprint(question) for question in asked}) == 337
    for name, one in FORMATS.items():
        assert [row.question for row in parse(f"x.{name}", b"".join(one.write(asked)))] == asked, name


# ── sheets ──


def sheet(*lines: str, encoding: str = "utf-8") -> list[Row]:
    return parse("x.csv", "\n".join(lines).encode(encoding))


def problems(rows: list[Row]) -> list[tuple[int, str]]:
    return [(row.number, problem.column) for row in rows for problem in row.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_in_any_encoding_and_with_any_number_of_choices(encoding: str) -> None:
    heads = "题型,题干,选项A,选项B,选项C,选项D,选项E,选项F,选项G,答案,解析,标签,难度,依据"
    rows = sheet(
        heads, "多选题,哪些要留样？,甲,乙,丙,丁,戊,己,庚,A、G,说明,留样；食堂,难,手册", encoding=encoding
    )
    asked = rows[0].question
    assert asked
    assert [option.text for option in asked.options if option.correct] == ["甲", "庚"]
    assert (asked.tags, asked.difficulty, asked.basis) == (("留样", "食堂"), 3, "手册")
    assert not rows[0].problems


@pytest.mark.parametrize(
    ("word", "is_true"),
    [("对", True), ("错", False), ("正确", True), ("错误", False), ("√", True), ("×", False), ("TRUE", True)],
)
def test_right_and_wrong_are_written_in_many_ways(word: str, is_true: bool) -> None:
    asked = sheet("题型,题干,答案", f"判断题,剩菜能卖。,{word}")[0].question
    assert asked
    assert asked.options == true_or_false(is_true)


def test_each_wrong_row_says_where_and_why() -> None:
    rows = sheet(
        "题型,题干,选项A,选项B,答案,难度",
        "单选题,好的,甲,乙,A,",
        "单选,两个答案,甲,乙,AB,",
        "论述题,不认得,甲,乙,A,",
        "单选题,,甲,乙,A,",
        "单选题,没有这个选项,甲,乙,C,",
        "判断题,也许,,,也许,",
        "单选题,一样,甲,甲,A,很难",
    )
    assert problems(rows) == [
        (3, "答案"),
        (4, "题型"),
        (5, "题干"),
        (6, "答案"),
        (7, "答案"),
        (8, "难度"),
        (8, "选项"),
    ]


def test_what_is_no_sheet_of_questions_is_refused() -> None:
    for name, data in {
        "x.csv": "题型,什么\n单选题,甲".encode(),
        "x.xlsx": b"PK\x03\x04 nothing",
        "x.xls": b"",
        "x.jsonl": b"",
        "x.xml": b"<html/>",
        "y.xml": b"<quiz><question",
        "x.gift": b"// nothing",
    }.items():
        with pytest.raises(Unreadable):
            parse(name, data)
    with pytest.raises(Unreadable, match="10"):
        parse("x.csv", b"a" * 10_000_001)
    with pytest.raises(Unreadable, match="5,000"):
        sheet("题型,题干,答案", *["判断题,甲,对"] * 5001)


def test_a_sheet_that_unpacks_to_very_much_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 90_000_000)
    assert len(packed.getvalue()) < 1_000_000
    with pytest.raises(Unreadable):
        parse("x.xlsx", packed.getvalue())


def test_a_sheet_calculates_nothing_of_what_was_written_in_it() -> None:
    texts = ["=1+1", "+8", "-18℃以下", "@SUM(A1)", "'=1", "＝2"]
    asked = [BankQuestion("short", text, (BankOption(text),)) for text in texts]
    for name in ("csv", "xlsx"):
        data = b"".join(FORMATS[name].write(asked))
        assert [row.question for row in parse(f"x.{name}", data)] == asked
    cells = b"".join(FORMATS["csv"].write(asked)).decode("utf-8-sig")
    assert [cell for cell in cells.split(",") if cell.lstrip().startswith(tuple("=+-@＝"))] == []
    book = openpyxl.load_workbook(io.BytesIO(b"".join(FORMATS["xlsx"].write(asked))))
    assert {cell.data_type for row in book.worksheets[0] for cell in row if cell.value} == {"s"}


def test_kinds_beyond_choices_have_their_columns() -> None:
    rows = sheet(
        "题型,题干,选项A,选项B,对应A,对应B,位置A,位置B,答案,图片,列数,行数,反馈A",
        "排序题,怎么洗手,冲,湿,,,,,BA,,,,",
        "连线题,砧板,肉,菜,红,绿,,,,,,,",
        "填空题,多少克,125克,,,,,,125；一百二十五,,,,",
        "看图找错题,哪里不对,生熟混放,没盖,,,A1 b2,C3,,7,3,3,串味",
        "看图点选题,点冰箱,冰箱,,,,Z9,,,7,3,3,",
        "排序题,漏了一步,冲,湿,,,,,B,,,,",
    )
    asked = [row.question for row in rows]
    assert [o.text for o in asked[0].options] == ["湿", "冲"]
    assert [o.pair for o in asked[1].options] == ["红", "绿"]
    assert [o.text for o in asked[2].options] == ["125克", "125", "一百二十五"]
    assert [o.cells for o in asked[3].options] == ["A1 B2", "C3"]
    assert problems(rows) == [(6, "位置A"), (7, "答案")]


# ── Moodle ──

GIFT = r"""
// [tag:留样]
$CATEGORY: $course$/top/食堂/留样

::一:: 每样至少留多少？ {=125克#对了 ~100克#少了 ~200克}

// 判断
::二::[html]<p>剩菜<b>不能</b>卖</p>{T}
还没完

哪些要留样？ {~%50%米饭 ~%50%红烧肉 ~%-100%矿泉水 ####每样都要}

几克？{=125 =125克}

配一配 {=生肉 -> 红 =蔬菜 -> 绿}

排一排 {>3 ALL VERTICAL
冲
搓
擦}

1\=1\: 对不对 {F#其实是对的#}

写一段 {}

{#3:2}

半对 {=甲 ~%50%乙}

没有答案

一个 {=公司\nABC\{x\} ~乙}
"""


def test_gift_is_read() -> None:
    rows = parse("x.gift", GIFT.encode())
    asked = [row.question for row in rows]
    assert [question.kind for question in asked[:7]] == [
        "single",
        "truefalse",
        "multiple",
        "short",
        "match",
        "order",
        "truefalse",
    ]
    assert asked[0].tags == ("食堂", "留样")
    assert [o.feedback for o in asked[0].options] == ["对了", "少了", ""]
    assert asked[1].stem.startswith("剩菜不能卖")
    assert asked[2].explanation == "每样都要"
    assert [o.correct for o in asked[2].options] == [True, True, False]
    assert asked[6].stem == "1=1: 对不对"
    assert asked[6].options[0].feedback == "其实是对的"
    assert asked[-1].options[0].text == "公司\nABC{x}"
    bad = {row.number: {problem.column for problem in row.problems} for row in rows if row.problems}
    assert list(bad.values()) == [{"题型", "选项"}, {"题型", "题干", "选项"}, {"选项B"}, {"答案"}]


XML = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<question type="category"><category><text>$course$/top/食堂</text></category></question>
<question type="multichoice"><name><text>一</text></name>
<questiontext format="html"><text><![CDATA[<p>大肠菌群 10<sup>5</sup>&nbsp;<script>x()</script>算不算多？</p>]]></text></questiontext>
<generalfeedback format="html"><text>&lt;p&gt;看标准&lt;/p&gt;</text></generalfeedback>
<single>true</single><answer fraction="100"><text>算</text><feedback><text>对</text></feedback></answer>
<answer fraction="0"><text>a &lt; b</text></answer><tags><tag><text>微生物</text></tag></tags></question>
<question type="multichoice"><questiontext><text>多选</text></questiontext><single>false</single>
<answer fraction="50"><text>甲</text></answer><answer fraction="50"><text>乙</text></answer><answer fraction="-100"><text>丙</text></answer></question>
<question type="truefalse"><questiontext><text>判断</text></questiontext>
<answer fraction="0"><text>true</text></answer><answer fraction="100"><text>false</text></answer></question>
<question type="shortanswer"><questiontext><text>简答</text></questiontext><answer fraction="100"><text>125</text></answer></question>
<question type="matching"><questiontext><text>连线</text></questiontext>
<subquestion><text>肉</text><answer><text>红</text></answer></subquestion>
<subquestion><text>菜</text><answer><text>绿</text></answer></subquestion></question>
<question type="ordering"><questiontext><text>排序</text></questiontext>
<answer fraction="1"><text>冲</text></answer><answer fraction="2"><text>擦</text></answer></question>
<question type="essay"><questiontext><text>论述</text></questiontext></question>
<question type="truefalse"><questiontext format="html"><text><![CDATA[<img src="@@PLUGINFILE@@/a.png">对吗]]></text></questiontext>
<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
</quiz>"""


def test_moodle_xml_is_read() -> None:
    rows = parse("x.xml", XML.encode())
    asked = [row.question for row in rows]
    assert [question.kind for question in asked[:6]] == [
        "single",
        "multiple",
        "truefalse",
        "short",
        "match",
        "order",
    ]
    assert asked[0].stem == "大肠菌群 10⁵ 算不算多？"
    assert asked[0].explanation == "看标准"
    assert asked[0].tags == ("食堂", "微生物")
    assert asked[0].options[1].text == "a < b"
    assert asked[2].options == true_or_false(False)
    assert problems(rows) == [(7, "题型"), (8, "题干")]


def html(words: str) -> bytes:
    said = f'<question type="shortanswer"><questiontext><text><![CDATA[{words}]]></text></questiontext>'
    return f"<quiz>{said}<answer fraction='100'><text>7</text></answer></question></quiz>".encode()


def test_html_becomes_words_however_deep_it_stands() -> None:
    """Deeper than Python may call, and each element passed once."""
    words = "<p>量<b>中心</b><br>10<sup>5<i>2</i></sup></p><script>x</script><!-- c -->H<sub>2</sub>O"
    deep = "<div>" * 5000
    (row,) = parse("x.xml", html(f"{deep}{words}"))
    assert row.question is not None
    assert row.question.stem == "量中心\n10⁵²\nH₂O"
    with pytest.raises(Unreadable, match="HTML"):
        parse("x.xml", html("<div>" * 50_000))


def test_xml_looks_nothing_up() -> None:
    bomb = """<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]>
    <quiz><question type="truefalse"><questiontext><text>&a;&f;</text></questiontext></question></quiz>"""
    with pytest.raises(Unreadable):
        parse("x.xml", bomb.encode())


MUCH = 300_000


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.gift", "// " + "[tag:" * MUCH + "\nq {T}"),
        ("x.gift", "q" + " " * MUCH + "[html {T}"),
        ("x.gift", "$CATEGORY: " + "a/" * MUCH + "\nq {T}\n\n" + "r {T}\n\n" * 4000),
        ("x.jsonl", json.dumps({"type": "order", "options": ["a"] * MUCH, "answer": [*range(MUCH)]})),
    ],
)
def test_no_file_is_passed_again_and_again(name: str, words: str) -> None:
    """Each of these took minutes, or hours: whoever waits for them would see it."""
    assert parse(name, words.encode())


# ── whatever comes ──


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl", "gift", "xml"])
@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(alphabet="{}=~#%->\\:[]T\n $/,\"'题型干选项AB答案<quiz>&;0", max_size=200).map(str.encode),
    )
)
def test_any_file_is_read_or_refused_in_words(suffix: str, data: bytes) -> None:
    with suppress(Unreadable):
        rows = parse(f"x.{suffix}", data)
        assert all(row.question or row.problems for row in rows)
        assert len({row.number for row in rows}) == len(rows)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=6,
)
NAMES = [
    "type",
    "question",
    "options",
    "answer",
    "pairs",
    "cells",
    "feedback",
    "tags",
    "difficulty",
    "columns",
    "picture",
]


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), json_values),
    st.sampled_from(["single", "order", "true_false", "match", "short", "faults"]),
)
def test_any_json_is_read_with_what_is_wrong_in_it(said: dict[str, Any], kind: str) -> None:
    rows = parse("x.jsonl", json.dumps({"type": kind, **said}).encode())
    for row in rows:
        assert row.problems or not problems_of(row.question)
        json.dumps(as_json(row))


# ── alike ──


@given(questions())
def test_a_fingerprint_does_not_see_width_spaces_or_who_explains(asked: BankQuestion) -> None:
    same = replace(
        asked, stem=f"  {asked.stem} 。", explanation="别的", tags=("x",), difficulty=3, basis="别处"
    )
    assert fingerprint(same) == fingerprint(asked)


def test_what_is_right_is_part_of_a_fingerprint_and_the_order_of_choices_is_not() -> None:
    first, second = BankOption("甲", True), BankOption("乙")
    asked = BankQuestion("single", "哪个", (first, second))
    assert fingerprint(asked) == fingerprint(replace(asked, options=(second, first)))
    assert fingerprint(asked) != fingerprint(
        replace(asked, options=(BankOption("甲"), BankOption("乙", True)))
    )
    steps = replace(asked, kind="order", options=(BankOption("甲"), BankOption("乙")))
    assert fingerprint(steps) != fingerprint(replace(steps, options=steps.options[::-1]))
    assert normal("冷藏≥5℃") != normal("冷藏≤5℃")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="食品安全温度留样要多少", min_size=1, max_size=14), min_size=1, max_size=12))
def test_near_stems_are_found_as_if_each_were_compared_with_each(stems: list[str]) -> None:
    like = Stems(dict(enumerate(stems)))
    for stem in stems:
        every = {
            n for n, other in enumerate(stems) if dice(grams(normal(stem)), grams(normal(other))) >= 0.85
        }
        assert set(like.near(stem)) == {n for n in every if grams(normal(stem))}
