"""Text, tables as text, captions and archives, as people hand them over."""

import contextlib
import io
import zipfile
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.load import Unreadable, load, load_archive
from ingest.load import limits as bounds
from ingest.load.tables import Cell, rows, spread
from ingest.split import split
from kb.types import Document

Shown = list[tuple[tuple[str, ...], str]]


def shown(document: Document) -> Shown:
    return [(section.path, section.text) for section in document.sections]


# --- encodings

SIMPLIFIED = [
    "豆浆要煮滚",
    "留样",
    "过期食品",
    "临床试验",
    "联通公司",
    "(一)未留样的；",
    "冰箱温度应当保持在0℃～8℃。",
    "发现老鼠或者蟑螂，请立即报告食品安全员。",
    "生熟食品应当分开存放，避免交叉污染。",
    "员工感冒、腹泻或者手部受伤时，不得接触直接入口食品。",
]
TRADITIONAL = [
    "豆漿要煮滾",
    "隔夜菜可不可以賣",
    "過敏原標示",
    "垃圾桶要加蓋",
    "請將冰箱溫度維持在攝氏七度以下",
    "生熟食應分開存放，避免交叉污染",
    "發現老鼠或蟑螂請立即通知衛生單位",
    "員工感冒、腹瀉或手部受傷時不可接觸食物",
    "每個品種的留樣量不得少於一百二十五克。",
    "餐飲服務提供者應當將食品成品冷藏保存四十八小時以上。",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("text", SIMPLIFIED)
def test_simplified_text_is_read_in_whatever_encoding_it_comes(text: str, encoding: str) -> None:
    assert shown(load("a.txt", text.encode(encoding))) == [((), text)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "big5"])
@pytest.mark.parametrize("text", TRADITIONAL)
def test_traditional_text_is_read_in_whatever_encoding_it_comes(text: str, encoding: str) -> None:
    assert shown(load("a.txt", text.encode(encoding))) == [((), text)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["\n".join(SIMPLIFIED), "\n".join(TRADITIONAL)])
def test_utf_16_is_known_without_its_mark(text: str, encoding: str) -> None:
    assert shown(load("a.txt", text.encode(encoding))) == [((), text)]


@pytest.mark.parametrize("text", ["Wash hands for 20 s.", "café", "Мыть руки", "手を洗う"])
def test_other_languages_in_utf_8_stay_what_they_are(text: str) -> None:
    assert shown(load("a.txt", text.encode())) == [((), text)]


def test_one_broken_character_spoils_no_long_text() -> None:
    text = "\n".join(SIMPLIFIED * 5)
    broken = text.encode("gb18030")[:-1]
    assert shown(load("a.txt", broken))[0][1].startswith(text[:300])


# --- tables


def test_a_web_table_keeps_its_caption_and_its_heads_over_several_columns() -> None:
    page = """<table><caption>冷藏要求</caption>
    <tr><th rowspan="2">项目</th><th colspan="2">要求</th></tr><tr><th>温度</th><th>时间</th></tr>
    <tr><td>熟食</td><td><p>0℃</p><p>8℃</p></td><td>24小时</td></tr><tr><td colspan="3">热菜</td></tr></table>"""
    assert shown(load("a.html", page.encode())) == [
        ((), "冷藏要求\n项目：熟食；要求·温度：0℃ 8℃；要求·时间：24小时\n热菜")
    ]


def test_a_table_that_only_lays_out_a_page_is_no_table() -> None:
    page = "<table><tr><td><h2>洗手</h2><p>先打湿。</p></td><td>再搓手。</td></tr></table>"
    assert shown(load("a.html", page.encode())) == [(("洗手",), "先打湿。\n再搓手。")]


FILLED = st.text(alphabet="甲乙丙丁0123456789", min_size=1, max_size=6)


@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(FILLED, min_size=width, max_size=width), min_size=1)
    )
)
def test_no_cell_of_a_table_is_lost(grid: list[list[str]]) -> None:
    text = "\n".join(rows(grid))
    assert all(cell in text for row in grid for cell in row)


@given(
    st.lists(
        st.lists(st.builds(Cell, FILLED, st.integers(-1, 300), st.integers(-1, 9)), max_size=3), max_size=5
    )
)
def test_whatever_cells_span_the_grid_stays_within_bounds(lines: list[list[Cell]]) -> None:
    grid = list(spread(lines))
    assert len(grid) == len(lines)
    assert all(len(row) <= bounds.COLUMNS + sum(map(len, lines)) for row in grid)
    assert all(cell.text in row for row, line in zip(grid, lines, strict=True) for cell in line)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_each_row_of_a_csv_file_is_a_passage_with_its_heads(delimiter: str, encoding: str) -> None:
    text = "\r\n".join(
        delimiter.join(row)
        for row in [["品名", "要求", "时间"], ["红烧肉", '"125克;\n密闭,冷藏|"', "48小时"], ["米饭", "", "1"]]
    )
    passages = split("a", load("留样.csv", text.encode(encoding)))
    assert [(passage.place, passage.text) for passage in passages] == [
        ("第2行", "品名：红烧肉；要求：125克; 密闭,冷藏|；时间：48小时"),
        ("第3行", "品名：米饭；时间：1"),
    ]


def test_a_csv_file_with_too_many_rows_says_so() -> None:
    with pytest.raises(Unreadable, match="50,000 行"):
        load("a.csv", "甲,乙\n".encode() * (bounds.ROWS + 1))


# --- captions

SRT = """1
00:00:01,000 --> 00:00:04,000
大家好，今天讲留样。

2
00:00:04,000 --> 00:00:30,000
<i>每个品种</i>
不少于125克

3
00:00:30,500 --> 00:00:50,000
不少于125克
保存四十八小时。

4
00:03:15,000 --> 01:03:17,000
{\\an8}下课
"""
VTT = """WEBVTT 留样

NOTE 给编辑的话
不是字幕

STYLE
::cue { color: red }

开头
00:01.000 --> 00:04.000 align:start
<v 老师>大家好 &amp; 早上好

第二条
01:02:04.000 --> 01:02:50.000
今天讲留样
"""


def test_captions_are_cut_by_time_and_what_rolls_up_is_said_once() -> None:
    passages = split("a", load("留样.srt", SRT.encode("gb18030")))
    assert [(passage.place, passage.anchor, passage.text) for passage in passages] == [
        ("00:01", "t1", "大家好，今天讲留样。每个品种 不少于125克 保存四十八小时。"),
        ("03:15", "t195", "下课"),
    ]


def test_web_captions_lose_names_notes_and_styles() -> None:
    assert shown(load("留样.vtt", VTT.replace("\n", "\r\n").encode())) == [
        (("00:01",), "大家好 & 早上好"),
        (("1:02:04",), "今天讲留样"),
    ]


def stamp(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d},000"


@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.text(alphabet="甲乙丙。？！，", min_size=1, max_size=30)), min_size=1
    )
)
def test_captions_lose_nothing_and_no_stretch_is_long(cues: list[tuple[int, str]]) -> None:
    file, now = "", 0
    for at, (length, text) in enumerate(cues, 1):
        file += f"{at}\n{stamp(now)} --> {stamp(now + length)}\n第{at}条{text}\n\n"
        now += length
    sections = load("a.srt", file.encode()).sections
    said = "".join(section.text.replace(" ", "") for section in sections)
    assert said == "".join(f"第{at}条{text}" for at, (_, text) in enumerate(cues, 1))
    starts = [int(section.anchor[1:]) for section in sections]
    assert all(later - start <= 80 for start, later in pairwise(starts))


# --- archives


def packed(members: dict[str, bytes], change: Callable[[bytes], bytes] = lambda data: data) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return change(file.getvalue())


def test_an_archive_gives_its_files_each_to_be_read_by_itself() -> None:
    data = packed(
        {"食堂/": b"", "食堂/留样.txt": b"1", "a.md": b"2", "__MACOSX/._a.md": b"3", "食堂/~$b.docx": b"4"}
    )
    assert load_archive("a.zip", data) == [("食堂/留样.txt", b"1"), ("a.md", b"2")]


def test_chinese_names_from_an_older_windows_are_read() -> None:
    name = "食堂/留样.txt".encode("gbk")
    stands = "x" * len(name)
    data = packed({stands: b"1"}, lambda whole: whole.replace(stands.encode(), name))
    assert load_archive("a.zip", data) == [("食堂/留样.txt", b"1")]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/root/a.txt", "root/a.txt"),
        ("C:\\a\\b.txt", "a/b.txt"),
        ("..", "未命名"),
    ],
)
def test_a_name_that_leads_elsewhere_is_only_a_name(written: str, read: str) -> None:
    assert [name for name, _ in load_archive("a.zip", packed({written: b"1"}))] in ([read], [])


def encrypted(data: bytes) -> bytes:
    """Bit 0 of the flags, in the header of the file and in the directory."""
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(mark) + at
        data = data[:place] + bytes([data[place] | 1]) + data[place + 1 :]
    return data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (packed({"a.txt": b"1"}, encrypted), "密码"),
        (packed({}), "没有文件"),
        (packed({f"{n}.txt": b"1" for n in range(bounds.MEMBERS + 1)}), "1,000 份"),
        (packed({f"{n}.txt": b"" for n in range(bounds.PARTS + 1)}), "10,000 个"),
        (packed({"a.txt": b"0" * (bounds.FILE_BYTES + 1)}), "200 MB"),
        (packed({"a.txt": b"1" * 100}, lambda whole: whole[:60]), "损坏"),
        (
            packed(
                {"a.txt": b"text" * 100}, lambda whole: whole.replace(b"\x00\x00a.txt", b"\x00\x00b.txt", 1)
            ),
            "损坏",
        ),
        (b"no archive", "损坏"),
    ],
    # an archive carries the time at which it was packed, and two processes pack theirs at two times
    ids=["encrypted", "empty", "members", "parts", "large", "cut", "renamed", "none"],
)
def test_an_archive_that_cannot_be_opened_says_why(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        load_archive("a.zip", data)


def test_an_archive_inside_an_archive_is_refused_by_itself() -> None:
    inner = packed({"b.txt": b"1"})
    (name, data), (other, text) = load_archive("a.zip", packed({"a.zip": inner, "c.txt": "留样".encode()}))
    with pytest.raises(Unreadable, match="解压"):
        load(name, data)
    assert shown(load(other, text)) == [((), "留样")]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([".csv", ".tsv", ".srt", ".vtt", ".txt", ".md", ".html"]), st.text(max_size=200))
def test_no_text_fails_in_any_other_way(suffix: str, text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert load(f"a{suffix}", text.encode("utf-8", "replace")).sections


def test_a_small_table_that_spans_to_a_huge_one_is_refused() -> None:
    across = f"<td colspan=200 rowspan=99999>{'长' * 500}</td>"
    head = "".join(f"<th>{at}</th>" for at in range(200))
    page = f"<table><tr>{head}</tr><tr>{across}</tr>{'<tr></tr>' * 20_000}</table>"
    with pytest.raises(Unreadable, match="拆成几份"):
        load("a.html", page.encode())


def test_long_heads_before_every_cell_are_refused() -> None:
    heads = "".join(f"<th>{at}{'头' * 1000}</th>" for at in range(100))
    row = f"<tr>{'<td>乙</td>' * 100}</tr>"
    with pytest.raises(Unreadable, match="拆成几份"):
        load("a.html", f"<table><tr>{heads}</tr>{row * 300}</table>".encode())


def test_headings_of_html_within_markdown_are_headings() -> None:
    document = load("a.md", "<h1 align=center>食品安全</h1>\n\n一。\n\n<h2>第二</h2>\n\n二。".encode())
    assert [(section.path, section.text) for section in document.sections] == [
        ((), "一。"),
        (("第二",), "二。"),
    ]
    assert load("b.html", b"<p>&#1;2 no heading</p><p>text</p>").sections[0].path == ()
