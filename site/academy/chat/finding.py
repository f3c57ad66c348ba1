"""What the knowledge base and the editors have for a question, for this reader, now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from academy.core.knowledge import knowledge_base
from academy.library.audiences import Reader
from academy.library.faqs import asked
from academy.library.models import FAQ, Source
from academy.library.sources import key_of
from kb.types import Answer


@dataclass(frozen=True)
class Found:
    """`sources` are those that may be shown, by their keys; `elsewhere`: the page that was asked about says nothing,
    others do; `writer`: the model and the prompt, if any."""

    answer: Answer
    faq: FAQ | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)
    elsewhere: bool = False
    writer: str = ""

    @property
    def is_answered(self) -> bool:
        return self.answer.found or self.faq is not None


def find(question: str, reader: Reader, about: str = "", in_full: bool = True, stressed: str = "") -> Found:
    """Of the source it is about, or else of any. `in_full`: with the second look, which takes most of the time;
    `stressed`: which of its words are new."""
    there = _ask(question, reader, about, in_full, stressed)
    if there.is_answered or not about:
        return there
    return replace(_ask(question, reader, "", in_full, stressed), elsewhere=True)


def _ask(question: str, reader: Reader, about: str, in_full: bool, stressed: str) -> Found:
    knowledge, sources = knowledge_base(), dict[str, Source]()
    faq = None if about else asked(question, knowledge.glossary)
    # the editors' answer stands above what the texts say, so it is not quoted among them again
    own = {key_of(Source.Kind.FAQ, faq.pk)} if faq else set()

    def live(keys: Collection[str]) -> Collection[str]:
        sources.update({each.key: each for each in reader.readable(set(keys) - own)})
        return sources

    answer = knowledge.ask(question, live, reader.audiences(), about or None, in_full, stressed)
    return Found(answer, faq, sources)
