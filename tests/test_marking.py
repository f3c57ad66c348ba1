from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from academy.exams.marking import DrawnQuestion, is_right, mark, plain
from academy.exams.models.question import check_choices

KEYS = ["a", "b", "c", "d"]


def question(right: set[str], key: str = "1") -> DrawnQuestion:
    return {
        "key": key,
        "kind": "multiple",
        "stem": "",
        "explanation": "",
        "basis": "",
        "options": [{"key": k, "text": k, "correct": k in right} for k in KEYS],
    }


some_keys = st.sets(st.sampled_from(KEYS))
right_keys = st.sets(st.sampled_from(KEYS), min_size=1)


@given(right=right_keys, chosen=some_keys)
def test_a_question_is_right_with_all_and_only_the_right_options(right: set[str], chosen: set[str]) -> None:
    assert is_right(question(right), sorted(chosen)) == (right == chosen)


@given(right=right_keys, chosen=st.lists(st.sampled_from(KEYS)))
def test_neither_order_nor_repetition_of_what_is_chosen_matters(right: set[str], chosen: list[str]) -> None:
    assert is_right(question(right), chosen) == is_right(question(right), sorted(set(chosen)))


@st.composite
def sheets(draw: Any) -> tuple[list[DrawnQuestion], dict[str, list[str]]]:
    rights = draw(st.lists(right_keys, max_size=12))
    drawn = [question(right, str(n)) for n, right in enumerate(rights)]
    answered = draw(st.dictionaries(st.sampled_from([q["key"] for q in drawn] or ["x"]), some_keys))
    return drawn, {key: sorted(chosen) for key, chosen in answered.items()}


@given(sheets())
def test_a_score_is_between_0_and_100_and_an_empty_sheet_scores_nothing(sheet: Any) -> None:
    drawn, answers = sheet
    assert 0 <= mark(drawn, answers).score <= 100
    assert mark(drawn, {}).score == 0


@given(sheets())
def test_every_question_right_is_100(sheet: Any) -> None:
    drawn, _answers = sheet
    perfect = {q["key"]: [o["key"] for o in q["options"] if o["correct"]] for q in drawn}
    assert mark(drawn, perfect).score == (100 if drawn else 0)


@given(sheets())
def test_correcting_one_answer_never_lowers_the_score(sheet: Any) -> None:
    drawn, answers = sheet
    for one in drawn:
        better = answers | {one["key"]: [o["key"] for o in one["options"] if o["correct"]]}
        assert mark(drawn, better).score >= mark(drawn, answers).score


@given(sheets(), st.integers(1, 100))
def test_a_score_shows_the_pass_mark_only_when_it_is_reached(sheet: Any, pass_mark: int) -> None:
    result = mark(*sheet)
    reached = bool(result.right) and 100 * sum(result.right) >= pass_mark * len(result.right)
    assert (result.score >= pass_mark) == reached


def test_answers_to_questions_that_were_not_drawn_count_for_nothing() -> None:
    assert mark([question({"a"})], {"1": ["b"], "9": ["a"]}).score == 0


def written(kind: str, correct: list[bool]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    choices = [{"text": f"选项{n}", "correct": right} for n, right in enumerate(correct)]
    return {"kind": kind, "stem": "怎么做？"}, choices


@pytest.mark.parametrize(
    ("kind", "correct"),
    [
        ("single", [True, True, False]),
        ("single", [False, False]),
        ("single", [True]),
        ("truefalse", [True, False, False]),
        ("truefalse", [True, True]),
        ("multiple", [False, False, False]),
        ("multiple", [True]),
    ],
)
def test_a_question_whose_choices_do_not_fit_its_kind_is_refused(kind: str, correct: list[bool]) -> None:
    with pytest.raises(ValidationError):
        check_choices(*written(kind, correct))


@pytest.mark.parametrize(
    ("kind", "correct"),
    [
        ("single", [False, True]),
        ("truefalse", [True, False]),
        ("multiple", [True, True]),
        ("multiple", [True, False]),
    ],
)
def test_a_question_whose_choices_fit_its_kind_is_accepted(kind: str, correct: list[bool]) -> None:
    check_choices(*written(kind, correct))


def test_a_decimal_point_is_part_of_a_short_answer() -> None:
    assert plain(" 7．5 ℃。") == plain("7.5℃")
    assert plain("7.5") != plain("75")
