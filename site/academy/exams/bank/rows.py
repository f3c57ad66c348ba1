"""A question as a file says it, and what is wrong with it, by the names of the sheet's columns."""

from dataclasses import dataclass, replace
from typing import Any

TRUE = "正确"
FALSE = "错误"
TRUE_WORDS = frozenset({TRUE, "对", "是", "√", "✓", "✔", "true", "t", "yes", "y", "right", "1"})
FALSE_WORDS = frozenset({FALSE, "错", "否", "×", "✗", "✘", "x", "false", "f", "no", "n", "wrong", "0"})

KIND, STEM, ANSWER, OPTION, PAIR, CELLS, FEEDBACK = "题型", "题干", "答案", "选项", "对应", "位置", "反馈"
EXPLANATION, TAGS, DIFFICULTY, BASIS = "解析", "标签", "难度", "依据"
PICTURE, COLUMNS, ROWS = "图片", "列数", "行数"

# which kinds use what; the text of an option is used by all
MARKED = frozenset({"single", "multiple", "truefalse"})
PICTURED = frozenset({"hotspot", "faults"})
GRID = (6, 4)


@dataclass(frozen=True, slots=True)
class BankOption:
    text: str
    correct: bool = False
    pair: str = ""
    cells: str = ""
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """`picture` is the number of a picture, in a file also its title; `difficulty` 0 is none said."""

    kind: str
    stem: str
    options: tuple[BankOption, ...]
    explanation: str = ""
    basis: str = ""
    difficulty: int = 0
    tags: tuple[str, ...] = ()
    picture: str = ""
    columns: int = GRID[0]
    rows: int = GRID[1]


@dataclass(frozen=True, slots=True)
class Problem:
    column: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one place of a file: `number` is the line where that place begins, in XML which question
    it is; no two of a file have the same."""

    number: int
    question: BankQuestion | None
    problems: tuple[Problem, ...] = ()


def trimmed(question: BankQuestion) -> BankQuestion:
    """Only what its kind uses, without the space around it."""
    kind = question.kind
    columns, rows = (question.columns, question.rows) if kind in PICTURED else GRID
    options = tuple(
        BankOption(
            text=option.text.strip(),
            correct=option.correct and kind in MARKED,
            pair=option.pair.strip() if kind == "match" else "",
            cells=" ".join(cells_of(option.cells)) if kind in PICTURED else "",
            feedback=option.feedback.strip(),
        )
        for option in question.options
    )
    return replace(
        question,
        stem=question.stem.strip(),
        options=options,
        explanation=question.explanation.strip(),
        basis=question.basis.strip(),
        columns=columns,
        rows=rows,
    )


def true_or_false(is_true: bool, feedback: tuple[str, str] = ("", "")) -> tuple[BankOption, ...]:
    return (
        BankOption(TRUE, is_true, feedback=feedback[0]),
        BankOption(FALSE, not is_true, feedback=feedback[1]),
    )


def truth(question: BankQuestion) -> bool | None:
    """Whether what it says is right; None where its two choices are other words than right and wrong."""
    if question.kind != "truefalse" or len(question.options) != 2:
        return None
    first, second = question.options
    in_words = first.text.lower() in TRUE_WORDS and second.text.lower() in FALSE_WORDS
    return first.correct if in_words else None


def says_true(word: str) -> bool | None:
    word = word.strip().lower()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def cells_of(words: str) -> list[str]:
    """`b2，C2` names B2 and C2."""
    for mark in ",，、;；":
        words = words.replace(mark, " ")
    return words.upper().split()


def as_json(row: Row) -> dict[str, Any]:
    """What `from_json` makes the same row of; lists stand for tuples."""
    asked = row.question
    return {
        "number": row.number,
        "problems": [[problem.column, problem.words] for problem in row.problems],
        "question": asked
        and {
            **{name: getattr(asked, name) for name in BankQuestion.__slots__},
            "tags": list(asked.tags),
            "options": [[getattr(o, name) for name in BankOption.__slots__] for o in asked.options],
        },
    }


def from_json(said: dict[str, Any]) -> Row:
    asked = said["question"]
    question = asked and BankQuestion(
        **{
            **asked,
            "tags": tuple(asked["tags"]),
            "options": tuple(BankOption(*option) for option in asked["options"]),
        }
    )
    problems = tuple(Problem(column, words) for column, words in said["problems"])
    return Row(said["number"], question, problems)
