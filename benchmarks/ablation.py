"""What each part of retrieval adds: `python -m benchmarks.ablation CORPUS QUESTIONS…`, one part left out at a time.

In memory, with the weights and likely questions that ship; a row is `ingest.evaluation.table`'s.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

from ingest import likely
from ingest.evaluation import Question, evaluate, read_questions, table
from ingest.load import FORMATS
from ingest.pipeline import passages
from kb.adapters.memory import MemoryTextIndex, MemoryVectorIndex
from kb.build import build
from kb.config import Config
from kb.glossary import Glossary
from kb.knowledge_base import KnowledgeBase
from kb.ports import PUBLIC, Embedder, Keyed, Vectors
from kb.types import Passage

LIKELY = Path("site/academy/library/likely_questions")
# what is left out, by the settings that do without it
LEFT_OUT: dict[str, dict[str, Any]] = {
    "nothing": {},
    "likely questions": {"likely_weight": 0},
    "words (vectors only)": {"dense_weight": 1},
    "vectors (words only)": {"dense_weight": 0, "likely_weight": 0},
    "rank of the rule": {"authority_bonus": 0},
    "texts that are named": {"named_bonus": 0},
    "our province first": {"elsewhere_penalty": 0},
}


class Remembering:
    """An embedder that embeds a question once, however often it is asked."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder, self.name = embedder, embedder.name
        self.documents = embedder.documents
        self._known: dict[tuple[str, ...], Vectors] = {}

    def questions(self, texts: Sequence[str]) -> Vectors:
        return self._known.setdefault(tuple(texts), self.embedder.questions(texts))


class WithWhole(MemoryVectorIndex):
    """Keeps beside itself an index that knows passages by their whole text alone."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = MemoryVectorIndex()

    def replace(
        self, source: str, passages: Sequence[Passage], words: Keyed, questions: Keyed, audience: str = PUBLIC
    ) -> None:
        super().replace(source, passages, words, questions, audience)
        whole = Keyed(words.owners[: len(passages)], words.vectors[: len(passages)])
        self.whole.replace(source, passages, whole, questions, audience)


def main(corpus: Path, files: Sequence[Path]) -> None:
    asked = {file.stem: read_questions(file) for file in files}
    knowledge, whole = _filled(corpus)
    for name, settings in LEFT_OUT.items():
        _print(name, _with(knowledge, **settings), asked)
    _print("parts of long passages", whole, asked)
    _print("the glossary", replace(knowledge, glossary=Glossary()), asked)
    reader = build(_config().model_copy(update={"reader": "trained"}), knowledge.texts).reader
    _print("nothing, and a reader reads", replace(_with(knowledge, reader="trained"), reader=reader), asked)


def _filled(corpus: Path) -> tuple[KnowledgeBase, KnowledgeBase]:
    """The corpus with the parts of long passages and without."""
    plain = build(_config(), MemoryTextIndex())
    embedder, vectors = Remembering(plain.embedder), WithWhole()
    retriever = replace(plain.retriever, embedder=embedder, vectors=vectors)
    knowledge = replace(plain, embedder=embedder, vectors=vectors, retriever=retriever)
    questions = [one for file in sorted(LIKELY.glob("*.jsonl")) for one in likely.read(file)]
    for file in sorted(file for file in corpus.iterdir() if file.suffix.lower() in FORMATS):
        found = passages(file.name, file.name, file.read_bytes())
        knowledge.replace(file.name, likely.attach(found, questions))
    return knowledge, replace(knowledge, retriever=replace(retriever, vectors=vectors.whole))


def _config() -> Config:
    from django.conf import settings

    kept = {key: value for key, value in settings.KNOWLEDGE_BASE.items() if not key.startswith("chroma")}
    return Config(**{**kept, "vector_store": "memory", "reader": "none"})


def _with(knowledge: KnowledgeBase, **settings: Any) -> KnowledgeBase:
    config = knowledge.config.model_copy(update=settings)
    return replace(knowledge, config=config, retriever=replace(knowledge.retriever, config=config))


def _print(name: str, knowledge: KnowledgeBase, asked: dict[str, list[Question]]) -> None:
    print(f"without {name}\n{table(evaluate(knowledge, asked)['files'])}", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.dev")
    django.setup()
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
