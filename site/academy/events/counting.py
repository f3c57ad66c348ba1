"""What events come to, for whoever reports it.

Events held: those whose list is closed, by the day they began and the district that held them. Person-times: standing
attendances one by one, by the day and the place in which somebody was there. Persons: distinct people; enterprises guided: distinct
enterprises of guidance on site. Neither is ever added up over groups. Accounts and enterprises that turned out to be one count as one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from django.db.models import Case, CharField, Count, F, QuerySet, Sum, When
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from academy.events.models import Event, EventQuerySet, Guidance
from academy.organisations.scope import Scope
from academy.records.models import Attendance, midnight

Rows = TypeVar("Rows", bound=QuerySet[Any])
PERSON = Coalesce("user__merged_into_id", "user_id")
ENTERPRISE = Coalesce("enterprise__merged_into_id", "enterprise_id")


@dataclass(frozen=True, slots=True)
class Span:
    """Days in Shanghai, both included; without an end all of them. `kind`: one of `Event.Kind`, or all."""

    first: date | None = None
    last: date | None = None
    kind: str = ""


class Tally(NamedTuple):
    events: int = 0
    person_times: int = 0
    persons: int = 0
    hours: Decimal = Decimal(0)
    enterprises: int = 0


def total(scope: Scope, span: Span) -> Tally:
    times = attendances(scope, span).aggregate(
        person_times=Count("pk"), persons=Count(PERSON, distinct=True), hours=Sum("hours")
    )
    guided = guidance(scope, span).aggregate(n=Count(ENTERPRISE, distinct=True))
    return Tally(
        held(scope, span).count(),
        times["person_times"],
        times["persons"],
        times["hours"] or Decimal(0),
        guided["n"],
    )


def by(scope: Scope, span: Span, group: str) -> dict[Any, Tally]:
    """For each kind, county or month (its first day) in which there is something: its own numbers."""
    in_events, in_records, in_guidance = GROUPS[group]
    found: dict[Any, Tally] = {}
    events = held(scope, span).annotate(group=in_events).order_by().values("group")
    _put(found, events.annotate(events=Count("pk")))
    times = attendances(scope, span).annotate(group=in_records).order_by().values("group")
    _put(
        found,
        times.annotate(person_times=Count("pk"), persons=Count(PERSON, distinct=True), hours=Sum("hours")),
    )
    guided = guidance(scope, span).annotate(group=in_guidance).order_by().values("group")
    _put(found, guided.annotate(enterprises=Count(ENTERPRISE, distinct=True)))
    return dict(sorted(found.items()))


def held(scope: Scope, span: Span) -> EventQuerySet:
    events = Event.objects.within(scope).filter(state=Event.State.CLOSED)
    return _during(events.filter(kind=span.kind) if span.kind else events, "begins_at", span)


def attendances(scope: Scope, span: Span) -> QuerySet[Attendance]:
    there = scope.records(Attendance.objects.standing())
    return _during(there.filter(kind=span.kind) if span.kind else there, "attended_at", span)


def guidance(scope: Scope, span: Span) -> QuerySet[Guidance]:
    guided = scope.records(Guidance.objects.filter(withdrawn_at=None))
    return _during(guided.filter(event__kind=span.kind) if span.kind else guided, "at", span)


def _during(rows: Rows, moment: str, span: Span) -> Rows:
    if span.first:
        rows = rows.filter(**{f"{moment}__gte": midnight(span.first)})
    if span.last:
        rows = rows.filter(**{f"{moment}__lt": midnight(span.last + timedelta(days=1))})
    return rows


def _put(found: dict[Any, Tally], rows: Iterable[Any]) -> None:
    for row in rows:
        group = row.pop("group")
        found[group] = found.get(group, Tally())._replace(**row)


def _month(moment: str) -> TruncMonth:
    return TruncMonth(moment, tzinfo=timezone.get_default_timezone())


COUNTY = Case(
    When(district__parent__parent__isnull=False, then=F("district__parent__name")),
    default=F("district__name"),
    output_field=CharField(),
)
GROUPS: dict[str, tuple[Any, Any, Any]] = {
    "kind": (F("kind"), F("kind"), F("event__kind")),
    "district": (COUNTY, F("district_name"), F("district_name")),
    "month": (_month("begins_at"), _month("attended_at"), _month("at")),
}
