"""An answer as it was written down becomes what a reader sees now: withdrawn sources lose their link."""

from typing import Any
from urllib.parse import quote

from academy.chat.models import Message
from academy.library.models import Source
from academy.library.sources import address

FRAGMENT_LENGTH = 24


def present(message: Message) -> dict[str, Any]:
    data = message.answer
    keys = {each["source"] for each in (*data["citations"], *data["near"])}
    sources = {source.key: source for source in Source.objects.filter(key__in=keys)}
    said = _said(data)
    return {
        **data,
        "citations": [_card(c, sources.get(c["source"]), said.get(c["n"], [])) for c in data["citations"]],
        "near": [_card(c, sources.get(c["source"]), []) for c in data["near"]],
    }


def _said(data: dict[str, Any]) -> dict[int, list[str]]:
    """What the answer took from each citation."""
    said: dict[int, list[str]] = {}
    for statement in data["statements"]:
        for n in statement["citations"]:
            said.setdefault(n, []).append(statement["text"])
    return said


def _card(citation: dict[str, Any], source: Source | None, said: list[str]) -> dict[str, Any]:
    is_live = source is not None and source.live
    return {
        **citation,
        "withdrawn": not is_live,
        "state": _state(citation, source),
        "url": _link(source, citation["anchor"], said) if source and is_live else "",
        "mark": said,
    }


def _state(citation: dict[str, Any], source: Source | None) -> str:
    """What we teach ourselves is teaching; an official text is what its status says."""
    is_ours = source is not None and (source.kind == Source.Kind.FAQ or citation["status"] == "current")
    is_official = source is not None and "regulations" in address(source)
    return "teaching" if is_ours and not is_official else str(citation["status"])


def _link(source: Source, anchor: str, said: list[str]) -> str:
    """To the anchor, and to the very words in browsers that know text fragments."""
    base = address(source, anchor)
    if not said or not base:
        return base
    words = said[0].strip()[:FRAGMENT_LENGTH]
    return f"{base}{'' if '#' in base else '#'}:~:text={quote(words, safe='')}"
