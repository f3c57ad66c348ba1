from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import outline
from ingest.numerals import number, written
from ingest.split import split
from kb.text import clean, squeeze
from kb.types import Document, Passage, Section, Status

LAW = """某某条例
（2020年1月1日公布）
目 录
第一章 总 则
第二章 法律责任
第一章 总 则
第一条 为了保证食品安全，制定本条例。
第二条 本条例适用于本市。
食用农产品适用本条例。
第二章 法律责任
第三条 依照第一条规定处罚：
（一）未留样的；
（二）未消毒的。
第三条的规定不影响赔偿。
第三条之一 另有规定的除外。
附件1：
留样要求
每份不少于125克。"""


def document(*texts: str, title: str = "某某条例") -> Document:
    return Document(title, tuple(Section((), text) for text in texts))


def by_place(passages: list[Passage]) -> dict[str, str]:
    return {passage.place: passage.text for passage in passages}


def test_a_law_is_cut_by_article_under_its_chapter() -> None:
    places = by_place(split("law", document(LAW)))
    assert list(places) == [
        "",
        "第一章 总 则 › 第一条",
        "第一章 总 则 › 第二条",
        "第二章 法律责任 › 第三条",
        "第二章 法律责任 › 第三条之一",
        "附件1 留样要求",
    ]
    assert places["第一章 总 则 › 第二条"].endswith("食用农产品适用本条例。")


def test_a_table_of_contents_stays_with_the_preamble() -> None:
    first = split("law", document(LAW))[0]
    assert first.text.endswith("第一章 总 则\n第二章 法律责任")
    assert first.path == ()


def test_an_article_mentioned_at_the_start_of_a_line_opens_none() -> None:
    assert "第三条的规定不影响赔偿。" in by_place(split("law", document(LAW)))["第二章 法律责任 › 第三条"]


def test_articles_without_a_space_are_known_by_their_order() -> None:
    text = "第一条为了安全制定。\n第二条适用本市。\n第三条本法所称食品。\n第九条第二款修改为：另行规定。"
    assert [passage.anchor for passage in split("law", document(text))] == ["a1", "a2", "a3"]


def test_articles_that_share_a_line_are_told_apart() -> None:
    text = "第一条 甲。\n第二条 乙。 第三条 丙。"
    assert [passage.anchor for passage in split("law", document(text))] == ["a1", "a2", "a3"]


def test_anchors_are_each_passages_own() -> None:
    items = "\n".join(f"（{'一二三四五六七八九'[n]}）{'应当清洗消毒。' * 20}" for n in range(9))
    law = f"第一条 目的。\n第二条 设施要求\n{items}\n第三条 施行。"
    passages = split("law", document(law))
    anchors = [passage.anchor for passage in passages]
    assert anchors[:3] == ["a1", "a2", "a2p2"]
    assert len(set(anchors)) == len(anchors)
    assert all(passage.path == ("第二条 设施要求",) for passage in passages[1:-1])


def test_named_items_of_a_long_article_are_part_of_the_path() -> None:
    law = (
        "第一条 目的。\n第二条 适用。\n第三条 设施要求\n（一）地面与排水要求\n"
        + "\n".join(f"{n}．{'地面应当平整。' * 12}" for n in range(1, 5))
        + "\n（二）墙壁与门窗要求\n"
        + "\n".join(f"{n}．{'墙壁应当光滑。' * 12}" for n in range(1, 5))
    )
    paths = {passage.path for passage in split("law", document(law))}
    assert ("第三条 设施要求", "（一）地面与排水要求") in paths
    assert ("第三条 设施要求", "（二）墙壁与门窗要求") in paths


def test_headings_from_the_loader_are_kept_and_articles_below_them() -> None:
    sections = (
        Section(("第一章 总则",), "第一条 甲。\n第二条 乙。"),
        Section(("第二章 附则",), "第三条 丙。", page=4),
    )
    passages = split("law", Document("法", sections, Status.SUPERSEDED))
    assert passages[2].path == ("第二章 附则", "第三条")
    assert passages[2].page == 4
    assert passages[2].status is Status.SUPERSEDED


def test_prose_keeps_its_section_its_page_and_its_anchor() -> None:
    sections = (Section(("洗手",), "先打湿。", "wash", 2), Section((), "  \n "))
    passages = split("doc", Document("手册", sections))
    assert [(p.key, p.path, p.text, p.anchor, p.page) for p in passages] == [
        ("doc#0", ("洗手",), "先打湿。", "wash", 2)
    ]


def test_long_prose_is_cut_after_a_sentence() -> None:
    passages = split("doc", document("手要洗净，搓二十秒。" * 200, title="手册"))
    assert len(passages) > 2
    assert all(passage.text.endswith("。") for passage in passages)
    assert {passage.anchor for passage in passages} == {f"p{n}" for n in range(len(passages))}


def test_a_heading_alone_waits_for_what_it_heads() -> None:
    law = (
        "第一条 甲。\n第二条 乙。\n第三条 丙。\n附件4：\n注意事项\n一、常见原因\n" + "（一）交叉污染。" * 150
    )
    assert all(len(passage.text) > 30 for passage in split("law", document(law))[3:])


def test_an_empty_document_has_no_passages() -> None:
    assert split("doc", document("")) == []


LINE = st.one_of(
    st.sampled_from(
        [
            "第一章 总 则",
            "第二节 经营",
            "附件2：",
            "目 录",
            "第一条 甲",
            "第二条 设施要求",
            "第三条的规定",
            "第四条 " + "长" * 400,
            "（一）地面要求",
            "1．平整。（二）墙壁。 （三）顶",
            "一、原因",
            "留样" * 90 + "。",
        ]
    ),
    st.text(max_size=60),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([(), ("章",), ("章", "节")]), st.lists(LINE, max_size=12).map("\n".join)),
        max_size=4,
    )
)
def test_nothing_is_lost_nothing_comes_twice_and_the_order_holds(
    parts: list[tuple[tuple[str, ...], str]],
) -> None:
    sections = tuple(Section(path, text) for path, text in parts)
    passages = split("s", Document("题", sections))
    whole = "".join(squeeze(clean(section.text)) for section in sections)
    assert "".join(squeeze(passage.text) for passage in passages) == whole
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))


def test_numerals() -> None:
    them = ["一", "十", "十二", "二十", "一百零三", "一百二十三", "三千零一", "36", "两百"]
    assert [number(one) for one in them] == [1, 10, 12, 20, 103, 123, 3001, 36, 200]


@given(st.text(alphabet="一二三甲第", min_size=1))
def test_what_is_no_numeral_is_refused(text: str) -> None:
    try:
        number(text)
    except ValueError:
        assert {"甲", "第"} & set(text)


def test_chapters_stand_alone_on_their_line() -> None:
    assert outline.division("第三章　食品经营") == 2
    assert outline.division("第三章的有关规定执行。") is None
    assert outline.division("附件2：") is not None
    assert outline.division("见附件2，另行规定。") is None


ASKED = """关于留样的问答
问：留样要留多少？
答：每个品种不少于125克。
密闭存放。
问：留样要留多久？答：48小时以上。问：谁来留样？
答：专人负责。
二、消毒
问题4：怎样消毒？
答4：先洗净，再浸泡。"""


def test_a_question_stays_with_its_answer() -> None:
    passages = split("faq", document(ASKED, title="问答"))
    assert [(passage.place, passage.text) for passage in passages] == [
        ("留样要留多少？", "关于留样的问答\n问：留样要留多少？\n答：每个品种不少于125克。\n密闭存放。"),
        ("留样要留多久？", "问：留样要留多久？答：48小时以上。"),
        ("谁来留样？", "问：谁来留样？\n答：专人负责。"),
        ("怎样消毒？", "二、消毒\n问题4：怎样消毒？\n答4：先洗净，再浸泡。"),
    ]


def test_pairs_are_known_in_english_and_without_marks() -> None:
    marked = split("a", document("Q1: How long?\nA1: 48 hours.\nQ2. How much?\nA2. 125 g."))
    assert [passage.path for passage in marked] == [("How long?",), ("How much?",)]
    bare = split("a", document("1. 多久？\n48小时\n2. 多少？\n125克\n3. 谁来？\n专人。\n并作记录。"))
    assert [passage.text for passage in bare] == [
        "1. 多久？\n48小时",
        "2. 多少？\n125克",
        "3. 谁来？\n专人。\n并作记录。",
    ]


def test_a_question_in_running_text_makes_no_pairs() -> None:
    text = "为什么要留样？\n为了查明原因。\n问题：记录不全。\n存在的问题：台账缺失。"
    assert [passage.text for passage in split("a", document(text))] == [text]


def test_headings_that_ask_hold_their_answers() -> None:
    sections = (
        Section(("常见问题", "留样要留多久？"), "48小时以上。"),
        Section(("常见问题", "谁来留样？"), "专人负责。"),
    )
    places = by_place(split("faq", Document("手册", sections)))
    assert places == {"常见问题 › 留样要留多久？": "48小时以上。", "常见问题 › 谁来留样？": "专人负责。"}


def test_every_part_of_a_long_answer_knows_its_question() -> None:
    answer = "答：" + "应当清洗消毒，并作记录。" * 120
    passages = split("faq", document(f"问：怎样消毒？\n{answer}\n问：多久？\n答：20秒。"))
    assert len(passages) > 3
    assert all(passage.path == ("怎样消毒？",) for passage in passages[:-1])


def test_a_long_table_is_cut_between_its_rows() -> None:
    rows = [f"项目：第{n}种食品；温度：不高于{n}℃；时间：不超过{n}小时" for n in range(80)]
    passages = split("a", Document("表", (Section(("附表",), "\n".join(rows)),)))
    assert len(passages) > 3
    assert [line for passage in passages for line in passage.text.split("\n")] == rows
    assert all(passage.path == ("附表",) for passage in passages)


def test_a_passage_knows_the_page_on_which_it_begins() -> None:
    items = [f"（{'一二三四五六七八九'[n]}）{'应当清洗消毒。' * 20}" for n in range(9)]
    pages = [
        "第一条 目的。\n第二条 设施要求",
        "\n".join(items[:4]),
        "\n".join(items[4:]),
        "",
        "第三条 施行。",
    ]
    passages = split(
        "law", Document("法", tuple(Section((), text, page=at) for at, text in enumerate(pages, 1)))
    )
    begun = {passage.text[:3]: passage.page for passage in passages}
    assert (begun["第一条"], begun["第二条"], begun["第三条"]) == (1, 1, 5)
    assert {begun[key] for key in begun if key[:2] in {"（三", "（四"}} <= {2}
    assert all(begun[key] == 3 for key in begun if key[:2] in {"（五", "（六", "（七", "（八", "（九"})


def test_text_that_runs_over_the_page_is_one_passage() -> None:
    pages = (
        Section((), "前半句，", page=1),
        Section((), "后半句。", page=2),
        Section(("新章",), "另起。", page=2),
    )
    assert [(passage.text, passage.page) for passage in split("a", Document("手册", pages))] == [
        ("前半句，\n后半句。", 1),
        ("另起。", 2),
    ]


ASKING = st.sampled_from(
    [
        "问：多久？",
        "答：两天。",
        "Q1: 谁？ A1: 我。",
        "2. 几度？",
        "八度。",
        "一、消毒",
        "问：甲？答：乙。问：丙？答：丁。",
        "正文很长。" * 150,
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.lists(ASKING, max_size=9), st.sampled_from([None, 1, 2])), max_size=4))
def test_questions_lose_nothing_either(parts: list[tuple[list[str], int | None]]) -> None:
    sections = tuple(Section((), "\n".join(lines), page=page) for lines, page in parts)
    passages = split("s", Document("题", sections))
    assert squeeze("".join(passage.text for passage in passages)) == squeeze(
        "".join(s.text for s in sections)
    )
    assert all(len(passage.text) <= 1100 for passage in passages)


@given(st.integers(1, 9_999))
def test_a_numeral_is_read_as_it_is_written(value: int) -> None:
    assert number(written(value)) == value


def test_a_line_of_nothing_but_space_takes_no_time_to_speak_of() -> None:
    line = "问" + " " * 100_000 + "x" + "？答" + "　" * 100_000
    assert squeeze(split("a", document(line))[0].text) == "问x？答"


def test_what_only_looks_like_the_number_of_an_article_is_text() -> None:
    passages = split("a", document("第一条 留样。", "第二1条 每份不少于125克。", f"第{'9' * 5000}条 无。"))
    assert "第二1条" in "".join(passage.text for passage in passages)
