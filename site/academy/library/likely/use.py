"""Which likely questions are asked: seen from the words, for the index does not tell by which key it found."""

import operator
from collections.abc import Sequence
from functools import reduce

from django.db.models import F, Q
from django.utils import timezone

from academy.library.models import LikelyQuestion
from academy.library.models import Passage as Row
from ingest.likely import bare_title, steps
from kb.text import dice, grams

# share of words in common (Dice) from which two questions ask the same
NEAR = 0.5


def likely_questions(source_key: str, most: int) -> list[str]:
    """What is likely to be asked about a source, one question a place, what was asked most first."""
    rows = Row.objects.filter(source_key=source_key).values_list("title", "path").distinct()
    titles = {bare_title(title) for title, _ in rows}
    places = {step for _, path in rows for step in steps(path)}
    there = LikelyQuestion.objects.approved().filter(title__in=titles, place__in=places)
    first: dict[str, str] = {}
    for place, question in there.order_by("-used", "pk").values_list("place", "question"):
        first.setdefault(place, question)
    return list(first.values())[:most]


def count_use(question: str, places: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Of the likely questions of passages with these titles and paths, the one that was asked, if any, was used once
    more."""
    if not places:
        return
    asked = grams(question)
    there = LikelyQuestion.objects.approved().filter(reduce(operator.or_, map(_of, places)))
    best = max(there, key=lambda one: dice(asked, grams(one.question)), default=None)
    if best and dice(asked, grams(best.question)) >= NEAR:
        LikelyQuestion.objects.filter(pk=best.pk).update(used=F("used") + 1, used_at=timezone.now())


def _of(place: tuple[str, Sequence[str]]) -> Q:
    title, path = place
    return Q(title=bare_title(title), place__in=steps(path))
