"""Files as people hand them over."""

import contextlib
import io
import zipfile
from typing import Any

import docx
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.load import Unreadable, load
from ingest.load.docx import load_docx
from ingest.load.formats import TEXTS
from kb.types import Document

TEXT = "食品留样要求\n每个品种不少于125克。"


def everything(document: Document) -> str:
    return "\n".join(section.text for section in document.sections)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_text_is_read_in_whatever_encoding_it_comes(encoding: str) -> None:
    document = load("留样.txt", TEXT.encode(encoding))
    assert everything(document) == TEXT
    assert document.title == "食品留样要求"


def test_a_first_line_that_is_a_sentence_is_no_title() -> None:
    assert load("规定/留样规定.gb18030.txt", "每个品种不少于125克。".encode()).title == "留样规定"


def test_hidden_characters_stop_at_the_door() -> None:
    assert everything(load("a.md", "留\u200b样\u202e要求".encode())) == "留样要求"


def test_markdown_keeps_headings_lists_and_tables() -> None:
    source = (
        "# 手册\n\n开头\n续行\n\n## 洗手\n\n1. 打湿\n2. 搓手\n\n### 时间\n\n| 步骤 | 时间 |\n|---|---|\n| 搓手 | 20秒 |\n\n"
        "## 消毒\n\n- *含氯*\n\n    缩进的文字\n\n<p>网页<br>文字</p>\n"
    )
    document = load("手册.md", source.encode())
    assert document.title == "手册"
    assert [(section.path, section.text) for section in document.sections] == [
        ((), "开头\n续行"),
        (("洗手",), "1. 打湿\n2. 搓手"),
        (("洗手", "时间"), "步骤：搓手；时间：20秒"),
        (("消毒",), "含氯\n缩进的文字\n网页\n文字"),
    ]


def test_a_later_first_level_heading_is_part_of_the_path() -> None:
    document = load("a.md", "# 甲\n\n一\n\n# 乙\n\n二\n".encode())
    assert [section.path for section in document.sections] == [(), ("乙",)]


def test_web_pages_lose_what_surrounds_their_text() -> None:
    page = """<!DOCTYPE html><html><head><title>网站名</title><style>p{}</style></head><body><nav>首页</nav>
    <main><h1>留样<b>要求</b></h1><p>每个品种
    不少于125克。</p><h2>记录</h2><ul><li>名称</li><li>时间</li></ul>
    <table><tr><th>项目</th><th>数值</th></tr><tr><td>数量</td><td>125克</td></tr></table>
    <pre>甲
乙</pre>one
    two<script>alert(1)</script></main><footer>版权</footer></body></html>"""
    document = load("page.html", page.encode())
    assert document.title == "留样要求"
    assert [(section.path, section.text) for section in document.sections] == [
        ((), "每个品种不少于125克。"),
        (("记录",), "名称\n时间\n项目：数量；数值：125克\n甲\n乙\none two"),
    ]


def test_a_page_that_says_gb2312_is_read_as_such() -> None:
    page = '<html><head><meta charset="gb2312"><title>留样</title></head><body>每份125克</body></html>'
    document = load("page", page.encode("gb18030"))
    assert (document.title, everything(document)) == ("留样", "每份125克")


def word(*, title: str = "", heading: str = "留样规定") -> bytes:
    made = docx.Document()
    made.core_properties.title = title
    if heading:
        made.add_heading(heading, 1)
    made.add_paragraph("开头。")
    made.add_heading("数量", 2)
    made.add_paragraph("每个品种不少于125克。", style="List Bullet")
    table = made.add_table(rows=2, cols=2)
    for cell, text in zip(
        (c for row in table.rows for c in row.cells), ("项目", "时间", "留样", "48小时"), strict=True
    ):
        cell.text = text
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_word_files_keep_headings_lists_and_tables() -> None:
    document = load_docx("a.docx", word())
    assert document.title == "留样规定"
    assert [(section.path, section.text) for section in document.sections] == [
        ((), "开头。"),
        (("数量",), "每个品种不少于125克。\n项目：留样；时间：48小时"),
    ]


def test_a_word_file_without_a_heading_has_its_properties_title() -> None:
    assert load_docx("a.docx", word(title="食堂制度", heading="")).title == "食堂制度"


def pdf(*pages: list[str], **options: Any) -> bytes:
    """A page a list of lines, as a printer lays them out: every line at its place, breaks and all."""
    made = FPDF(format=(150, 120))
    made.set_auto_page_break(False)
    made.set_font("helvetica", size=10)
    for lines in pages:
        made.add_page()
        for line in lines:
            made.cell(w=0, h=6, text=line, new_x="LMARGIN", new_y="NEXT")
    if "password" in options:
        made.set_encryption(owner_password="owner", user_password=options["password"])
    return bytes(made.output())


FULL = "Food samples are kept in a closed container of their own, cold, for"


def test_a_pdf_keeps_its_pages_and_joins_broken_lines() -> None:
    document = load(
        "a.pdf", pdf(["Rules", FULL, "48 hours.", "- 1 -"], ["Second page with its own text.", "- 2 -"])
    )
    assert document.title == "Rules"
    assert [(section.page, section.text) for section in document.sections] == [
        (1, f"Rules\n{FULL} 48 hours."),
        (2, "Second page with its own text."),
    ]


def test_a_paragraph_goes_on_over_the_page() -> None:
    document = load("a.pdf", pdf(["Rules", FULL], ["48 hours at least.", "(1) An item of its own."]))
    assert everything(document) == f"Rules\n{FULL} 48 hours at least.\n(1) An item of its own."


def test_what_most_pages_repeat_at_their_edge_is_no_text() -> None:
    pages = [["Handbook 2026", f"Page text number {n} stands here."] for n in range(4)]
    assert "Handbook 2026" not in everything(load("a.pdf", pdf(*pages)))


def test_a_pdf_of_empty_pages_says_so() -> None:
    with pytest.raises(Unreadable, match="没有可用的文字"):
        load("a.pdf", pdf([]))


def test_a_locked_pdf_says_what_to_do() -> None:
    with pytest.raises(Unreadable, match="密码"):
        load("a.pdf", pdf([FULL], password="secret"))


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 210_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.txt", b"  \n", "空的"),
        ("a.txt", b"x" * 50_000_001, "50 MB"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "docx"),
        ("a.xyz", b"whatever", "不支持"),
        ("a.docx", b"PK\x03\x04 broken", "损坏"),
        ("a.pdf", b"%PDF-1.7 broken", "损坏"),
        ("a.txt", bytes(range(256)) * 40, "编码"),
        ("a.html", b"<html><body><script>x</script></body></html>", "没有可用的文字"),
    ],
)
def test_a_file_that_gives_nothing_says_why(name: str, data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        load(name, data)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    with pytest.raises(Unreadable, match="过大"):
        load("a.docx", bomb())


def test_content_is_believed_before_the_name() -> None:
    assert load("really-a.txt", pdf([FULL])).sections[0].page == 1


@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx", ".pdf", ".png"])
@pytest.mark.parametrize("data", [b"\0" * 300, b"PK\x03\x04" + b"\xff" * 99, b"\x89PNG\r\n\x1a\n%PDF-1.4\n"])
def test_no_file_fails_in_any_other_way(suffix: str, data: bytes) -> None:
    with pytest.raises(Unreadable):
        load(f"a{suffix}", data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(TEXTS)), st.binary(max_size=300))
def test_no_bytes_fail_in_any_other_way(suffix: str, data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert load(f"a{suffix}", data).sections
