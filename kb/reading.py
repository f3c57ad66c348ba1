"""The second look: a reader reads the first candidates, and they are put in the order that it and the
retriever give together."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from kb.config import Config
from kb.evidence import Weighing
from kb.excerpt import excerpt, put
from kb.ports import Reader
from kb.types import Hit

logger = logging.getLogger(__name__)


def reread(hits: Sequence[Hit], weighing: Weighing, reader: Reader, config: Config) -> tuple[Hit, ...]:
    """The first `reads` hits with what the reader makes of them, in the order of score + reader_weight × read × share,
    which is their score from here on; then the others as they were.

    The share is what a passage speaks of the question's words, compared with the one that speaks of most: a passage on
    somebody else, a name apart, reads like an answer.
    """
    first, rest = hits[: config.reads], hits[config.reads :]
    try:
        answers = reader.read(put(weighing.asked), [excerpt(hit.passage, weighing) for hit in first])
    except Exception:  # what was found is still found
        logger.exception("the reader failed")
        return tuple(hits)
    speaks = [weighing.coverage(hit.passage.embedded) for hit in first]
    most = max(speaks, default=0.0) or 1.0
    known = [
        replace(hit, read=answer, score=hit.score + config.reader_weight * answer * share / most)
        for hit, answer, share in zip(first, answers, speaks, strict=True)
    ]
    return (*sorted(known, key=lambda hit: -hit.score), *rest)
