"""The second look: a reader reads the first candidates, and they are put in the order that it and the
retriever give together."""

from collections.abc import Sequence
from dataclasses import replace

from kb.config import Config
from kb.evidence import Weighing
from kb.excerpt import excerpt, put
from kb.ports import Reader
from kb.question import Asked
from kb.types import Hit


def reread(
    asked: Asked, hits: Sequence[Hit], weighing: Weighing, reader: Reader, config: Config
) -> tuple[Hit, ...]:
    """The first `reads` hits, each with what the reader makes of it, then the others as they were.

    score + reader_weight × read orders them; the scores themselves stay what the retriever gave.
    """
    first, rest = hits[: config.reads], hits[config.reads :]
    answers = reader.read(put(asked), [excerpt(hit.passage, weighing) for hit in first])
    known = [replace(hit, read=answer) for hit, answer in zip(first, answers, strict=True)]
    known.sort(key=lambda hit: -(hit.score + config.reader_weight * (hit.read or 0)))
    return (*known, *rest)
