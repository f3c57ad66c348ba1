"""Who has learned what, where and when: counted over completions, with one grouped query a table.

Persons are distinct workers; person-times are completions counted one by one. Both are exact within each
row, so the persons of several rows may not be added: a worker may stand in more than one.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db.models import Case, Count, DateField, DecimalField, Max, Min, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from academy.courses.models import CoursePage
from academy.organisations.models import District
from academy.records.models import Completion, CompletionQuerySet, midnight

Key = TypeVar("Key")
MEASURES: dict[str, Any] = {
    "persons": Count(Coalesce("user__merged_into", "user"), distinct=True),
    "person_times": Count("pk"),
    "total_hours": Coalesce(Sum("hours"), Value(Decimal(0)), output_field=DecimalField()),
}


class Tally(NamedTuple):
    persons: int = 0
    person_times: int = 0
    hours: Decimal = Decimal(0)


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(*(row[measure] for measure in MEASURES))


def total(completions: CompletionQuerySet) -> Tally:
    return _tally(completions.aggregate(**MEASURES))


def by(completions: CompletionQuerySet, column: str, known: Iterable[Key]) -> dict[Key, Tally]:
    """One tally for each value of `column`: what is known comes first, counted or not."""
    counted = {row[column]: _tally(row) for row in completions.order_by().values(column).annotate(**MEASURES)}
    return {value: counted.get(value, Tally()) for value in [*known, *counted]}


def by_month(completions: CompletionQuerySet, first: date | None, last: date | None) -> dict[date, Tally]:
    """One tally for each month from `first` to `last`, months without any included.

    Where a limit is missing, the earliest month with a completion and the running month stand for it.
    """
    months = _span(completions, first, last)
    # Truncating row by row is slow where the database has no time zones; comparing with each beginning is not
    begun = (When(completed_at__gte=midnight(month), then=Value(month)) for month in reversed(months))
    in_months = completions.annotate(month=Case(*begun, output_field=DateField()))
    counted = by(in_months, "month", months)
    return {month: counted[month] for month in months}


def _span(completions: CompletionQuerySet, first: date | None, last: date | None) -> list[date]:
    moments = completions.aggregate(first=Min("completed_at"), last=Max("completed_at")).values()
    recorded_months = [timezone.localdate(moment).replace(day=1) for moment in moments if moment]
    running = timezone.localdate().replace(day=1)
    end = max([min(last or running, running), *recorded_months])
    return list(_months(first or min([end, *recorded_months]), end))


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _months(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first = next_month(first)


def counties() -> list[str]:
    """The districts that are counted: the level below the city, whether anybody there has learned or not."""
    below_city = District.objects.filter(parent__isnull=False, parent__parent=None)
    return list(dict.fromkeys(below_city.values_list("name", flat=True)))


def recorded(column: str) -> list[str]:
    """Every word that completions were made with, also of what has since been renamed or deleted."""
    return list(Completion.objects.order_by(column).values_list(column, flat=True).distinct())


def course_titles() -> dict[str, str]:
    """Every course by its key: as it is called now, or was when last recorded."""
    editions = Completion.objects.order_by("course_key", "edition").values_list(
        "course_key", "edition", "course_title"
    )
    recorded_titles = {key: title for key, _edition, title in editions.distinct()}
    return recorded_titles | {page.key: page.title for page in CoursePage.objects.live()}
