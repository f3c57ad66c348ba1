"""The door: passages in, cited answers out."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.answer import compose
from kb.config import Config
from kb.glossary import Glossary
from kb.ports import Embedder, TextIndex, VectorIndex
from kb.question import understand
from kb.retrieve import Live, Retriever
from kb.types import Answer, Hit, Passage


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    embedder: Embedder
    vectors: VectorIndex
    texts: TextIndex
    retriever: Retriever
    glossary: Glossary
    config: Config

    def replace(self, source: str, passages: Sequence[Passage]) -> None:
        """The source now has these passages and no others; none: forgotten. May raise IndexUnavailable."""
        if not passages:
            self.forget(source)
            return
        vectors = self.embedder.documents([passage.embedded for passage in passages])
        self.vectors.replace(source, passages, vectors)
        self.texts.replace(source, passages)

    def forget(self, source: str) -> None:
        """The source is in neither index any more. May raise IndexUnavailable."""
        self.texts.forget(source)
        self.vectors.forget(source)

    def retrieve(self, question: str, k: int = 10, live: Live | None = None) -> list[Hit]:
        """The k best passages among those that `live` lets be shown."""
        return list(self.retriever.find(understand(question, self.glossary), live)[:k])

    def ask(self, question: str, live: Live | None = None) -> Answer:
        """An answer in the sources' own words with citations, or found=False where nothing supports one."""
        asked = understand(question, self.glossary)
        return compose(asked, self.retriever.find(asked, live), self.texts, self.config)

    def count(self) -> int:
        return self.texts.count()
