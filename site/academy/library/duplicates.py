"""The same words in two sources are indexed once; the other is linked to them and steps in when they go."""

import hashlib
import unicodedata
from collections.abc import Sequence

from academy.library.models import Source
from academy.library.models.source import SourceQuerySet, State
from kb.types import Passage

Kind = Source.Kind


def text_hash(passages: Sequence[Passage]) -> str:
    """The same for the same letters and figures in the same order, whatever the format; empty for none."""
    words = unicodedata.normalize("NFKC", "".join(passage.text for passage in passages))
    kept = "".join(filter(str.isalnum, words))
    return hashlib.sha256(kept.encode("utf8")).hexdigest() if kept else ""


def original_of(source: Source, words: str, to_stay: bool = False) -> Source | None:
    """Who is answered from already with these words, for the same readers; `to_stay` until the transaction ends.

    An FAQ entry is what an editor says, and a page has an address and a validity: neither gives way to a file.
    """
    if not words or source.kind == Kind.FAQ:
        return None
    others = _speakers(source, words).exclude(kind=Kind.FAQ)
    if source.kind == Kind.PAGE:
        others = others.filter(kind=Kind.PAGE)
    return (others.select_for_update() if to_stay else others).order_by("pk").first()


def files_like(source: Source, words: str) -> SourceQuerySet:
    """Files that say what this page says."""
    same = _speakers(source, words).filter(kind=Kind.DOCUMENT)
    return same if words and source.kind == Kind.PAGE else same.none()


def _speakers(source: Source, words: str) -> SourceQuerySet:
    indexed = Source.objects.filter(state=State.INDEXED, text_hash=words, audience=source.audience)
    return indexed.exclude(pk=source.pk)
