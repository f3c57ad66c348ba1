"""From passages to an answer in the sources' own words, or to an honest "not found"."""

from kb.ports import TextIndex
from kb.retrieve import Found
from kb.text import sentences
from kb.types import Answer, Citation, Statement


def compose(found: Found, texts: TextIndex) -> Answer:
    """An answer whose every statement is a sentence of a cited passage."""
    best = found.hits[:2]
    citations = tuple(Citation(n, hit.passage, hit.passage.text) for n, hit in enumerate(best, 1))
    statements = tuple(Statement(sentences(c.passage.text)[0], (c.n,)) for c in citations if c.passage.text)
    return Answer(
        found.question, bool(statements), statements, citations, found.hits[:5], found.terms, texts.count()
    )
