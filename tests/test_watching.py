import contextlib
import io
import itertools
import math
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.core import mp4, reading
from academy.core.ranges import NotSatisfiableError, wanted
from academy.courses import watching

LENGTH = 120.0
moment = st.floats(0, LENGTH, allow_nan=False).map(lambda value: round(value, 2))
part = st.tuples(moment, moment).filter(lambda pair: pair[0] < pair[1]).map(list)
parts = st.lists(part, max_size=12)


# ── parts of a film ──


@given(parts)
def test_parts_are_in_order_and_apart(claimed: list[list[float]]) -> None:
    found = watching.union(claimed)
    assert all(begin < end for begin, end in found)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))


@given(parts, parts)
def test_however_often_and_in_whatever_order_parts_arrive_they_count_once(
    first: list[list[float]], second: list[list[float]]
) -> None:
    once = watching.union([*first, *second])
    assert watching.union([*watching.union(second), *watching.union(first)]) == once
    assert watching.union([*once, *first]) == once


@given(parts, parts)
def test_what_was_watched_never_becomes_less_nor_more_than_the_whole(
    first: list[list[float]], second: list[list[float]]
) -> None:
    before, after = watching.union(first), watching.union([*first, *second])
    assert watching.seconds(before) <= watching.seconds(after) + 1e-9
    assert 0 <= watching.share(before, LENGTH) <= watching.share(after, LENGTH) <= 100


@given(parts)
def test_parts_and_gaps_make_the_whole(claimed: list[list[float]]) -> None:
    found = watching.union(claimed)
    gaps = watching.gaps(found, LENGTH)
    assert math.isclose(watching.seconds(found) + watching.seconds(gaps), LENGTH, abs_tol=1e-6)
    assert watching.union([*found, *gaps]) == [[0.0, LENGTH]]


@given(parts)
def test_who_watched_without_a_gap_has_reached_as_far_as_was_watched(claimed: list[list[float]]) -> None:
    found = watching.union(claimed)
    far = watching.reach(found, slack=0)
    assert far == (found[0][1] if found and found[0][0] == 0 else 0)
    assert watching.skips([], found, slack=0) is (bool(found) and found[-1][1] > far)


def test_a_share_that_is_shown_has_been_reached() -> None:
    assert watching.share([[0, 89.99]], 100) == 89
    assert watching.share([[0, 0.1 + 0.2], [0.3 + 0.1, 100.1]], 100) == 100
    assert watching.share([[0, 5]], 0) == 0


def test_a_small_slack_is_no_skipping() -> None:
    assert not watching.skips([[0, 10]], [[11.5, 20]])
    assert watching.skips([[0, 10]], [[13, 20]])
    assert not watching.skips([[0, 10], [50, 60]], [[10, 15]])


@pytest.mark.parametrize(
    "claimed",
    [
        None, "0-5", {"0": 5}, [[5, 5]], [[6, 5]], [[-1, 5]], [[0, LENGTH + 2]], [[0, math.inf]], [[math.nan, 5]],
        [[0, "5"]], [[0, True]], [[0]], [[0, 1, 2]], [[n, n + 0.5] for n in range(110)] * 5,
    ],
)  # fmt: skip
def test_what_cannot_be_parts_of_this_film_is_not_taken(claimed: Any) -> None:
    with pytest.raises(watching.NotPartsError):
        watching.checked(claimed, LENGTH)


def test_a_player_that_runs_a_little_over_the_end_reaches_it() -> None:
    assert watching.checked([[60, LENGTH + 0.9], [0, 60]], LENGTH) == [[0, LENGTH]]
    assert watching.checked([[LENGTH + 0.1, LENGTH + 0.5]], LENGTH) == []


def test_who_stops_at_the_very_end_has_watched_all() -> None:
    length = 12.01
    assert watching.share(watching.checked([[0, 12.0133]], length), length) == 100
    assert watching.share(watching.checked([[0, 11.6]], length), length) == 100
    assert watching.share(watching.checked([[0, 11.4]], length), length) == 94


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(61, LENGTH)).map(list), max_size=5))
def test_a_repeat_brings_exactly_nothing_new(claimed: list[list[float]]) -> None:
    kept = watching.checked(claimed, LENGTH)
    again = watching.union([*kept, *watching.checked(claimed, LENGTH)])
    assert watching.seconds(again) == watching.seconds(kept)


def test_slivers_become_one_part() -> None:
    assert watching.checked([[n / 5, n / 5 + 0.01] for n in range(100)], LENGTH) == [[0, 19.81]]
    assert watching.checked([[1.001, 1.002]], LENGTH) == []


# ── how long a text takes ──


def test_reading_counts_signs_of_chinese_words_and_pictures() -> None:
    body = [
        {"type": "text", "value": "<p>中心温度<b>70℃</b>以上</p>", "id": "x"},
        {"type": "image", "value": {"image": 3, "alt": "锅", "caption": ""}, "id": "y"},
        {"type": "table", "value": {"caption": "表", "table": {"columns": [{"type": "text", "heading": "一"}],
         "rows": [{"values": ["二三"]}]}}},
        {"type": "callout", "value": {"kind": "must", "title": "记住", "text": "", "items": ["洗手"]}},
        {"type": "video", "value": {"title": "片", "video": 4, "transcript": "<p>不算字数</p>"}},
        {"type": "check", "value": 9},
    ]  # fmt: skip
    assert reading.signs(body) == 7 + (60 + 1) + 4 + 4 + 1
    assert reading.signs([]) == 0


def test_the_usual_reader_takes_five_times_as_long_as_the_fastest() -> None:
    assert reading.usual_seconds(600) == 120
    assert reading.least_seconds(600, 1500) == 24
    assert reading.usual_seconds(0) == 30
    assert reading.least_seconds(0, 1500) == 0


# ── how long a film is ──


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def header(scale: int, duration: int, wide: bool = False) -> bytes:
    times = b"\0" * (16 if wide else 8)
    return box(
        b"mvhd", bytes([wide, 0, 0, 0]) + times + struct.pack(">IQ" if wide else ">II", scale, duration)
    )


@pytest.mark.parametrize("wide", [False, True])
def test_the_length_stands_in_the_films_own_header(wide: bool) -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 3) + b"abc"
    film = box(b"ftyp", b"isom") + large + box(b"moov", box(b"free", b"") + header(1000, 90_500, wide))
    assert mp4.length(io.BytesIO(film)) == 90.5


def test_the_length_of_a_real_film() -> None:
    with (Path(__file__).parent / "files" / "film.mp4").open("rb") as film:
        assert mp4.length(film) == 12.0


@pytest.mark.parametrize(
    "film",
    [
        b"", b"film", b"\0" * 64, box(b"moov", b""), box(b"moov", header(0, 5)), box(b"moov", header(1000, 2**32 - 1)),
        box(b"moov", box(b"mvhd", b"\0" * 6)), struct.pack(">I4s", 4, b"moov"), struct.pack(">I4s", 99, b"moov"),
    ],
)  # fmt: skip
def test_what_is_no_film_has_no_length(film: bytes) -> None:
    with pytest.raises(mp4.NotAFilmError):
        mp4.length(io.BytesIO(film))


@given(st.binary(max_size=200))
def test_no_bytes_confuse_the_reader_of_films(film: bytes) -> None:
    for start in (b"", box(b"moov", film)):
        with contextlib.suppress(mp4.NotAFilmError):
            assert mp4.length(io.BytesIO(start + film)) >= 0


# ── parts of a file ──


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-", (0, 10)), ("bytes=2-4", (2, 5)), ("bytes=8-99", (8, 10)), ("bytes=-3", (7, 10)), ("bytes=-99", (0, 10)),
        ("bytes=5-2", None), ("bytes=0-1,4-5", None), ("lines=0-", None), ("bytes=-", None), ("bytes=a-b", None), ("", None),
    ],
)  # fmt: skip
def test_which_bytes_are_asked_for(header: str, found: tuple[int, int] | None) -> None:
    assert wanted(header, 10) == found


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_bytes_that_are_not_in_the_file(header: str) -> None:
    with pytest.raises(NotSatisfiableError):
        wanted(header, 10)
