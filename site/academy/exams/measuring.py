"""The figures of the bank's questions, from the attempts that were handed in; one attempt at a time is in memory."""

from collections.abc import Iterator

from academy.exams.models import Attempt
from academy.exams.statistics import Asked, Figures, tally, with_rest
from academy.exams.usage import attempts_with

CHUNK = 200


def figures(key: str = "") -> list[Figures]:
    """Of every question that was asked, or of the one with this key."""
    return tally(_asked(key))


def _asked(key: str) -> Iterator[Asked]:
    attempts = attempts_with(key) if key else Attempt.objects.all()
    over = attempts.exclude(submitted_at=None).order_by("pk").values_list("drawn", "answers")
    for drawn, answers in over.iterator(chunk_size=CHUNK):
        yield from (asked for asked in with_rest(drawn, answers) if key in ("", asked[0]["key"]))
