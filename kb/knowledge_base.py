"""The door: passages in, cited answers out."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb import keys
from kb.addressed import addresses_machine
from kb.answer import compose
from kb.config import Config
from kb.duplicates import grouped
from kb.evidence import Weighing
from kb.glossary import Glossary
from kb.ports import PUBLIC, Embedder, Keyed, Reader, TextIndex, VectorIndex
from kb.question import Asked, understand
from kb.reading import reread
from kb.retrieve import Live, Retriever, Scope
from kb.text import grams
from kb.types import Answer, Hit, Passage


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    embedder: Embedder
    vectors: VectorIndex
    texts: TextIndex
    retriever: Retriever
    glossary: Glossary
    config: Config
    reader: Reader | None = None

    def replace(self, source: str, passages: Sequence[Passage], audience: str = PUBLIC) -> None:
        """The source now has these passages and no others, for this audience alone; none: forgotten.

        May raise IndexUnavailable.
        """
        if not passages:
            self.forget(source)
            return
        words, questions = keys.words(passages), keys.questions(passages)
        self.vectors.replace(
            source,
            passages,
            Keyed(words.owners, self.embedder.documents(words.texts)),
            Keyed(questions.owners, self.embedder.questions(questions.texts)),
            audience,
        )
        self.texts.replace(source, passages)

    def forget(self, source: str) -> None:
        """The source is in neither index any more. May raise IndexUnavailable."""
        self.texts.forget(source)
        self.vectors.forget(source)

    def retrieve(
        self,
        question: str,
        k: int = 10,
        live: Live | None = None,
        audiences: Sequence[str] = (PUBLIC,),
        only: str | None = None,
    ) -> list[Hit]:
        """The k best passages for these audiences, of one source if asked, that `live` lets be shown."""
        asked = understand(question, self.glossary)
        hits = self._found(asked, Scope(live, audiences, only))
        if self.reader:
            hits = self._read(hits, Weighing.of(asked, self.texts))
        return list(hits[:k])

    def ask(
        self,
        question: str,
        live: Live | None = None,
        audiences: Sequence[str] = (PUBLIC,),
        only: str | None = None,
        in_full: bool = True,
        stressed: str = "",
    ) -> Answer:
        """An answer in the sources' own words with citations, or found=False where nothing supports one.

        Not `in_full`, no reader reads: a quarter of the time, and less is known of what is not known. `stressed` are the
        words of the question that are new, where the others were spoken of before.
        """
        asked = understand(question, self.glossary, stressed)
        weighing = Weighing.of(asked, self.texts)
        hits = self._found(asked, Scope(live, audiences, only))
        hits = self._read(hits, weighing) if in_full else hits
        config = self.config.for_one_text() if only else self.config
        return compose(hits, weighing, self.count(), config)

    def _found(self, asked: Asked, scope: Scope) -> tuple[Hit, ...]:
        """What is found, one rule once; a passage that gives orders to a machine is neither read nor quoted."""
        hits = [
            hit for hit in self.retriever.find(asked, scope) if not addresses_machine(hit.passage.embedded)
        ]
        return grouped(hits, asked.text, self.config.home)

    def _read(self, hits: tuple[Hit, ...], weighing: Weighing) -> tuple[Hit, ...]:
        return reread(hits, weighing, self.reader, self.config) if self.reader else hits

    def knows(self, words: str) -> bool:
        """Whether some of these Chinese words stand in any text, or in the glossary; true where there are none."""
        pairs = [gram for gram in grams(words) if len(gram) > 1 and not gram.isascii()]
        return not pairs or any(self.texts.frequencies(pairs).values()) or bool(self.glossary.meanings(words))

    def count(self) -> int:
        return self.texts.count()
