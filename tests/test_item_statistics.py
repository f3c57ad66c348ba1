"""The figures of a question, against an example worked out by hand."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from academy.exams.marking import DrawnQuestion
from academy.exams.statistics import Asked, tally, with_rest


def question(key: str = "7", version: int = 1) -> DrawnQuestion:
    options: Any = [
        {"key": "a", "text": "对的", "correct": True},
        {"key": "b", "text": "错的", "correct": False},
    ]
    drawn: Any = {
        "key": key,
        "kind": "single",
        "stem": "怎么做？",
        "explanation": "",
        "basis": "",
        "options": options,
    }
    return {**drawn, "version": version}


# 12 right with rest scores 0.8 (8 times) and 0.6 (4 times), 8 wrong with 0.6 (4 times) and 0.2 (4 times)
WORKED: list[Asked] = [
    *[(question(), ["a"], 0.8)] * 8,
    *[(question(), ["a"], 0.6)] * 4,
    *[(question(), ["b"], 0.6)] * 4,
    *[(question(), ["b"], 0.2)] * 4,
]


def test_the_worked_example() -> None:
    (one,) = tally([*WORKED, (question(), [], 0.5)])
    assert (one.drawn, one.answered) == (21, 20)
    assert one.difficulty == 0.6
    # the means are 0.7333 and 0.4; over all twenty the mean is 0.6 and the variance (8×0.04 + 4×0.16) / 20 = 0.048;
    # r = (0.7333 − 0.4) / √0.048 × √(0.6 × 0.4) = 0.7454
    assert one.discrimination == pytest.approx(0.7454, abs=1e-4)
    assert one.discrimination == pytest.approx((11 / 15 - 0.4) / math.sqrt(0.048) * math.sqrt(0.24))
    assert (one.wrong, one.wrong_count) == ("错的", 8)
    assert one.look_at == []


def test_under_twenty_answers_nothing_is_said() -> None:
    (one,) = tally(WORKED[:19])
    assert (one.answered, one.difficulty, one.discrimination, one.look_at) == (19, None, None, [])


def test_versions_are_counted_apart() -> None:
    found = tally(
        [(question("10"), ["a"], None), (question("9"), ["a"], None), (question("10", 2), ["b"], None)]
    )
    assert [(one.key, one.version, one.answered) for one in found] == [
        ("9", 1, 1),
        ("10", 1, 1),
        ("10", 2, 1),
    ]


def test_what_deserves_a_look_is_named() -> None:
    (hard,) = tally([*[(question(), ["a"], 0.2)] * 5, *[(question(), ["b"], 0.8)] * 20])
    assert hard.look_at == ["hard", "dull"]
    (easy,) = tally([(question(), ["a"], 0.5)] * 20)
    assert (easy.discrimination, easy.look_at) == (None, ["easy"])


def test_the_rest_is_what_the_others_were_worth() -> None:
    drawn = [question("1"), question("2"), question("3")]
    rests = [rest for _q, _chosen, rest in with_rest(drawn, {"1": ["a"], "2": ["b"], "3": ["a"]})]
    assert rests == [0.5, 1.0, 0.5]
    assert [rest for _q, _c, rest in with_rest(drawn[:1], {})] == [None]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=20, max_size=80))
def test_the_figures_are_those_of_the_textbook(answers: list[tuple[bool, int]]) -> None:
    (one,) = tally([(question(), ["a" if right else "b"], rest / 10) for right, rest in answers])
    n, items, rests = len(answers), [int(r) for r, _x in answers], [x / 10 for _r, x in answers]
    mean_item, mean_rest = sum(items) / n, sum(rests) / n
    cov = sum((i - mean_item) * (r - mean_rest) for i, r in zip(items, rests, strict=True))
    spread = sum((i - mean_item) ** 2 for i in items) * sum((r - mean_rest) ** 2 for r in rests)
    assert one.difficulty == mean_item
    if one.discrimination is None:
        assert spread < 1e-6 * n * n
    else:
        assert one.discrimination == pytest.approx(cov / math.sqrt(spread), abs=1e-6)
        assert -1.000001 <= one.discrimination <= 1.000001
