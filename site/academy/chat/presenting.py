"""An answer as it was written down becomes what a reader sees now: what is withdrawn, or not for him, is not repeated."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import quote

from academy.chat.models import Message
from academy.library.audiences import Reader
from academy.library.models import FAQ, Passage, RegulationPage, Source
from academy.library.sources import addresses, at
from kb.text import squeeze

FRAGMENT_LENGTH = 24


def present(message: Message, reader: Reader) -> dict[str, Any]:
    data = message.answer
    keys = {each["source"] for each in (*data["citations"], *data["near"])}
    sources = {source.key: source for source in reader.readable(keys)}
    closed = reader.closed(keys - sources.keys())
    urls, official, said = addresses(sources.values()), _official(sources.values()), _said(data)
    texts = _texts({each["source"] for each in data["citations"]} & sources.keys())

    def card(citation: dict[str, Any], words: list[str]) -> dict[str, Any]:
        still_said = all(squeeze(each) in texts[citation["source"]] for each in words)
        source = sources.get(citation["source"]) if still_said else None
        return {
            **citation,
            "withdrawn": source is None,
            "closed": citation["source"] in closed,
            "state": _state(citation, source, official),
            "url": _link(urls[source.key], citation["anchor"], words) if source else "",
            "mark": words,
        }

    citations = [card(citation, said.get(citation["n"], [])) for citation in data["citations"]]
    shown = {each["n"] for each in citations if not each["withdrawn"]}
    return {
        **data,
        "statements": [each for each in data["statements"] if shown.intersection(each["citations"])],
        "citations": citations,
        "faq": FAQ.objects.published().select_related("changed_by").filter(pk=data.get("faq")).first(),
        "is_closed": any(each["closed"] for each in citations),
        "near": [card(each, []) for each in data["near"]],
    }


def _texts(keys: Collection[str]) -> defaultdict[str, str]:
    """What each source says now; an answer is not a place where words outlive their correction."""
    texts: defaultdict[str, str] = defaultdict(str)
    for key, text in Passage.objects.filter(source_key__in=keys).values_list("source_key", "text"):
        texts[key] += squeeze(text)
    return texts


def _official(sources: Iterable[Source]) -> set[str]:
    """The keys of those that are regulations."""
    pages = {source.object_id: source.key for source in sources if source.kind == Source.Kind.PAGE}
    return {pages[pk] for pk in RegulationPage.objects.filter(pk__in=pages).values_list("pk", flat=True)}


def _said(data: dict[str, Any]) -> dict[int, list[str]]:
    """What the answer took from each citation."""
    said: dict[int, list[str]] = {}
    for statement in data["statements"]:
        for n in statement["citations"]:
            said.setdefault(n, []).append(statement["text"])
    return said


def _state(citation: dict[str, Any], source: Source | None, official: set[str]) -> str:
    """What we teach ourselves is teaching; an official text is what its status says."""
    is_ours = source is not None and citation["status"] == "current"
    return "teaching" if is_ours and citation["source"] not in official else str(citation["status"])


def _link(url: str, anchor: str, said: list[str]) -> str:
    """To the anchor, and to the very words in browsers that know text fragments."""
    base = at(url, anchor)
    if not said or not base:
        return base
    words = said[0].strip()[:FRAGMENT_LENGTH]
    return f"{base}{'' if '#' in base else '#'}:~:text={quote(words, safe='')}"
