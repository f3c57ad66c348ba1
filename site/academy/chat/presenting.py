"""An answer as it was written down becomes what a reader sees now: what is withdrawn, or not for him, is not repeated."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import strip_tags

from academy.chat.emergency import is_emergency
from academy.chat.models import Message
from academy.library.audiences import Reader
from academy.library.models import FAQ, Passage, RegulationPage, Source
from academy.library.sources import addresses, at, files
from kb.text import squeeze

FRAGMENT_LENGTH = 24


def present(message: Message, reader: Reader, known: Mapping[str, Source] | None = None) -> dict[str, Any]:
    """`known` are the sources that this reader has just been found to be allowed."""
    data = message.answer
    keys = {each["source"] for each in (*data["citations"], *data["near"], *data["related"])}
    if known is None:
        known = {source.key: source for source in reader.readable(keys)}
    sources = {key: known[key] for key in keys & known.keys()}
    closed = reader.closed(gone) if (gone := keys - sources.keys()) else set()
    urls, official, said = addresses(sources.values()), _official(sources.values()), _said(data)
    paged = {each["source"] for each in data["citations"] if each.get("page")}
    originals = files([sources[key] for key in paged & sources.keys()])
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
            "file": _page_of(originals.get(citation["source"], ""), citation.get("page")) if source else "",
            "mark": words,
        }

    citations = [card(citation, said.get(citation["n"], [])) for citation in data["citations"]]
    shown = {each["n"] for each in citations if not each["withdrawn"]}
    return {
        **data,
        "statements": _shown(data["statements"], shown),
        "copied": _copied(data["statements"], citations),
        "agreeing": [each for each in citations if each["n"] in _also(data) & shown],
        "differing": _shown(data["differing"], shown),
        "citations": citations,
        "faq": FAQ.objects.published().select_related("changed_by").filter(pk=data.get("faq")).first(),
        "is_closed": any(each["closed"] for each in citations),
        "near": [card(each, []) for each in data["near"]],
        "related": [card(each, []) for each in data["related"]],
    }


def summary(message: Message, reader: Reader, known: Mapping[str, Source] | None = None) -> dict[str, Any]:
    """The same for a program: plain text and data. A `quote` is the whole passage, which bears out each sentence that
    cites it."""
    seen = present(message, reader, known)
    cards = [each for each in seen["citations"] if not each["withdrawn"]]
    sentences = [each["text"] + "".join(f"[{n}]" for n in each["citations"]) for each in seen["statements"]]
    citations = [
        {name: each[name] for name in ("n", "title", "place", "state", "url")} | {"quote": each["text"]}
        for each in cards
    ]
    if seen["faq"]:
        own = _editors(seen["faq"], len(seen["citations"]) + 1)
        citations, sentences = [own, *citations], [f"{own['quote']}[{own['n']}]", *sentences]
    return {
        "answered": bool(sentences),
        "answer": "".join(sentences),
        "citations": citations,
        "conversation": str(message.conversation_id),
        "message": str(message.pk),
        "url": message.get_absolute_url(),
        "understood": message.understood,
        "emergency": is_emergency(message.question),
    }


def _editors(faq: FAQ, n: int) -> dict[str, Any]:
    text = strip_tags(faq.answer).strip()
    url = f"{reverse('library:faq')}#faq-{faq.pk}"
    return {"n": n, "title": faq.question, "place": faq.basis, "state": faq.state, "url": url, "quote": text}


def _shown(statements: Iterable[dict[str, Any]], shown: Collection[int]) -> list[dict[str, Any]]:
    """Those with a source that may still be quoted, and of their sources only such."""
    left = [{**each, "citations": [n for n in each["citations"] if n in shown]} for each in statements]
    return [each for each in left if each["citations"]]


def _copied(statements: Iterable[dict[str, Any]], citations: Iterable[dict[str, Any]]) -> str:
    """For a message to colleagues: the sentences and where they stand."""
    titles = {each["n"]: f"《{each['title']}》{each['place']}" for each in citations if not each["withdrawn"]}
    said = [each for each in statements if titles.keys() & set(each["citations"])]
    cited = dict.fromkeys(titles[n] for each in said for n in each["citations"] if n in titles)
    return "\n".join([*(each["text"] for each in said), *cited])


def _also(data: dict[str, Any]) -> set[int]:
    """The citations that only say the same in other words."""
    said = [each for name in ("statements", "differing") for each in data[name]]
    also = {n for each in said for n in each.get("also", ())}
    return also - {n for each in said for n in each["citations"]}


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
    """What the answer took from each citation, word for word."""
    said: dict[int, list[str]] = defaultdict(list)
    for each in (*data["statements"], *data["differing"]):
        for citation in data["citations"]:
            if citation["n"] in each["citations"] and each["text"] in citation["text"]:
                said[citation["n"]].append(each["text"])
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


def _page_of(file: str, page: int | None) -> str:
    return f"{file}#page={page}" if page and file.lower().endswith(".pdf") else ""
