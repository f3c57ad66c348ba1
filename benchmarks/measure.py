"""Both sides of a ratio are taken in the same run, turn by turn, so that a busy machine slows both."""

import statistics
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from academy.library.text_index import TextIndex, create_tables
from kb.build import build
from kb.config import Config
from kb.knowledge_base import KnowledgeBase
from kb.text import grams
from kb.types import Passage

CHUNK = 32


def ingest_ratio(found: Mapping[str, Sequence[Passage]], folder: Path) -> tuple[float, float]:
    """Passages a second: SentenceTransformer.encode_document alone, and KnowledgeBase.replace.

    Medians over sources of CHUNK passages: something else that runs for a while spoils some, not all.
    """
    knowledge = knowledge_in(folder)
    model = _model(knowledge)
    speeds: dict[str, list[float]] = {"bare": [], "whole": []}
    for turn, passages in enumerate(_chunks(found)):
        texts = [passage.embedded for passage in passages]
        source = [replace(passage, source=f"{turn}", ordinal=at) for at, passage in enumerate(passages)]
        acts = {
            "bare": partial(model.encode_document, texts, show_progress_bar=False),
            "whole": partial(knowledge.replace, f"{turn}", source),
        }
        # whoever comes second finds what torch has prepared for these lengths
        for side in sorted(acts, reverse=bool(turn % 2)):
            speeds[side].append(len(passages) / _seconds(acts[side]))
    return statistics.median(speeds["bare"]), statistics.median(speeds["whole"])


def retrieval_ratio(asked: Sequence[str], folder: Path) -> tuple[float, float]:
    """Median milliseconds a question: embedding it, one Chroma query and one text-index query; retrieval."""
    knowledge = knowledge_in(folder)
    knowledge.retrieve(asked[0])
    pairs = [
        (_seconds(partial(_parts, knowledge, one)), _seconds(partial(knowledge.retrieve, one, live=_all)))
        for one in asked
    ]
    parts, whole = (statistics.median(side) * 1000 for side in zip(*pairs, strict=True))
    return parts, whole


def _all(sources: Collection[str]) -> Collection[str]:
    """The site always asks what may be shown; here everything may."""
    return sources


def _chunks(found: Mapping[str, Sequence[Passage]]) -> list[list[Passage]]:
    passages = [passage for them in found.values() for passage in them]
    return [passages[at : at + CHUNK] for at in range(0, len(passages), CHUNK)]


def _parts(knowledge: KnowledgeBase, question: str) -> None:
    k = knowledge.config.candidates
    knowledge.vectors.search(knowledge.embedder.questions([question])[0], k)
    knowledge.texts.search(grams(question), k)


@cache
def knowledge_in(folder: Path, **chosen: Any) -> KnowledgeBase:
    """The site's own, with its stores in a folder."""
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "texts.sqlite3"}
    alias = f"benchmark {folder.name}"
    connections.settings[alias] = connections.configure_settings({"default": {}, alias: database})[alias]
    create_tables(alias)
    place = {} if "chroma_url" in chosen else {"chroma_path": folder / "chroma"}
    config = Config(**{**settings.KNOWLEDGE_BASE, "vector_store": "chroma", **place, **chosen})
    return build(config, TextIndex(using=alias), say=print)


def _model(knowledge: KnowledgeBase) -> Any:
    from sentence_transformers import SentenceTransformer

    knowledge.embedder.documents(["预热"])
    model = SentenceTransformer(
        knowledge.config.model or str(knowledge.config.model_dir / knowledge.embedder.name)
    )
    model.encode_document(["预热"])
    return model


def _seconds(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
