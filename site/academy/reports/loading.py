"""From the records to their columns."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import Enterprise
from academy.records.models import Attendance, AttendanceQuerySet, Completion, CompletionQuerySet
from academy.reports.facts import NOWHERE, Column, Facts

COURSE = "course"
CHUNK = 20_000
EPOCH = date(1970, 1, 1).toordinal()


class Raw(NamedTuple):
    user: int
    at: datetime
    district: int | None
    enterprise: int | None
    business_type: str
    post: str
    subject: str
    hours: Decimal
    kind: str


PLACE = ("district_key", "enterprise_key", "business_type_name", "post_name")


def load() -> Facts:
    everything = chain(completed(Completion.objects.all()), attended(Attendance.objects.standing()))
    rows = sorted(everything, key=lambda row: row.at)
    return facts_of(rows, canonical(User), canonical(Enterprise))


def facts_of(rows: list[Raw], accounts: dict[int, int], enterprises: dict[int, int]) -> Facts:
    """`rows` by time. `accounts` and `enterprises` say which turned out to be which other."""
    people, person = np.unique(
        _numbers(accounts.get(row.user, row.user) for row in rows), return_inverse=True
    )
    words, coded = {}, {}
    for name in ("kind", "business_type", "post", "subject"):
        texts, coded[name] = np.unique(
            np.array([getattr(row, name) for row in rows], object), return_inverse=True
        )
        words[name] = tuple(texts)
    places = (NOWHERE if row.enterprise is None else row.enterprise for row in rows)
    return Facts(
        person=person,
        day=_numbers(day_number(local_day(row.at)) for row in rows),
        district=_numbers(NOWHERE if row.district is None else row.district for row in rows),
        enterprise=_numbers(enterprises.get(place, place) for place in places),
        tenths=_numbers(int(row.hours * 10) for row in rows),
        words=words,
        people=len(people),
        accounts=people,
        **coded,
    )


def day_number(day: date) -> int:
    return day.toordinal() - EPOCH


def local_day(moment: datetime) -> date:
    return timezone.localdate(moment, timezone.get_default_timezone())


def completed(rows: CompletionQuerySet) -> Iterator[Raw]:
    named = rows.order_by().values_list("user_id", "completed_at", *PLACE, "course_key", "hours")
    return (Raw._make((*row, COURSE)) for row in named.iterator(chunk_size=CHUNK))


def attended(rows: AttendanceQuerySet) -> Iterator[Raw]:
    fields = ("user_id", "attended_at", *PLACE, "event_key", "hours", "kind")
    return map(Raw._make, rows.order_by().values_list(*fields).iterator(chunk_size=CHUNK))


def canonical(model: Any) -> dict[int, int]:
    """Each that was merged → what it is now, through however many steps."""
    return ends(dict(model.objects.exclude(merged_into=None).values_list("pk", "merged_into")))


def ends(step: dict[int, int]) -> dict[int, int]:
    return {pk: _last(pk, step) for pk in step}


def _last(pk: int, step: dict[int, int]) -> int:
    seen = {pk}
    while pk in step and step[pk] not in seen:
        pk = step[pk]
        seen.add(pk)
    return pk


def _numbers(values: Iterable[int]) -> Column:
    return np.fromiter(values, np.int32)
