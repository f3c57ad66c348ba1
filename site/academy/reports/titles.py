"""What courses and events are called, by their keys."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet, Subquery

from academy.courses.models import CoursePage
from academy.records.models import Attendance, Completion

# so many are looked up in one query, each by its place in an index
AT_ONCE = 50


class _Named(NamedTuple):
    rows: QuerySet[Any]
    key: str
    title: str
    at: str

    def last(self, key: str) -> Subquery:
        """As it was called when it was last recorded."""
        found = self.rows.filter(**{self.key: key}).order_by(f"-{self.at}")
        return Subquery(found.values(self.title)[:1])

    def all(self, keys: list[str]) -> Iterator[tuple[str, str]]:
        for n in range(0, len(keys), AT_ONCE):
            some = keys[n : n + AT_ONCE]
            asked = {f"title_{place}": self.last(key) for place, key in enumerate(some)}
            for titles in self.rows.order_by("pk").annotate(**asked).values_list(*asked)[:1]:
                yield from (
                    (key, title) for key, title in zip(some, titles, strict=True) if title is not None
                )


def courses() -> dict[str, str]:
    """Those that may be taken, in the order of their names."""
    pages = CoursePage.objects.live().order_by("title").values_list("pk", "title")
    return {f"course:{pk}": title for pk, title in pages}


def of(keys: Collection[str], known: dict[str, str]) -> dict[str, str]:
    """`known` first; what is not among them is called as it was when it was last recorded."""
    missing = [key for key in keys if key not in known]
    taught = _Named(Completion.objects.all(), "course_key", "course_title", "completed_at")
    held = _Named(Attendance.objects.all(), "event_key", "event_title", "attended_at")
    return {
        **{key: known[key] for key in keys if key in known},
        **dict(taught.all([key for key in missing if key.startswith("course:")])),
        **dict(held.all([key for key in missing if not key.startswith("course:")])),
    }
