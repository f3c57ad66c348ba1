"""The months of the records as columns: brought up to date, made anew, and proved equal to the records.

What a month has is decided by the records and the watermark alone: those stored before it, and of these the ones that
were not withdrawn before it. What came later a reader finds by its time (`changes`). So nobody waits for anybody:
columns are made without a lock, and only put in place with one.
"""

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from academy.core.database import settled
from academy.records.models import Attendance, AttendanceQuerySet, Completion
from academy.reports.facts import Facts
from academy.reports.loading import Raw, attended, completed
from academy.reports.models import Month, Watermark
from academy.reports.packing import COLUMNS, WORDED, Packed, pack, recorded, unpack

EVERY = timedelta(minutes=4)
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
Seen = Callable[[Iterable[date]], Iterable[date]]


class Difference(NamedTuple):
    """A record that is so many times too often in its month; less than nothing where it is missing."""

    month: date
    times: int
    record: tuple[object, ...]

    def __str__(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in zip(COLUMNS, self.record, strict=True))
        return (
            f"{self.month:%Y-%m}: {self.times:+d} × {said}" if self.record else f"{self.month:%Y-%m}: damaged"
        )


def is_due() -> bool:
    return not Watermark.objects.filter(until__gt=timezone.now() - EVERY).exists()


def refresh(until: datetime | None = None) -> list[date]:
    """The months in which something changed, written anew. Of two at once the later one gives way."""
    since, until = _since(), until or settled()
    if until <= since:
        return []
    months = sorted(_changed(since, until))
    return months if _put(since, until, months, [_packed(month, until) for month in months]) else []


def rebuild(until: datetime | None = None, seen: Seen = iter) -> list[date] | None:
    """All of them, and none that has no records; None where somebody else was there meanwhile. `seen` passes each on."""
    since = _since()
    until = max(since, until or settled())
    months = sorted(_changed(BEGINNING, until))
    packed = [_packed(month, until) for month in seen(months)]
    return months if _put(since, until, months, packed, alone=True) else None


def differences(seen: Seen = iter) -> Iterator[Difference]:
    """What the months have and the records do not, or the other way round."""
    held = {month.month: month for month in Month.objects.select_related("watermark")}
    until = next((month.watermark.until for month in held.values()), None) or _since()
    for month in seen(sorted({*held, *_changed(BEGINNING, until)})):
        yield from _compared(month, held.get(month), recorded(_rows(month, until)))


def _since() -> datetime:
    known = Watermark.objects.values_list("until", flat=True).first()
    return known or BEGINNING


def _changed(since: datetime, until: datetime) -> set[date]:
    stored = Q(stored_at__gte=since, stored_at__lt=until)
    withdrawn = Q(withdrawn_at__gte=since, withdrawn_at__lt=until)
    zone = timezone.get_default_timezone()
    completions = Completion.objects.filter(stored).order_by()
    attendances = Attendance.objects.filter(stored | withdrawn).order_by()
    return {
        moment.date()
        for moment in chain(
            completions.datetimes("completed_at", "month", tzinfo=zone),
            attendances.datetimes("attended_at", "month", tzinfo=zone),
        )
    }


def _packed(month: date, until: datetime) -> Packed:
    return pack(month, recorded(_rows(month, until)))


def _rows(month: date, until: datetime) -> Iterator[Raw]:
    after = (month + timedelta(days=31)).replace(day=1)
    completions = Completion.objects.since(month).before(after).filter(stored_at__lt=until)
    attendances = Attendance.objects.since(month).before(after).filter(stored_at__lt=until)
    return chain(completed(completions), attended(standing_at(attendances, until)))


def standing_at(rows: AttendanceQuerySet, moment: datetime) -> AttendanceQuerySet:
    return rows.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gte=moment))


@transaction.atomic
def _put(
    since: datetime, until: datetime, months: Collection[date], packed: Iterable[Packed], alone: bool = False
) -> bool:
    """Whether they were put in place: not, where somebody else was there meanwhile."""
    watermark, _created = Watermark.objects.select_for_update().get_or_create(
        pk=1, defaults={"until": BEGINNING}
    )
    if watermark.until != since:
        return False
    if alone:
        Month.objects.exclude(month__in=months).delete()
    watermark.until = until
    watermark.save()
    fields = ["watermark", "words", "columns", "count", "digest", "written_at"]
    rows = [Month(watermark=watermark, **asdict(one)) for one in packed]
    Month.objects.bulk_create(rows, update_conflicts=True, update_fields=fields, unique_fields=["month"])
    return True


def _compared(month: date, stored: Month | None, true: Facts) -> Iterator[Difference]:
    kept = _read(stored)
    surplus = Counter(_written(kept))
    surplus.subtract(_written(true))
    found = [Difference(month, times, record) for record, times in surplus.items() if times]
    if stored and not found and stored.digest != pack(month, kept).digest:
        yield Difference(month, 0, ())
    yield from sorted(found)


def _read(stored: Month | None) -> Facts:
    """Nothing, where it cannot be read: then all its records are missing."""
    try:
        return unpack(stored.words, stored.columns) if stored else recorded([])
    except (zlib.error, ValueError):
        return recorded([])


def _written(facts: Facts) -> Iterator[tuple[object, ...]]:
    """Each record in words and numbers."""
    columns = [
        [facts.words[name][n] for n in getattr(facts, name)]
        if name in WORDED
        else getattr(facts, name).tolist()
        for name in COLUMNS
    ]
    return zip(*columns, strict=True)
