"""An answer as it was written down becomes what a reader sees now: what is withdrawn, or not for him, is not repeated."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import strip_tags

from academy.chat.emergency import is_emergency
from academy.chat.models import Message
from academy.library.audiences import Reader
from academy.library.models import FAQ, Passage, RegulationPage, Source
from academy.library.sources import addresses, at, files
from kb.text import squeeze
from kb.types import Status

FRAGMENT_LENGTH = 24


def present(message: Message, reader: Reader, known: Mapping[str, Source] | None = None) -> dict[str, Any]:
    """`known` are the sources that this reader has just been found to be allowed."""
    data = message.answer
    keys = {each["source"] for each in (*data["citations"], *data["near"], *data["related"])}
    if known is None:
        known = {source.key: source for source in reader.readable(keys)}
    now = _Now.of({key: known[key] for key in keys & known.keys()}, data)
    closed = reader.closed(gone) if (gone := keys - now.sources.keys()) else set()
    said = _said(data)
    citations = [
        {**now.cited(each, said.get(each["n"], [])), "closed": each["source"] in closed}
        for each in data["citations"]
    ]
    shown = {each["n"] for each in citations if not each["withdrawn"]}
    statements, differing = (_shown(data[name], shown) for name in ("statements", "differing"))
    return {
        **data,
        "statements": statements,
        "differing": differing,
        "copied": _copied([*statements, *differing], citations),
        "agreeing": [each for each in citations if each["n"] in _also(data) & shown],
        "citations": citations,
        "faq": FAQ.objects.published().select_related("changed_by").filter(pk=data.get("faq")).first(),
        "is_closed": any(each["closed"] for each in citations),
        "near": [now.card(each) for each in data["near"]],
        "related": [now.card(each) for each in data["related"]],
    }


def summary(message: Message, reader: Reader, known: Mapping[str, Source] | None = None) -> dict[str, Any]:
    """The same for a program: plain text and data. A `quote` is the passage, or what of it still stands there, and
    bears out each sentence that cites it."""
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
        "differing": [{name: each[name] for name in ("text", "citations")} for each in seen["differing"]],
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


@dataclass(frozen=True)
class _Now:
    """What may be shown of the sources of an answer: an answer is no place where words outlive their correction."""

    sources: Mapping[str, Source]
    urls: Mapping[str, str]
    originals: Mapping[str, str]
    official: Collection[str]
    texts: Mapping[str, str]
    states: Mapping[str, str]

    @classmethod
    def of(cls, sources: Mapping[str, Source], data: dict[str, Any]) -> Self:
        cited = {each["source"] for each in data["citations"]} & sources.keys()
        paged = {each["source"] for each in data["citations"] if each.get("page")} & sources.keys()
        texts: defaultdict[str, str] = defaultdict(str)
        states: dict[str, str] = {}
        rows = Passage.objects.filter(source_key__in=cited).order_by("ordinal")
        for key, text, state in rows.values_list("source_key", "text", "status"):
            texts[key] += squeeze(text)
            states[key] = state
        found = sources.values()
        return cls(
            sources,
            addresses(found),
            files([sources[key] for key in paged]),
            _official(found),
            texts,
            states,
        )

    def cited(self, citation: dict[str, Any], words: list[str]) -> dict[str, Any]:
        """With as much of its text as still stands there; withdrawn where that is not even what was said."""
        pieces = ([citation["text"]], [citation["quote"]], words)
        standing = next((each for each in pieces if self._stands(citation["source"], each)), [])
        return {**self.card(citation, words, bool(standing)), "text": "\n".join(standing), "mark": words}

    def card(self, place: dict[str, Any], words: Sequence[str] = (), stands: bool = True) -> dict[str, Any]:
        source = self.sources.get(place["source"]) if stands else None
        file = self.originals.get(place["source"], "")
        return {
            **place,
            "withdrawn": source is None,
            "state": self._state(place),
            "url": _link(self.urls[source.key], place["anchor"], words) if source else "",
            "file": _page_of(file, place.get("page")) if source else "",
        }

    def _stands(self, key: str, pieces: Sequence[str]) -> bool:
        return bool(pieces) and all(squeeze(piece) in self.texts[key] for piece in pieces)

    def _state(self, place: dict[str, Any]) -> str:
        """What we teach ourselves is teaching; an official text is what its status says today."""
        key = place["source"]
        state = self.states.get(key, place["status"])
        is_ours = key in self.sources and key not in self.official
        return "teaching" if is_ours and state == Status.CURRENT else state


def _shown(statements: Iterable[dict[str, Any]], shown: AbstractSet[int]) -> list[dict[str, Any]]:
    """Those whose sources may all still be quoted: a sentence rests on all that it cites."""
    return [each for each in statements if shown >= set(each["citations"])]


def _copied(said: Iterable[dict[str, Any]], citations: Iterable[dict[str, Any]]) -> str:
    """For a message to colleagues: the sentences and where they stand."""
    said, titles = list(said), {each["n"]: f"《{each['title']}》{each['place']}" for each in citations}
    cited = dict.fromkeys(titles[n] for each in said for n in each["citations"])
    return "\n".join([*(each["text"] for each in said), *cited])


def _also(data: dict[str, Any]) -> set[int]:
    """The citations that only say the same in other words."""
    said = [each for name in ("statements", "differing") for each in data[name]]
    also = {n for each in said for n in each.get("also", ())}
    return also - {n for each in said for n in each["citations"]}


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


def _link(url: str, anchor: str, said: Sequence[str]) -> str:
    """To the anchor, and to the very words in browsers that know text fragments."""
    base = at(url, anchor)
    if not said or not base:
        return base
    words = said[0].strip()[:FRAGMENT_LENGTH]
    return f"{base}{'' if '#' in base else '#'}:~:text={quote(words, safe='')}"


def _page_of(file: str, page: int | None) -> str:
    return f"{file}#page={page}" if page and file.lower().endswith(".pdf") else ""
