"""What courses and events are called, by their keys."""

from collections.abc import Collection
from itertools import chain

from django.db.models import Subquery

from academy.accounts.models import User
from academy.courses.models import CoursePage
from academy.records.models import Attendance, Completion

# so many are looked up in one query, each by its place in an index
AT_ONCE = 50


COURSES = Completion.objects.order_by("-completed_at").values("course_title")
EVENTS = Attendance.objects.order_by("-attended_at").values("event_title")


def courses() -> dict[str, str]:
    """Those that may be taken, in the order of their names."""
    pages = CoursePage.objects.live().order_by("title").values_list("pk", "title")
    return {f"course:{pk}": title for pk, title in pages}


def of(keys: Collection[str], known: dict[str, str]) -> dict[str, str]:
    """`known` first; what is not among them is called as it was when it was last recorded."""
    missing = [key for key in keys if key not in known]
    some = (missing[n : n + AT_ONCE] for n in range(0, len(missing), AT_ONCE))
    return {**{key: known[key] for key in keys if key in known}, **dict(chain(*map(_recorded, some)))}


def _recorded(keys: list[str]) -> list[tuple[str, str]]:
    """In one query, for which any row will do to ask it of: who has records has people."""
    asked = {f"title_{place}": _last(key) for place, key in enumerate(keys)}
    titles = User.objects.order_by("pk").annotate(**asked).values_list(*asked)[:1]
    return [(key, title) for row in titles for key, title in zip(keys, row, strict=True) if title is not None]


def _last(key: str) -> Subquery:
    is_course = key.startswith("course:")
    return Subquery((COURSES.filter(course_key=key) if is_course else EVENTS.filter(event_key=key))[:1])
