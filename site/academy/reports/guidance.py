"""Enterprises guided on site, whether or not anybody of theirs signed in. A city has some thousand of them a year, so they
are counted from the entries themselves; an entry that was withdrawn does not count, and enterprises that turned out to be one
are one."""

from collections.abc import Callable, Collection, Hashable
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from django.db.models.functions import Coalesce

from academy.events.models import Guidance
from academy.records.models import midnight
from academy.reports.choices import EVENT, Choice
from academy.reports.facts import NOWHERE
from academy.reports.loading import local_day

GUIDANCE = "guidance"
ENTERPRISE = Coalesce("enterprise__merged_into", "enterprise")
Group = TypeVar("Group", bound=Hashable)


class Visit(NamedTuple):
    """An enterprise that was guided, in the words of that day."""

    enterprise: int
    event: str
    day: date
    district: int
    business_type: str


def visits(choice: Choice, first: date, last: date) -> list[Visit]:
    """Those of the choice on these days, both included."""
    if choice.kind not in (None, EVENT, GUIDANCE):
        return []
    rows = choice.records(Guidance.objects.filter(withdrawn_at=None))
    rows = rows.filter(at__gte=midnight(first), at__lt=midnight(last + timedelta(days=1))).order_by(
        "at", "pk"
    )
    named = rows.values_list(ENTERPRISE, "event", "at", "district_key", "business_type_name")
    found = [
        Visit(enterprise, f"event:{event}", local_day(at), NOWHERE if district is None else district, words)
        for enterprise, event, at, district, words in named
    ]
    return [visit for visit in found if choice.subject in (None, visit.event)]


def between(found: Collection[Visit], first: date, last: date) -> list[Visit]:
    return [visit for visit in found if first <= visit.day <= last]


def guided(found: Collection[Visit]) -> int:
    return len({visit.enterprise for visit in found})


def by(found: Collection[Visit], group: Callable[[Visit], Group]) -> dict[Group, int]:
    """The enterprises of each group. Those of several may not be added."""
    pairs = {(group(visit), visit.enterprise) for visit in found}
    counted: dict[Group, int] = {}
    for key, _enterprise in pairs:
        counted[key] = counted.get(key, 0) + 1
    return counted
