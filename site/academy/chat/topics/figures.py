"""What was asked and what became of it, week by week. A week begins on Monday, in Beijing time."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils import timezone

from academy.chat.models import Asking, Feedback, Topic
from academy.chat.models.asking import TopicQuerySet

Verdict = Feedback.Verdict


class Figures(NamedTuple):
    """Times in milliseconds until an answer was complete: that of half of them, and of 95 in 100, or less."""

    asked: int = 0
    answered: int = 0
    refused: int = 0
    helped: int = 0
    not_helped: int = 0
    median: int | None = None
    p95: int | None = None


def this_week() -> date:
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


def begins(week: date) -> datetime:
    return timezone.make_aware(datetime.combine(week, datetime.min.time()))


def last_weeks(number: int) -> list[date]:
    """The Mondays of so many weeks, the present one last."""
    return [this_week() - timedelta(weeks=back) for back in reversed(range(number))]


def by_week(askings: QuerySet[Asking], weeks: Iterable[date]) -> dict[date, Figures]:
    """Each of the weeks, whether or not anything was asked in it."""
    times: dict[date, list[tuple[int, int]]] = {}
    weekly = askings.order_by().annotate(week=TruncWeek("at"))
    for week, took, number in (
        weekly.values_list("week", "took").annotate(number=Count("pk")).order_by("took")
    ):
        times.setdefault(timezone.localdate(week), []).append((took, number))
    counted = {
        timezone.localdate(week): counts for week, *counts in weekly.values_list("week").annotate(**_COUNTS)
    }
    return {week: _figures(counted.get(week, []), times.get(week, [])) for week in weeks}


def together(askings: QuerySet[Asking]) -> Figures:
    times = askings.order_by("took").values_list("took").annotate(number=Count("pk"))
    counts = askings.order_by().aggregate(**_COUNTS)
    return _figures([counts[name] for name in _COUNTS], list(times))


def by_door(askings: QuerySet[Asking]) -> dict[str, int]:
    counted = dict(askings.order_by().values_list("door").annotate(number=Count("pk")))
    return {str(door.label): counted.get(door.value, 0) for door in Asking.Door}


def most_asked(within: Q, number: int) -> TopicQuerySet:
    """`within` is said of a topic's askings."""
    return Topic.objects.counted(within).order_by(*TopicQuerySet.MOST_ASKED)[:number]


# in the order of `Figures`
_COUNTS = {
    "asked": Count("pk", distinct=True),
    "answered": Count("pk", Q(found=True), distinct=True),
    "refused": Count("pk", Q(found=False), distinct=True),
    "helped": Count("pk", Q(feedback__verdict=Verdict.HELPED), distinct=True),
    "not_helped": Count("pk", Q(feedback__verdict__in=Feedback.POOR), distinct=True),
}


def _figures(counts: list[int], times: list[tuple[int, int]]) -> Figures:
    return Figures._make([*(counts or [0] * len(_COUNTS)), _quantile(times, 0.5), _quantile(times, 0.95)])


def _quantile(times: list[tuple[int, int]], share: float) -> int | None:
    """The least time that is not exceeded by this share of them; `times` are pairs of a time and how often, in order."""
    wanted, seen = share * sum(number for _, number in times), 0
    for time, number in times:
        seen += number
        if seen >= wanted:
            return time
    return None
