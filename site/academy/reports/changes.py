"""What the months do not say: what was stored and withdrawn since, and who turned out to be whom."""

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import QuerySet, Value

from academy.accounts.models import User
from academy.organisations.models import Enterprise
from academy.records.models import Attendance, Completion
from academy.reports.loading import COURSE, PLACE, Raw, ends

CAME, WENT = 1, 0
# accounts by event
Gone = dict[str, frozenset[int]]


class Changes(NamedTuple):
    """`rows` in the order in which they were stored; `gone`: whose attendances were withdrawn."""

    rows: list[Raw]
    gone: Gone


class Same(NamedTuple):
    """Which account or enterprise turned out to be which other."""

    accounts: dict[int, int]
    enterprises: dict[int, int]


def changes(since: datetime) -> Changes:
    """In one reading, so that who was put on a list anew is there once."""
    completions, attendances = Completion.objects.order_by(), Attendance.objects.order_by()
    found = _columns(completions.filter(stored_at__gte=since), "completed_at", "course_key", Value(COURSE)).union(
        _columns(attendances.standing().filter(stored_at__gte=since), "attended_at", "event_key", "kind"),
        _columns(
            attendances.filter(withdrawn_at__gte=since, stored_at__lt=since), "attended_at", "event_key", "kind", WENT
        ),
        all=True,
    )  # fmt: skip
    # by the time, and where that is the same still in one order
    rows = sorted(found, key=itemgetter(1, 2, 8))
    came = [Raw._make(row[2:]) for row in rows if row[0] == CAME]
    went = sorted((row[8], row[2]) for row in rows if row[0] == WENT)
    gone = {event: frozenset(row[1] for row in them) for event, them in groupby(went, itemgetter(0))}
    return Changes(came, gone)


def same() -> Same:
    accounts, enterprises = User.objects.order_by(), Enterprise.objects.order_by()
    merged = [
        rows.exclude(merged_into=None).values_list(Value(n), "pk", "merged_into")
        for n, rows in enumerate((accounts, enterprises))
    ]
    steps: tuple[dict[int, int], dict[int, int]] = {}, {}
    for n, key, other in merged[0].union(merged[1], all=True):
        steps[n][key] = other
    return Same(*map(ends, steps))


def _columns(rows: QuerySet[Any], at: str, subject: str, kind: str | Value, sign: int = CAME) -> Any:
    return rows.values_list(Value(sign), "stored_at", "user_id", at, *PLACE, subject, "hours", kind)
