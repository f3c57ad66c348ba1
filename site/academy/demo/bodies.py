"""YAML blocks, written by hand, become the raw value of a StreamField of `BodyBlock`."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "list"])
_NAMESPACE = uuid.UUID("6b1f3c1e-0000-4000-8000-5a1a0c0dd000")


def body(blocks: list[dict[str, Any]], name: str) -> str:
    """JSON for a StreamField; ids depend on `name` and position alone, so that addresses stay."""
    return json.dumps(
        [
            {"type": kind, "value": _value(kind, value), "id": str(uuid.uuid5(_NAMESPACE, f"{name}/{n}"))}
            for n, (kind, value) in enumerate(pair for block in blocks for pair in block.items())
        ],
        ensure_ascii=False,
    )


def markdown(text: str) -> str:
    html: str = _MARKDOWN.render(text or "")
    return html.replace("<strong>", "<b>").replace("</strong>", "</b>")


def _value(kind: str, value: Any) -> Any:
    return _MAKERS.get(kind, lambda raw: raw)(value)


def _callout(value: dict[str, Any]) -> dict[str, Any]:
    return {**value, "text": markdown(value.get("text", "")), "items": value.get("items") or []}


def _table(value: dict[str, Any]) -> dict[str, Any]:
    table = {
        "columns": [{"type": "text", "heading": heading} for heading in value["columns"]],
        "rows": [{"values": [str(cell) for cell in row]} for row in value["rows"]],
        "caption": "",
    }
    return {"caption": value.get("caption", ""), "table": table}


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "text": markdown,
    "callout": _callout,
    "table": _table,
    "basis": lambda value: {"note": "", **value},
    "scale": lambda value: value or {"caption": ""},
}
