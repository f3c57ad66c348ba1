"""Questions in a spreadsheet: a row each, under the columns 题型, 题干, 选项A, 选项B …, 答案, 解析."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook

from academy.core.cells import bare, neutral
from academy.core.exports import packed
from academy.exams.bank import rows
from academy.exams.bank.checking import MOST_OPTIONS, letter
from academy.exams.bank.rows import BankOption, BankQuestion, Problem, Row, truth
from ingest import tabular
from ingest.load import Unreadable
from kb.text import clean

KINDS = {
    "single": ("单选题", "单选", "单项选择题", "single"),
    "multiple": ("多选题", "多选", "多项选择题", "不定项选择题", "multiple"),
    "truefalse": ("判断题", "判断", "是非题", "truefalse", "true_false"),
    "order": ("排序题", "排序", "order"),
    "match": ("连线题", "连线", "匹配题", "配对题", "match"),
    "short": ("填空题", "填空", "简答题", "short"),
    "hotspot": ("看图点选题", "看图点选", "hotspot"),
    "faults": ("看图找错题", "看图找错", "找错题", "faults"),
}
DIFFICULTIES = {
    1: ("易", "容易", "简单", "easy", "1"),
    2: ("中", "一般", "medium", "2"),
    3: ("难", "困难", "hard", "3"),
}
HEADS = {
    rows.KIND: ("题型", "类型", "type", "kind"),
    rows.STEM: ("题干", "题目", "试题", "问题", "question", "stem"),
    rows.ANSWER: ("答案", "正确答案", "answer"),
    rows.EXPLANATION: ("解析", "答案解析", "explanation"),
    rows.TAGS: ("标签", "tags"),
    rows.DIFFICULTY: ("难度", "difficulty"),
    rows.BASIS: ("依据", "出处", "basis"),
    rows.PICTURE: ("图片", "picture"),
    rows.COLUMNS: ("列数", "columns"),
    rows.ROWS: ("行数", "rows"),
}
LETTERED = {
    rows.OPTION: ("选项", "option"),
    rows.PAIR: ("对应", "pair"),
    rows.CELLS: ("位置", "cells"),
    rows.FEEDBACK: ("反馈", "feedback"),
}
NEEDED = (rows.KIND, rows.STEM)
# cells with or without something in them; a sheet may claim any number
CELLS = 2_000_000


def read(name: str, data: bytes, most: int) -> Iterator[Row]:
    """Raises Unreadable for what is no such sheet."""
    lines = _written(name, data)
    columns = _columns(next(lines, (1, []))[1])
    if missing := [head for head in NEEDED if head not in columns.values()]:
        raise Unreadable(_("The first row has no column called %(heads)s.") % {"heads": "、".join(missing)})
    for count, (number, cells) in enumerate(lines):
        if count >= most:
            raise Unreadable(_("More than %(n)s questions. Split the file.") % {"n": f"{most:,}"})
        yield _row(
            number, {columns[at]: _bare(cell) for at, cell in enumerate(cells) if cell and at in columns}
        )


def _written(name: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    seen = 0
    for number, cells in tabular.grid(name, data):
        seen += len(cells)
        if seen > CELLS:
            raise Unreadable(_("The sheet is too large. Delete the empty rows and columns, or split it."))
        if any(cells):
            yield number, cells


def _columns(heads: Sequence[str]) -> dict[int, str]:
    """Which column is where; the first of two with one name counts."""
    found: dict[int, str] = {}
    for at, head in enumerate(heads):
        name = _name(re.sub(r"\s", "", clean(head)).lower())
        if name and name not in found.values():
            found[at] = name
    return found


def _name(head: str) -> str:
    for name, spellings in HEADS.items():
        if head in spellings:
            return name
    match = re.fullmatch(r"(\D+?)[ _-]?([a-z]|[1-9]|1\d|2[0-6])", head)
    for name, spellings in LETTERED.items():
        if match and match[1] in spellings:
            return f"{name}{match[2].upper() if match[2].isalpha() else letter(int(match[2]) - 1)}"
    return ""


def _row(number: int, cells: Mapping[str, str]) -> Row:
    """A gap between the choices closes: the answer goes by the letters in the head."""
    kind = next((kind for kind, names in KINDS.items() if cells.get(rows.KIND, "").lower() in names), "")
    problems: list[Problem] = []
    if not kind:
        known = "、".join(names[0] for names in KINDS.values())
        problems.append(Problem(rows.KIND, _("Unknown kind. There are: %(kinds)s.") % {"kinds": known}))
    letters = [letter(n) for n in range(MOST_OPTIONS) if cells.get(f"{rows.OPTION}{letter(n)}")]
    options, wrong = _options(kind, letters, cells)
    difficulty = cells.get(rows.DIFFICULTY, "")
    grade = next((grade for grade, names in DIFFICULTIES.items() if difficulty.lower() in names), 0)
    if difficulty and not grade:
        wrong.append(Problem(rows.DIFFICULTY, _("Write 易, 中 or 难.")))
    columns, wrong_columns = _number(cells, rows.COLUMNS, rows.GRID[0])
    lines, wrong_rows = _number(cells, rows.ROWS, rows.GRID[1])
    question = BankQuestion(
        kind=kind,
        stem=cells.get(rows.STEM, ""),
        options=tuple(options),
        explanation=cells.get(rows.EXPLANATION, ""),
        basis=cells.get(rows.BASIS, ""),
        difficulty=grade,
        tags=tags_of(cells.get(rows.TAGS, "")),
        picture=cells.get(rows.PICTURE, ""),
        columns=columns,
        rows=lines,
    )
    return Row(number, question, (*problems, *wrong, *wrong_columns, *wrong_rows))


def _options(
    kind: str, letters: Sequence[str], cells: Mapping[str, str]
) -> tuple[list[BankOption], list[Problem]]:
    answer = cells.get(rows.ANSWER, "")
    if kind == "truefalse" and not letters:
        said = rows.says_true(answer)
        feedback = cells.get(f"{rows.FEEDBACK}A", ""), cells.get(f"{rows.FEEDBACK}B", "")
        words = _("Write 正确 or 错误.")
        return list(rows.true_or_false(bool(said), feedback)), [Problem(rows.ANSWER, words)] * (said is None)
    options = {one: _option(one, cells) for one in letters}
    if kind == "short":
        more = [BankOption(word) for word in _words(answer) if word not in {o.text for o in options.values()}]
        return [*options.values(), *more], []
    if kind in ("match", *rows.PICTURED):
        return list(options.values()), []
    named = re.findall(r"[a-z]", answer.lower()) if re.fullmatch(r"[A-Za-z\s,，、;；.。]*", answer) else None
    chosen = [one.upper() for one in named or ()]
    if named is None or not set(chosen) <= set(letters) or len(set(chosen)) < len(chosen):
        words = _("Write the letters of choices that there are, each once, like %(example)s.")
        return list(options.values()), [
            Problem(rows.ANSWER, words % {"example": "C" if kind == "single" else "ABD"})
        ]
    if kind == "order":
        return _in_order(options, chosen)
    return [_marked(option, one in chosen) for one, option in options.items()], []


def _in_order(
    options: Mapping[str, BankOption], chosen: Sequence[str]
) -> tuple[list[BankOption], list[Problem]]:
    """Without an answer the choices stand in the right order already."""
    if chosen and len(chosen) < len(options):
        return list(options.values()), [
            Problem(rows.ANSWER, _("Write the letters of all steps, in their order."))
        ]
    return [options[one] for one in chosen or options], []


def _option(one: str, cells: Mapping[str, str]) -> BankOption:
    pair, where, feedback = (cells.get(f"{name}{one}", "") for name in (rows.PAIR, rows.CELLS, rows.FEEDBACK))
    return BankOption(cells[f"{rows.OPTION}{one}"], False, pair, where, feedback)


def _marked(option: BankOption, correct: bool) -> BankOption:
    return BankOption(option.text, correct, option.pair, option.cells, option.feedback)


def _number(cells: Mapping[str, str], name: str, default: int) -> tuple[int, list[Problem]]:
    said = cells.get(name, "")
    if not said:
        return default, []
    if re.fullmatch(r"\d{1,2}(\.0)?", said, re.ASCII) and 2 <= float(said) <= 12:
        return int(float(said)), []
    return default, [Problem(name, _("Write a number from 2 to 12."))]


def tags_of(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_words(words)))


def _words(cell: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,，、;；|\n]", cell) if word.strip()]


def _bare(cell: str) -> str:
    return bare(clean(cell).strip()).strip()


# Writing


def write_csv(questions: Iterable[BankQuestion]) -> Iterator[bytes]:
    """Excel takes a CSV for UTF-8 only when it begins with this mark."""
    yield b"\xef\xbb\xbf"
    for cells in _table(questions):
        line = io.StringIO()
        csv.writer(line).writerow(cells)
        yield line.getvalue().encode()


def write_xlsx(questions: Iterable[BankQuestion]) -> Iterator[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("题库")
    for cells in _table(questions):
        sheet.append(cells)
    yield from packed(book)


def _table(questions: Iterable[BankQuestion]) -> Iterator[list[str]]:
    """With as many columns of choices as the longest needs; what no question uses has no column."""
    questions = list(questions)
    cells = [_cells(question) for question in questions]
    used = {name for row in cells for name, cell in row.items() if cell}
    lettered = [f"{name}{letter(n)}" for n in range(MOST_OPTIONS) for name in LETTERED]
    plain = [rows.ANSWER, rows.EXPLANATION, rows.TAGS, rows.DIFFICULTY, rows.BASIS]
    grid = [rows.PICTURE, rows.COLUMNS, rows.ROWS]
    heads = [
        rows.KIND,
        rows.STEM,
        *(h for h in lettered if h in used),
        *plain,
        *(h for h in grid if h in used),
    ]
    yield heads
    for row in cells:
        yield [str(neutral(row.get(head, ""))) for head in heads]


def _cells(question: BankQuestion) -> dict[str, str]:
    is_true = truth(question)
    cells = {
        rows.KIND: KINDS[question.kind][0],
        rows.STEM: question.stem,
        rows.ANSWER: _answer(question),
        rows.EXPLANATION: question.explanation,
        rows.TAGS: "、".join(question.tags),
        rows.DIFFICULTY: DIFFICULTIES[question.difficulty][0] if question.difficulty else "",
        rows.BASIS: question.basis,
        rows.PICTURE: question.picture,
    }
    if question.kind in rows.PICTURED:
        cells |= {rows.COLUMNS: str(question.columns), rows.ROWS: str(question.rows)}
    for index, option in enumerate(question.options):
        said = {rows.PAIR: option.pair, rows.CELLS: option.cells, rows.FEEDBACK: option.feedback}
        said |= {rows.OPTION: option.text} if is_true is None else {}
        cells |= {f"{name}{letter(index)}": cell for name, cell in said.items()}
    return cells


def _answer(question: BankQuestion) -> str:
    if (is_true := truth(question)) is not None:
        return rows.TRUE if is_true else rows.FALSE
    is_order = question.kind == "order"
    return "".join(letter(n) for n, option in enumerate(question.options) if option.correct or is_order)
