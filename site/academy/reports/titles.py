"""What courses and events are called, by their keys."""

from collections.abc import Collection, Iterable

from django.db.models import Max, Subquery

from academy.courses.models import CoursePage
from academy.records.models import Attendance, Completion

AT_ONCE = 200


def courses() -> dict[str, str]:
    """Those that may be taken, in the order of their names."""
    pages = CoursePage.objects.live().order_by("title").values_list("pk", "title")
    return {f"course:{pk}": title for pk, title in pages}


def of(keys: Collection[str], known: dict[str, str]) -> dict[str, str]:
    """`known` first; what is not among them is called as it was when it was last recorded."""
    missing = [key for key in keys if key not in known]
    taught = [key for key in missing if key.startswith("course:")]
    held = [key for key in missing if not key.startswith("course:")]
    return {key: known[key] for key in keys if key in known} | dict(_courses(taught)) | dict(_events(held))


def _courses(keys: list[str]) -> Iterable[tuple[str, str]]:
    """Each is asked for by itself: an index knows the last of its records, where grouping would read all of them."""
    for some in _slices(keys):
        asked = [
            Subquery(
                Completion.objects.filter(course_key=key).order_by("-completed_at").values("course_title")[:1]
            )
            for key in some
        ]
        for titles in Completion.objects.order_by().values_list(*asked)[:1]:
            yield from ((key, title) for key, title in zip(some, titles, strict=True) if title is not None)


def _events(keys: list[str]) -> Iterable[tuple[str, str]]:
    for some in _slices(keys):
        last = Attendance.objects.filter(event_key__in=some).order_by().values("event_key")
        latest = last.annotate(last=Max("pk")).values("last")
        yield from Attendance.objects.filter(pk__in=latest).values_list("event_key", "event_title")


def _slices(keys: list[str]) -> Iterable[list[str]]:
    return (keys[n : n + AT_ONCE] for n in range(0, len(keys), AT_ONCE))
