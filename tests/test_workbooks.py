"""A workbook that is sent row by row opens like any other."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from itertools import count, islice
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.core import workbooks
from academy.core.cells import neutral
from academy.core.workbooks import workbook

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(neutral)
cells = st.one_of(
    st.none(),
    texts,
    st.integers(-(10**9), 10**9),
    st.decimals(-9999, 9999, places=1),
    st.dates(date(1901, 1, 1)),
)


def read(rows: list[list[Any]]) -> list[list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(workbook(rows))))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def test_every_kind_of_cell_comes_back() -> None:
    row = [
        "王<芳>&\"'",
        3,
        Decimal("1.5"),
        date(2026, 11, 26),
        datetime(2026, 11, 26, 9, 30),
        None,
        "",
        " a\n b ",
    ]
    [[_head, back]] = read([["头"] * len(row), row])
    assert back == (
        *("王<芳>&\"'", 3, 1.5, datetime(2026, 11, 26), datetime(2026, 11, 26, 9, 30), None, None, " a\n b "),
    )


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8))
def test_whatever_is_in_the_cells_it_opens(rows: list[list[Any]]) -> None:
    [found] = read([["a", "b", "c"], *rows])
    assert len(found) == len(rows) + 1


def test_a_long_cell_is_cut_and_what_no_file_may_hold_is_left_out() -> None:
    [[_head, back]] = read([["a", "b"], ["长" * 40_000, "a\uffffb"]])
    assert back == ("长" * 32_767, "ab")


def test_more_rows_than_a_sheet_holds_go_on_under_the_same_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "SHEET_ROWS", 4)
    assert read([["n"], *([n] for n in range(7))]) == [
        [("n",), (0,), (1,), (2,)],
        [("n",), (3,), (4,), (5,)],
        [("n",), (6,)],
    ]
    assert read([["n"], *([n] for n in range(3))]) == [[("n",), (0,), (1,), (2,)]]
    assert read([["n"]]) == [[("n",)]]


def test_nothing_is_kept_until_the_end() -> None:
    """Endless rows: the first pieces are there all the same."""
    pieces = workbook([n, "一二三四五六七八"] for n in count())
    assert sum(map(len, islice(pieces, 50))) > 10_000


def test_no_piece_is_empty() -> None:
    pieces = list(workbook([["a"], ["b"]]))
    assert all(pieces)
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None
