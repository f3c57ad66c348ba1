"""Which likely questions lead to which passages, and the set that comes with the site."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from academy.library.models import LikelyQuestion
from academy.library.models import Passage as Row
from ingest.likely import Likely, attach, bare_title, read, steps
from kb.types import Passage

FOLDER = Path(__file__).resolve().parents[1] / "likely_questions"


def with_questions(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, each with the approved questions that it answers."""
    titles = {bare_title(passage.title) for passage in passages}
    load_shipped(titles)
    approved = LikelyQuestion.objects.approved().filter(title__in=titles).order_by("pk")
    return attach(passages, [question.as_key for question in approved])


def load_shipped(titles: Iterable[str]) -> int:
    """Those of these bare titles that are not there yet; what editors made of the others stays. Tells how many."""
    wanted = {_name(one): one for title in titles for one in shipped().get(title, ())}
    there = LikelyQuestion.objects.filter(shipped_as__in=wanted).values_list("shipped_as", flat=True)
    missing = wanted.keys() - set(there) if wanted else set()
    fresh = [_row(name, one) for name, one in wanted.items() if name in missing]
    LikelyQuestion.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


@cache
def shipped() -> Mapping[str, Sequence[Likely]]:
    """By bare title."""
    found: dict[str, list[Likely]] = defaultdict(list)
    for file in sorted(FOLDER.glob("*.jsonl")):
        for one in read(file):
            found[bare_title(one.title)].append(one)
    return dict(found)


def sources_of(titles: Collection[str]) -> set[str]:
    """The keys of the sources whose passages stand under these bare titles."""
    pairs = Row.objects.order_by().values_list("source_key", "title").distinct()
    return {key for key, title in pairs if bare_title(title) in titles}


def homeless(keys: Iterable[Likely]) -> list[Likely]:
    """Those whose text, or place in it, is not in the index now."""
    keys = list(keys)
    known = _places(sources_of({one.title for one in keys}))
    return [one for one in keys if (one.title, one.place) not in known]


def _places(sources: Collection[str]) -> set[tuple[str, str]]:
    rows = Row.objects.order_by().filter(source_key__in=sources).values_list("title", "path").distinct()
    return {(bare_title(title), step) for title, path in rows for step in steps(path)}


def _name(one: Likely) -> str:
    words = "\n".join((bare_title(one.title), one.place, one.question))
    return hashlib.sha256(words.encode("utf8")).hexdigest()


def _row(name: str, one: Likely) -> LikelyQuestion:
    return LikelyQuestion(
        title=bare_title(one.title),
        place=one.place,
        section=one.section,
        question=one.question,
        origin=LikelyQuestion.Origin.SHIPPED,
        shipped_as=name,
    )
