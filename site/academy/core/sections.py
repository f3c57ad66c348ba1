"""A body becomes sections that can be found and cited: one for each heading, anchored at its first block."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from bs4 import BeautifulSoup

from kb.types import Section


def to_sections(body: Any, path: tuple[str, ...] = ()) -> tuple[Section, ...]:
    """`body` is a StreamValue of `BodyBlock`; blocks before the first heading stand directly under `path`."""
    return tuple(_sections(body, path))


def block_anchor(block: Any) -> str:
    return f"b-{str(block.id)[:8]}"


def _sections(body: Any, path: tuple[str, ...]) -> Iterator[Section]:
    heading = ""
    for is_heading, blocks in groupby(body, key=lambda block: block.block_type == "heading"):
        if is_heading:
            heading = str(list(blocks)[-1].value)
            continue
        yield from _under(heading, list(blocks), path)


def _under(heading: str, blocks: list[Any], path: tuple[str, ...]) -> Iterator[Section]:
    """Prose under one heading belongs together; each self-check question is a piece of its own."""
    where = (*path, heading) if heading else path
    checks = [block for block in blocks if block.block_type == "selfcheck"]
    prose = [block for block in blocks if block.block_type in _WRITERS]
    text = "\n".join(filter(None, (block_text(block.block_type, block.value) for block in prose)))
    if text:
        yield Section(path=where, text=text, anchor=block_anchor(prose[0]))
    for block in checks:
        for item in block.value:
            yield Section((*path, item["question"]), f"{item['answer']}{item['why']}", block_anchor(block))


def block_text(kind: str, value: Any) -> str:
    return _WRITERS[kind](value).strip()


def rich_text(value: Any) -> str:
    soup = BeautifulSoup(str(getattr(value, "source", value) or ""), "lxml")
    return "\n".join(line for line in (p.get_text() for p in soup.find_all(["p", "li"])) if line)


def _figures(value: Any) -> str:
    return "\n".join(
        f"{item['label']}：{item['before']}{item['value']}{item['unit']}。" for item in value["items"]
    )


def _steps(value: Any) -> str:
    return "\n".join(f"{step['lead']}{step['detail']}" for step in value)


def _callout(value: Any) -> str:
    """Each line says what it is a line of: alone, 「用手试熟没熟」 would read as advice."""
    said = [rich_text(value["text"]), *(f"{line}。" for line in value["items"])]
    return "\n".join(f"{value['title']}：{words}" for words in said if words)


def _law(value: Any) -> str:
    return f"{value['text']}\n{value['source']}"


def _table(value: Any) -> str:
    heads = [column["heading"] for column in value["table"].columns]
    rows = [
        "，".join(f"{head}：{cell.value}" for head, cell in zip(heads, row, strict=False) if cell.value)
        for row in value["table"].rows
    ]
    return "\n".join([value["caption"] or "", *(f"{row}。" for row in rows)])


# What has no entry says nothing of its own: a basis speaks of the text, a scale is a drawing,
# and the links of a chain tell what somebody did, not what to do.
_WRITERS: dict[str, Callable[[Any], str]] = {
    "text": rich_text,
    "figures": _figures,
    "steps": _steps,
    "callout": _callout,
    "law": _law,
    "table": _table,
    "image": lambda value: value["caption"] or "",
    "video": lambda value: f"{value['title']}\n{rich_text(value['transcript'])}",
    "checks": lambda value: "\n".join(f"{check}。" for check in value),
}
