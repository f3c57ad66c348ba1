"""PDF files: what is on their pages, in the order in which a person reads it; and those made to do harm."""

import zlib
from collections.abc import Callable
from typing import Any

import pytest
from fpdf import FPDF

from ingest.load import Unreadable, load
from ingest.load.isolation import isolated
from ingest.load.patience import Budget
from ingest.load.pdf import load_pdf
from kb.types import Document

LONG = "Samples of every dish are kept cold in a closed container of their own for two days."


def drawn(*pages: Callable[[FPDF], Any]) -> bytes:
    made = FPDF(format=(200, 150))
    made.set_auto_page_break(False)
    for draw in pages:
        made.add_page()
        made.set_font("helvetica", size=10)
        draw(made)
    return bytes(made.output())


def write(
    page: FPDF, text: str, *, left: float = 20, top: float = 20, size: float = 10, width: float = 160
) -> None:
    page.set_font("helvetica", size=size)
    page.set_left_margin(left)
    page.set_xy(left, top)
    page.multi_cell(width, size / 2, text=text)


def table(page: FPDF, *rows: tuple[str, ...], top: float = 20) -> None:
    page.set_left_margin(20)
    page.set_xy(20, top)
    with page.table(width=120, align="LEFT", first_row_as_headings=False) as made:
        for texts in rows:
            row = made.row()
            for text in texts:
                row.cell(text)


def texts(document: Document) -> list[str]:
    return [line for section in document.sections for line in section.text.split("\n")]


def test_columns_are_read_one_after_the_other() -> None:
    left, right = (
        LONG.replace("dish", "soup") + " " + LONG,
        "Hands are washed before work and after every break. " * 3,
    )

    def page(made: FPDF) -> None:
        write(made, "A title over both of the columns of this page", left=55, top=10)
        write(made, left, width=70, top=25)
        write(made, right.strip(), left=110, width=70, top=28)

    assert texts(load_pdf("a.pdf", drawn(page))) == [
        "A title over both of the columns of this page",
        left,
        right.strip(),
    ]


def test_lists_side_by_side_are_no_columns() -> None:
    def page(made: FPDF) -> None:
        for at, (name, value) in enumerate(
            [("Rice", "60"), ("Soup", "75"), ("Fish", "63"), ("Eggs", "71"), ("Tofu", "70")]
        ):
            write(made, name, top=20 + 8 * at)
            write(made, value, left=110, top=20 + 8 * at)

    assert texts(load_pdf("a.pdf", drawn(page)))[0] == "Rice 60"


def test_running_heads_and_feet_go_with_their_page_numbers() -> None:
    def page(number: int) -> Callable[[FPDF], None]:
        def draw(made: FPDF) -> None:
            write(made, "Training handbook", top=5)
            write(made, f"The rule of day {number} is on this page.", top=40)
            write(made, f"Second edition · {number}", top=140)

        return draw

    found = load_pdf("a.pdf", drawn(*map(page, (1, 2, 3, 4))))
    assert texts(found) == [f"The rule of day {number} is on this page." for number in (1, 2, 3, 4)]
    assert [section.page for section in found.sections] == [1, 2, 3, 4]


def test_a_tables_rows_say_what_they_mean_even_over_the_page() -> None:
    def first(made: FPDF) -> None:
        write(made, "Temperatures are taken twice a day.", top=10)
        table(made, ("Food", "At least", "For"), ("Hot dishes", "60", "2 h"), ("Soup", "75", "4 h"))

    def second(made: FPDF) -> None:
        table(made, ("Rice", "65", "2 h"), ("Fish", "63", ""))
        write(made, "What stands below the table.", top=80)

    found = load_pdf("a.pdf", drawn(first, second))
    assert [(section.page, section.text) for section in found.sections] == [
        (
            1,
            "Temperatures are taken twice a day.\n"
            "Food：Hot dishes；At least：60；For：2 h\nFood：Soup；At least：75；For：4 h",
        ),
        (2, "Food：Rice；At least：65；For：2 h\nFood：Fish；At least：63\nWhat stands below the table."),
    ]


def test_a_frame_round_a_text_is_no_table() -> None:
    def page(made: FPDF) -> None:
        made.rect(15, 15, 170, 40)
        write(made, LONG, top=25)

    assert texts(load_pdf("a.pdf", drawn(page))) == [LONG]


def test_larger_type_heads_what_follows() -> None:
    def first(made: FPDF) -> None:
        write(made, "Kitchen handbook", size=20, top=10)
        write(made, "Washing", size=15, top=30)
        write(made, "Hands", size=12, top=45)
        write(made, LONG, top=60)

    def second(made: FPDF) -> None:
        write(made, "Tools are washed as well.", top=20)
        write(made, "Storing", size=15, top=40)
        write(made, "Cold things are kept cold.", top=60)

    found = load_pdf("a.pdf", drawn(first, second))
    assert found.title == "Kitchen handbook"
    assert [(section.page, section.path, section.text) for section in found.sections] == [
        (1, ("Washing", "Hands"), LONG),
        (2, ("Washing", "Hands"), "Tools are washed as well."),
        (2, ("Storing",), "Cold things are kept cold."),
    ]


def test_a_heading_that_heads_nothing_is_text() -> None:
    def page(made: FPDF) -> None:
        write(made, LONG, top=10)
        write(made, "By order", size=15, top=40)

    assert texts(load_pdf("a.pdf", drawn(page))) == [LONG, "By order"]


def test_a_watermark_is_no_text() -> None:
    def page(made: FPDF) -> None:
        write(made, LONG)
        with made.rotation(30, 100, 75):
            write(made, "CONFIDENTIAL", size=40, top=60)

    assert texts(load_pdf("a.pdf", drawn(page))) == [LONG]


PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>%s>>"
WORDS = b"BT /F 12 Tf 72 700 Td (Samples are kept for two days) Tj ET"


def raw(
    content: bytes = WORDS,
    *,
    packed: bool = False,
    kids: bytes = b"3 0 R",
    count: int = 1,
    page: bytes = b"",
    catalogue: bytes = b"",
) -> bytes:
    """A PDF written by hand, for what no library writes."""
    body = zlib.compress(content, 9) if packed else content
    things = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        PAGE % page,
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(body), b"/Filter/FlateDecode" * packed, body),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    return (
        b"%PDF-1.7\n"
        + b"".join(b"%d 0 obj\n%s\nendobj\n" % (at, thing) for at, thing in enumerate(things, 1))
        + b"trailer\n<</Size 6/Root 1 0 R>>\n%%EOF"
    )


@pytest.mark.parametrize(
    ("turned", "matrix"),
    [
        (0, b"1 0 0 1 72 700"),
        (90, b"0 1 -1 0 100 72"),
        (180, b"-1 0 0 -1 500 100"),
        (270, b"0 -1 1 0 500 700"),
    ],
)
def test_a_turned_page_is_read_as_it_is_shown(turned: int, matrix: bytes) -> None:
    lines = b"BT /F 12 Tf 14 TL %s Tm (The first line stands above) Tj T* (1. the second one) Tj ET" % matrix
    found = load_pdf("a.pdf", raw(lines, page=b"/Rotate %d" % turned))
    assert texts(found) == ["The first line stands above", "1. the second one"]


def test_what_a_file_wants_to_do_is_not_done() -> None:
    script = b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>"
    assert texts(load("a.pdf", raw(catalogue=script))) == ["Samples are kept for two days"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (raw()[:200], "损坏"),
        (raw(kids=b"2 0 R", count=5), "损坏"),
        (raw(count=1_000_000), "拆分"),
        (raw(kids=b"3 0 R " * 3_000, count=3_000), "拆分"),
        (raw(b"BT /F 12 Tf " + b"(Samples are kept) Tj " * 400_000 + b"ET", packed=True), "太大"),
        (raw(page=b"/UserUnit 1e9", content=b""), "没有可用的文字"),
    ],
    ids=[
        "cut off",
        "pages in a circle",
        "a million pages claimed",
        "too many pages",
        "a flood of text",
        "no text",
    ],
)
def test_a_hostile_file_fails_alone(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        load("a.pdf", data)


def test_a_drawing_of_many_lines_is_no_table() -> None:
    scrawl = WORDS + b" 10 10 m 500 500 l S 10 500 m 500 10 l S" * 20_000
    assert texts(load_pdf("a.pdf", raw(scrawl, packed=True))) == ["Samples are kept for two days"]


@pytest.mark.parametrize(
    ("budget", "says"),
    [
        (Budget(memory=1_000_000_000, page=1, file=60), "规定时间"),
        (Budget(memory=1_000_000_000, page=60, file=1), "规定时间"),
        (Budget(memory=100_000_000, page=60, file=60), "太大"),
    ],
    ids=["one page too long", "the file too long", "too much memory"],
)
def test_a_file_gets_no_more_than_its_budget(budget: Budget, says: str) -> None:
    long = raw(b"BT /F 12 Tf " + b"(Samples are kept) Tj " * 100_000 + b"ET", packed=True)
    with pytest.raises(Unreadable, match=says):
        isolated(".pdf", "a.pdf", long, budget)
