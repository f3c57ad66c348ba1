from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from academy.exams.bank.files import FORMATS, parse
from academy.exams.bank.rows import BankOption, BankQuestion, trimmed, true_or_false
from kb.text import clean

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
