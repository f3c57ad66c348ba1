"""Questions as JSON Lines: `type`, `question`, `options`, `answer` (places from 0, or true and false)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from academy.exams.bank import rows
from academy.exams.bank.checking import letter
from academy.exams.bank.rows import BankOption, BankQuestion, Problem, Row, truth
from academy.exams.bank.sheets import DIFFICULTIES, KINDS
from academy.exams.bank.texts import decoded
from ingest.load import Unreadable
from kb.text import clean

LISTS = ("options", "pairs", "cells", "feedback")
COLUMNS_OF = {
    "question": rows.STEM,
    "explanation": rows.EXPLANATION,
    "basis": rows.BASIS,
    "picture": rows.PICTURE,
    "options": rows.OPTION,
    "pairs": rows.PAIR,
    "cells": rows.CELLS,
    "feedback": rows.FEEDBACK,
    "tags": rows.TAGS,
}


def read(name: str, data: bytes, most: int) -> Iterator[Row]:
    lines = [(n, line) for n, line in enumerate(decoded(data).split("\n"), 1) if line.strip()]
    if len(lines) > most:
        raise Unreadable(_("More than %(n)s questions. Split the file.") % {"n": f"{most:,}"})
    for number, line in lines:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, Mapping):
            yield _row(number, said)
        else:
            yield Row(number, None, (Problem("", _("This line is no JSON object.")),))


def _row(number: int, said: Mapping[str, Any]) -> Row:
    problems: list[Problem] = []
    words = {name: _text(said, name, problems) for name in ("question", "explanation", "basis", "picture")}
    lists = {name: _texts(said, name, problems) for name in (*LISTS, "tags")}
    kind = _kind(said.get("type"), problems)
    options = _options(kind, said.get("answer"), lists, problems)
    question = BankQuestion(
        kind=kind,
        stem=words["question"],
        options=tuple(options),
        explanation=words["explanation"],
        basis=words["basis"],
        difficulty=_difficulty(said.get("difficulty"), problems),
        tags=tuple(dict.fromkeys(tag for tag in lists["tags"] if tag)),
        picture=words["picture"],
        columns=_grid(said.get("columns"), rows.COLUMNS, rows.GRID[0], problems),
        rows=_grid(said.get("rows"), rows.ROWS, rows.GRID[1], problems),
    )
    return Row(number, question, tuple(problems))


def _options(
    kind: str, answer: Any, lists: Mapping[str, list[str]], problems: list[Problem]
) -> list[BankOption]:
    texts, (pairs, cells, feedback) = lists["options"], (lists[name] for name in LISTS[1:])
    if kind == "truefalse" and not texts:
        is_true = answer if isinstance(answer, bool) else rows.says_true(str(answer))
        if is_true is None:
            problems.append(Problem(rows.ANSWER, _("Write true or false.")))
        return list(rows.true_or_false(bool(is_true), (_at(feedback, 0), _at(feedback, 1))))
    right = _right(kind, answer, len(texts), problems)
    marked = frozenset(right)
    options = [
        BankOption(text, n in marked, _at(pairs, n), _at(cells, n), _at(feedback, n))
        for n, text in enumerate(texts)
    ]
    return [options[n] for n in right] if kind == "order" and right else options


def _right(kind: str, answer: Any, count: int, problems: list[Problem]) -> list[int]:
    """The places of what is right. An order names all, or none where it stands in its order already."""
    if kind in ("match", "short", *rows.PICTURED, "") or (kind == "order" and answer is None):
        return []
    if isinstance(answer, int) and not isinstance(answer, bool):
        answer = [answer]
    places = range(count)
    fits = isinstance(answer, list) and all(type(n) is int and n in places for n in answer)
    if not fits or len(set(answer)) < len(answer) or (kind == "order" and len(answer) not in (0, count)):
        words = _("Write the places of what is right, counted from 0, each once, like [0, 2].")
        problems.append(Problem(rows.ANSWER, words))
        return []
    return list(answer)


def _kind(said: Any, problems: list[Problem]) -> str:
    word = said.strip().lower() if isinstance(said, str) else ""
    kind = next((kind for kind, names in KINDS.items() if word in names), "")
    if not kind:
        words = _("Unknown kind. There are: %(kinds)s.") % {"kinds": "、".join(KINDS)}
        problems.append(Problem(rows.KIND, words))
    return kind


def _text(said: Mapping[str, Any], name: str, problems: list[Problem]) -> str:
    value = said.get(name)
    if value is None or isinstance(value, str) or (name == "picture" and type(value) is int):
        return clean(str(value or "")).strip()
    problems.append(Problem(COLUMNS_OF[name], _("This is no text.")))
    return ""


def _texts(said: Mapping[str, Any], name: str, problems: list[Problem]) -> list[str]:
    value = said.get(name)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [clean(one).strip() for one in value]
    at = (
        next((n for n, one in enumerate(value) if not isinstance(one, str)), 0)
        if isinstance(value, list)
        else None
    )
    column = COLUMNS_OF[name] + (letter(at) if at is not None and at < 26 and name in LISTS else "")
    problems.append(Problem(column, _("This is no list of texts.")))
    return []


def _difficulty(said: Any, problems: list[Problem]) -> int:
    if said is None:
        return 0
    grade = next((grade for grade, names in DIFFICULTIES.items() if str(said).lower() in names), 0)
    if not grade:
        problems.append(Problem(rows.DIFFICULTY, _("Write 1, 2 or 3.")))
    return grade


def _grid(said: Any, column: str, default: int, problems: list[Problem]) -> int:
    if said is None or (type(said) is int and 2 <= said <= 12):
        return default if said is None else int(said)
    problems.append(Problem(column, _("Write a number from 2 to 12.")))
    return default


def _at(texts: list[str], n: int) -> str:
    return texts[n] if n < len(texts) else ""


# Writing


def write(questions: Iterable[BankQuestion]) -> Iterator[bytes]:
    for question in questions:
        yield (json.dumps(_said(question), ensure_ascii=False) + "\n").encode()


def _said(question: BankQuestion) -> dict[str, Any]:
    is_true = truth(question)
    options = question.options
    said: dict[str, Any] = {
        "type": "true_false" if question.kind == "truefalse" else question.kind,
        "question": question.stem,
        "options": [option.text for option in options] if is_true is None else [],
        "answer": is_true,
    }
    if is_true is None and question.kind in (*rows.MARKED, "order"):
        right = [n for n, option in enumerate(options) if option.correct or question.kind == "order"]
        said["answer"] = right
    more = {
        "pairs": [option.pair for option in options],
        "cells": [option.cells for option in options],
        "feedback": [option.feedback for option in options],
    }
    said |= {name: texts for name, texts in more.items() if any(texts)}
    if question.kind in rows.PICTURED:
        said |= {"columns": question.columns, "rows": question.rows}
    optional = {
        "explanation": question.explanation,
        "basis": question.basis,
        "difficulty": question.difficulty,
        "tags": list(question.tags),
        "picture": question.picture,
    }
    return said | {name: value for name, value in optional.items() if value}
