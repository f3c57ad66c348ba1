"""Word, PowerPoint and Excel files as people make them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.load import Unreadable, load
from ingest.load import limits as bounds
from ingest.load.docx import load_docx
from ingest.load.formats import loader
from ingest.load.pptx import load_pptx
from ingest.load.xlsx import load_xlsx
from ingest.split import split
from kb.types import Document

Shown = list[tuple[tuple[str, ...], str]]


def saved(made: Any) -> bytes:
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def shown(document: Document) -> Shown:
    return [(section.path, section.text) for section in document.sections]


# --- Word


class Word:
    """A Word file, paragraph by paragraph, with lists that Word numbers by itself."""

    def __init__(self) -> None:
        self.made = docx.Document()

    def number(
        self, number: int, *levels: tuple[str, str], start: int | None = None, like: int | None = None
    ) -> None:
        """A list whose levels have a format and a text: ("chineseCounting", "第%1条")."""
        inside = "".join(
            f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for at, (form, text) in enumerate(levels)
        )
        lists = self.made.part.numbering_part.element
        if like is None:
            lists.append(
                parse_xml(
                    f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{900 + number}">{inside}</w:abstractNum>'
                )
            )
        override = (
            f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>' if start else ""
        )
        lists.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{900 + number}"><w:abstractNumId w:val="{900 + (like or number)}"/>{override}</w:num>'
            )
        )

    def say(self, text: str, number: int = 0, level: int = 0, style: str | None = None) -> Any:
        paragraph = self.made.add_paragraph(text, style=style)
        if number:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(
                    f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{900 + number}"/></w:numPr>'
                )
            )
        return paragraph

    def load(self) -> Document:
        return load_docx("制度.docx", saved(self.made))

    def lines(self) -> list[str]:
        return [line for section in self.load().sections for line in section.text.split("\n")]


def test_the_numbers_that_word_draws_are_text() -> None:
    word = Word()
    word.number(1, ("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）"), ("decimal", "%3．"))
    for text, level in [
        ("目的", 0),
        ("要求", 0),
        ("洗手", 1),
        ("打湿", 2),
        ("搓手", 2),
        ("消毒", 1),
        ("浸泡", 2),
        ("施行", 0),
    ]:
        word.say(text, 1, level)
    assert word.lines() == [
        "第一条 目的",
        "第二条 要求",
        "（一）洗手",
        "1．打湿",
        "2．搓手",
        "（二）消毒",
        "1．浸泡",
        "第三条 施行",
    ]


def test_a_law_that_word_numbers_is_cut_by_its_articles() -> None:
    word = Word()
    word.number(1, ("chineseCountingThousand", "第%1章"))
    word.number(2, ("chineseCountingThousand", "第%1条"))
    word.say("食堂管理条例", style="Title")
    word.say("总则", 1, style="Heading 1")
    word.say("为了安全，制定本条例。", 2)
    word.say("本条例适用于食堂。", 2)
    word.say("留样", 1, style="Heading 1")
    word.say("每个品种不少于125克。", 2)
    document = word.load()
    assert document.title == "食堂管理条例"
    assert [(passage.path, passage.anchor) for passage in split("a", document)] == [
        (("第一章 总则", "第一条"), "a1"),
        (("第一章 总则", "第二条"), "a2"),
        (("第二章 留样", "第三条"), "a3"),
    ]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("decimal", "1 3"),
        ("chineseCounting", "一 三"),
        ("ideographTraditional", "甲 丙"),
        ("decimalEnclosedCircleChinese", "① ③"),
        ("chineseLegalSimplified", "壹 叁"),
        ("decimalFullWidth", "１ ３"),
        ("decimalZero", "01 03"),
        ("upperLetter", "A C"),
        ("lowerRoman", "i iii"),
        ("somethingNew", "1 3"),
    ],
)
def test_every_way_of_counting(form: str, expected: str) -> None:
    word = Word()
    word.number(1, (form, "%1、"))
    for _ in range(3):
        word.say("甲", 1)
    first, _, third = word.lines()
    assert [first, third] == [f"{number}、甲" for number in expected.split()]


def test_lists_go_on_or_begin_again_as_word_does() -> None:
    word = Word()
    word.number(1, ("decimal", "%1）"), ("decimal", "%1.%2"))
    word.number(2, like=1)
    word.number(3, like=1, start=5)
    word.number(4, ("bullet", "●"))
    for number, level in [(1, 0), (1, 0), (2, 0), (2, 1), (3, 0), (3, 0), (4, 0)]:
        word.say("甲", number, level)
    assert word.lines() == ["1）甲", "2）甲", "3）甲", "3.1 甲", "5）甲", "6）甲", "甲"]


def test_an_outline_level_makes_a_heading_and_a_contents_list_is_left_out() -> None:
    word = Word()
    word.made.styles.add_style("toc 1", 1)
    word.say("洗手\t3", style="toc 1")
    heading = word.say("洗手")
    heading._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="1"/>'))
    word.say("先打湿。")
    assert shown(word.load()) == [(("洗手",), "先打湿。")]


def test_an_article_that_is_set_as_a_heading_is_text() -> None:
    word = Word()
    word.say("第一条 每个品种不少于125克。", style="Heading 2")
    assert shown(word.load()) == [((), "第一条 每个品种不少于125克。")]


BODY = """<w:sdt {ns}><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>
<w:p {ns}><w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>
<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:br/><w:t>换行</w:t></w:r></w:p>
<w:p {ns}><w:r><w:t>正文</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>文本框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"""


def test_controls_insertions_and_boxes_are_read_and_what_is_deleted_or_hidden_is_not() -> None:
    word = Word()
    wrapped = parse_xml(f"<w:x {nsdecls('w')}>{BODY.format(ns='')}</w:x>")
    for block in list(wrapped):
        word.made.element.body.insert_element_before(block, "w:sectPr")
    assert word.lines() == ["控件", "新增", "换行", "正文", "文本框"]


def test_tables_keep_the_head_of_each_column_across_merged_cells() -> None:
    word = Word()
    table = word.made.add_table(rows=5, cols=3)
    cells = [
        ["项目", "要求", ""],
        ["", "温度", "时间"],
        ["冷藏", "0℃～8℃", "24小时"],
        ["", "", "48小时"],
        ["热菜", "", ""],
    ]
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for (top, left), (bottom, right) in [
        ((0, 1), (0, 2)),
        ((0, 0), (1, 0)),
        ((2, 0), (3, 0)),
        ((2, 1), (3, 1)),
        ((4, 0), (4, 2)),
    ]:
        table.cell(top, left).merge(table.cell(bottom, right))
    assert word.lines() == [
        "项目：冷藏；要求·温度：0℃～8℃；要求·时间：24小时",
        "项目：冷藏；要求·温度：0℃～8℃；要求·时间：48小时",
        "热菜",
    ]


def test_a_table_of_one_cell_is_a_frame() -> None:
    word = Word()
    cell = word.made.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "第一条 甲。"
    cell.add_paragraph("第二条 乙。")
    assert word.lines() == ["第一条 甲。", "第二条 乙。"]


# --- PowerPoint


def deck() -> Any:
    return pptx.Presentation()


def slide(made: Any, heading: str, text: str, notes: str = "") -> Any:
    added = made.slides.add_slide(made.slide_layouts[1])
    added.shapes.title.text = heading
    added.placeholders[1].text = text
    if notes:
        added.notes_slide.notes_text_frame.text = notes
    return added


def test_a_slide_is_a_section_with_its_title_text_notes_and_number() -> None:
    made = deck()
    slide(made, "洗手", "打湿\n搓手二十秒", "让学员跟做")
    slide(made, "隐藏页", "不放映")._element.set("show", "0")
    box = made.slides.add_slide(made.slide_layouts[6]).shapes.add_textbox(0, 0, 9, 9)
    box.text_frame.text = "没有标题"
    document = load_pptx("培训.pptx", saved(made))
    assert document.title == "洗手"
    assert [(section.page, section.path, section.text) for section in document.sections] == [
        (1, ("洗手",), "打湿\n搓手二十秒"),
        (1, ("洗手", "备注"), "让学员跟做"),
        (3, (), "没有标题"),
    ]


def test_a_passage_of_a_slide_names_its_page() -> None:
    made = deck()
    slide(made, "洗手", "甲")
    slide(made, "", "乙")
    passages = split("a", load_pptx("a.pptx", saved(made)))
    assert [(passage.place, passage.text) for passage in passages] == [
        ("洗手（第1页）", "甲"),
        ("第2页", "乙"),
    ]


def test_tables_and_groups_of_a_slide_are_read_from_the_top() -> None:
    made = deck()
    page = made.slides.add_slide(made.slide_layouts[6])
    table = page.shapes.add_table(3, 3, 0, 5_000_000, 9, 9).table
    for row, texts in enumerate([["项目", "要求", ""], ["", "温度", "时间"], ["冷藏", "0℃～8℃", "24小时"]]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    group = page.shapes.add_group_shape()
    for left, text in [(3_000_000, "右"), (0, "左")]:
        group.shapes.add_textbox(left, 0, 9, 9).text_frame.text = text
    assert shown(load_pptx("a.pptx", saved(made))) == [
        ((), "左\n右\n项目：冷藏；要求·温度：0℃～8℃；要求·时间：24小时")
    ]


# --- Excel


def book(*sheets: tuple[str, Sequence[Sequence[Any]]], merged: Sequence[str] = ()) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    return saved(made)


def test_a_row_with_the_heads_of_its_columns_is_a_passage() -> None:
    data = book(
        (
            "留样",
            [
                ["品名", "数量", "日期", "合格"],
                ["红烧肉", 125.0, datetime(2024, 5, 1), True],
                [],
                ["米饭", 0.1 + 0.2, None, None],
            ],
        )
    )
    passages = split("a", load_xlsx("台账.xlsx", data))
    assert [(passage.path, passage.text) for passage in passages] == [
        (("留样", "第2行"), "品名：红烧肉；数量：125；日期：2024-05-01；合格：是"),
        (("留样", "第4行"), "品名：米饭；数量：0.3"),
    ]


def test_titles_heads_and_groups_that_span_cells() -> None:
    rows = [
        ["食品留样记录表"],
        ["品名", "要求", None],
        [None, "数量", "时间"],
        ["热菜类"],
        ["红烧肉", "125克", "48小时"],
        [None, "130克", "50小时"],
        ["冷菜类"],
    ]
    merged = ["A1:C1", "B2:C2", "A2:A3", "A4:C4", "A5:A6", "A7:C7"]
    assert shown(load_xlsx("a.xlsx", book(("Sheet1", rows), merged=merged))) == [
        (("食品留样记录表", "热菜类", "第5行"), "品名：红烧肉；要求·数量：125克；要求·时间：48小时"),
        (("食品留样记录表", "热菜类", "第6行"), "品名：红烧肉；要求·数量：130克；要求·时间：50小时"),
        (("食品留样记录表", "热菜类", "第7行"), "冷菜类"),
    ]


def test_a_sheet_without_a_head_gives_its_rows_as_they_are() -> None:
    assert shown(load_xlsx("a.xlsx", book(("Sheet1", [["红烧肉", 125], ["米饭", 130]])))) == [
        (("第1行",), "红烧肉 125"),
        (("第2行",), "米饭 130"),
    ]


def test_hidden_sheets_are_left_out_and_percentages_are_kept() -> None:
    made = openpyxl.Workbook()
    made.active.append(["项目", "浓度"])
    made.active.append(["84消毒液", 0.05])
    made.active["B2"].number_format = "0.0%"
    made.create_sheet("旧").append(["旧数据", "旧"])
    made["旧"].sheet_state = "hidden"
    assert shown(load_xlsx("a.xlsx", saved(made))) == [(("第2行",), "项目：84消毒液；浓度：5%")]


def test_more_rows_or_columns_than_we_bear_are_refused() -> None:
    with pytest.raises(Unreadable, match="50,000 行"):
        load_xlsx("a.xlsx", book(("甲", [["行"]] * (bounds.ROWS + 1))))
    with pytest.raises(Unreadable, match="200 列"):
        load_xlsx("a.xlsx", book(("甲", [["列"] * (bounds.COLUMNS + 1)])))


# --- broken and hostile


def changed(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The packed file with one of its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return file.getvalue()


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def declared(part: bytes) -> bytes:
    head, _, rest = part.partition(b"?>")
    return head + b"?>" + BOMB + rest


@pytest.mark.parametrize(
    ("name", "data", "part"),
    [
        ("a.docx", saved(docx.Document()), "word/document.xml"),
        ("a.pptx", saved(deck()), "ppt/presentation.xml"),
        ("a.xlsx", book(("甲", [["乙"]])), "xl/workbook.xml"),
    ],
)
def test_hostile_and_broken_office_files_fail_alone(name: str, data: bytes, part: str) -> None:
    read = loader(name[1:])
    with pytest.raises(Unreadable, match="安全"):
        read(name, changed(data, part, declared))
    with pytest.raises(Unreadable, match="过大"):
        read(name, changed(data, part, lambda _: b" " * (bounds.PART_BYTES + 1)))
    with pytest.raises(Unreadable, match="损坏"):
        load(name, changed(data, part, lambda whole: whole[: len(whole) // 2]))
    with pytest.raises(Unreadable, match="损坏"):
        load(name, data[: len(data) // 2])
    with pytest.raises(Unreadable, match="没有可用的文字"):
        load(name, saved(docx.Document()))


def test_a_sheet_that_claims_its_last_row_costs_nothing() -> None:
    made = openpyxl.Workbook()
    made.active["A1"], made.active["A1048576"] = "头", "尾"
    assert [text for _, text in shown(load_xlsx("a.xlsx", saved(made)))] == ["头\n尾"]


def test_links_to_other_files_are_not_followed() -> None:
    word = Word()
    word.say("正文。")
    link = 'Target="http://127.0.0.1:9/x.docx" TargetMode="External"'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    relation = f'<Relationship Id="rId99" Type="{kind}" {link}/></Relationships>'.encode()
    data = changed(
        saved(word.made),
        "word/_rels/document.xml.rels",
        lambda part: part.replace(b"</Relationships>", relation),
    )
    assert shown(load_docx("a.docx", data)) == [((), "正文。")]


def test_an_office_file_is_known_by_its_content() -> None:
    assert shown(load("改了名.zip", book(("甲", [["乙", "丙"]])))) == [(("甲", "第1行"), "乙 丙")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office"),
        (b"{\\rtf1 text}", "RTF"),
    ],
)
def test_what_we_do_not_read_says_how_to_save_it(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        load("a.xlsx", data)


def test_a_sheet_brings_in_no_hidden_characters() -> None:
    made = openpyxl.Workbook()
    for row in (["附表\u202e一\u200b", None], ["项目", "时间"], ["分组\u200b甲", None], ["留样", "48小时"]):
        made.active.append(row)
    assert not any(
        hidden in repr(load_xlsx("a.xlsx", saved(made))) for hidden in ("\u202e", "\u200b", "\\u20")
    )
