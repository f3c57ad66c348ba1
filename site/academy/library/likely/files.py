"""Likely questions from files that editors fill in, and back: JSON Lines, XLSX and CSV."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePath
from typing import Any

from academy.library.models import LikelyQuestion
from ingest import tabular
from ingest.likely import Likely, bare_title
from ingest.load import Unreadable
from ingest.load.encodings import decode
from kb.text import clean

# one file; what is larger is no list of questions
FILE_BYTES = 2_000_000
QUESTIONS = 5_000

HEADS = {
    "title": ("标题", "题名", "名称", "文件", "法规", "资料", "手册", "title"),
    "place": ("条款", "条", "条文", "章节", "小标题", "位置", "article", "place", "heading"),
    "section": ("原文", "段落", "section"),
    "question": ("问题", "问法", "提问", "问题（一行一个）", "question", "questions"),
}
NAMES = {"title": "标题", "place": "条款", "section": "原文", "question": "问题"}


@dataclass
class Parsed:
    """The questions of a file with bare titles, each once, and what is wrong, each with its line."""

    keys: list[Likely] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def parse(name: str, data: bytes) -> Parsed:
    """Raises Unreadable for a file that is none of questions at all."""
    if len(data) > FILE_BYTES:
        raise Unreadable("文件超过 2 MB，请拆成几份再导入。")
    is_lines = PurePath(name).suffix.lower() in (".jsonl", ".json")
    found: dict[Likely, None] = {}
    errors: list[str] = []
    for number, row in json_lines(decode(data)) if is_lines else tabular.rows(name, data, HEADS, QUESTIONS):
        keys = list(_keys(row)) if isinstance(row, Mapping) else []
        wrong = [problem for key in keys if (problem := _problem(key))]
        if not keys:
            wrong = ["没有问题。" if isinstance(row, Mapping) else "不是 JSON 对象。"]
        errors += [f"第 {number} 行：{problem}" for problem in wrong]
        found |= dict.fromkeys(keys)
    if not found and not errors:
        raise Unreadable("文件里没有问题。")
    if len(found) > QUESTIONS or len(write(found).encode("utf8")) > FILE_BYTES:
        raise Unreadable(f"问题太多。一次最多 {QUESTIONS:,} 个，请拆成几份再导入。")
    return Parsed(list(found), errors)


def write(keys: Iterable[Likely]) -> str:
    """As JSON Lines, a line for each place whose questions follow each other."""
    lines = []
    for (title, place, section), group in groupby(keys, key=lambda one: (one.title, one.place, one.section)):
        line = {"title": title, "article": place, **({"section": section} if section else {})}
        lines.append(json.dumps({**line, "questions": [one.question for one in group]}, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)


def json_lines(text: str) -> Iterator[tuple[int, Any]]:
    """What each line that is not empty says, with its number; None where it is no JSON."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _keys(row: Mapping[str, Any]) -> Iterator[Likely]:
    """A cell may hold several questions, a line each."""
    named = {name: row[spelt] for name, spellings in HEADS.items() for spelt in spellings if row.get(spelt)}
    named |= {name: row[name] for name in HEADS if row.get(name)}
    asked = named.get("question", "")
    title, place, section = (_word(named.get(name)) for name in ("title", "place", "section"))
    for question in asked.split("\n") if isinstance(asked, str) else asked if isinstance(asked, list) else ():
        if word := _word(question):
            yield Likely(bare_title(title), place, word, section)


def _word(value: Any) -> str:
    return clean(value).strip() if isinstance(value, str) else ""


def _problem(key: Likely) -> str:
    if not key.title:
        return "没有标题。"
    for name, label in NAMES.items():
        most = getattr(LikelyQuestion._meta.get_field(name), "max_length", None)
        if most and len(getattr(key, name)) > most:
            return f"{label}超过 {most} 个字。"
    return ""
