"""Whatever changes likely questions: the index follows, once for each source however many they were."""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from academy.accounts.models import User
from academy.library.indexing import look_again
from academy.library.likely.keys import sources_of
from academy.library.models import LikelyQuestion, Source
from academy.library.models.source import State
from ingest.likely import Likely


def reindex(titles: Collection[str]) -> int:
    """The sources of these bare titles get their questions anew; meanwhile they answer as before."""
    with transaction.atomic():
        # what is in any other state is on its way already, or not to be found
        sources = Source.objects.filter(key__in=sources_of(titles), state__in=(State.INDEXED, State.QUEUED))
        for source in sources:
            look_again(source)
    return len(sources)


def new_among(keys: Iterable[Likely]) -> list[Likely]:
    """Those that no place has yet, each once, in order. Titles are bare."""
    keys = list(keys)
    there = set(
        LikelyQuestion.objects.filter(title__in={one.title for one in keys}).values_list(
            "title", "place", "question"
        )
    )
    fresh = {(one.title, one.place, one.question): one for one in keys}
    return [one for key, one in fresh.items() if key not in there]


@transaction.atomic
def add(
    keys: Iterable[Likely],
    origin: LikelyQuestion.Origin,
    state: LikelyQuestion.State = LikelyQuestion.State.APPROVED,
    user: User | None = None,
) -> int:
    """All of them or, should something break, none; those that are there stay as they are. Tells how many."""
    fresh = new_among(keys)
    LikelyQuestion.objects.bulk_create(
        [
            LikelyQuestion(
                title=one.title,
                place=one.place,
                section=one.section,
                question=one.question,
                origin=origin,
                state=state,
                changed_by=user,
            )
            for one in fresh
        ],
        ignore_conflicts=True,
    )
    if state == LikelyQuestion.State.APPROVED:
        reindex({one.title for one in fresh})
    return len(fresh)


@transaction.atomic
def decide(pks: Collection[int], state: LikelyQuestion.State, user: User | None = None) -> int:
    """Approve or reject. Tells how many were not so before."""
    changed = LikelyQuestion.objects.filter(pk__in=pks).exclude(state=state)
    titles = set(changed.order_by().values_list("title", flat=True))
    count: int = changed.update(state=state, changed_by=user, updated_at=timezone.now())
    reindex(titles)
    return count
