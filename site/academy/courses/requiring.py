"""What has to be completed before a course begins, and that no course waits for itself."""

from collections.abc import Collection, Iterable, Mapping

from django.contrib.auth.models import AnonymousUser

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.models import CoursePage, Prerequisite
from academy.courses.progress import Required
from academy.records.models import Completion


def required(user: User | AnonymousUser, courses: Iterable[CoursePage]) -> dict[int, tuple[Required, ...]]:
    """By the course's number; a course that is withdrawn cannot be completed, so it is not asked for."""
    ids = [course.pk for course in courses]
    found: dict[int, list[CoursePage]] = {pk: [] for pk in ids}
    for row in Prerequisite.objects.filter(page__in=ids, course__live=True).select_related("course"):
        found[row.page_id].append(row.course)
    completed = _completed(user, {course.key for before in found.values() for course in before})
    return {
        pk: tuple(Required(course, course.key in completed) for course in before)
        for pk, before in found.items()
    }


def waits_for_itself(course_pk: int, before: Collection[int]) -> bool:
    """Whether a course with these prerequisites would have to be completed before it begins."""
    graph = {**_graph(), course_pk: set(before)}
    reached, ahead = set[int](), list(before)
    while ahead:
        pk = ahead.pop()
        if pk not in reached:
            reached.add(pk)
            ahead.extend(graph.get(pk, ()))
    return course_pk in reached


def _graph() -> Mapping[int, set[int]]:
    """What waits for what, by what is published and by drafts, which may be published at any time."""
    graph: dict[int, set[int]] = {}
    for page, course in Prerequisite.objects.values_list("page", "course"):
        graph.setdefault(page, set()).add(course)
    for draft in CoursePage.objects.filter(has_unpublished_changes=True).select_related("latest_revision"):
        content = draft.latest_revision.content if draft.latest_revision else {}
        graph.setdefault(draft.pk, set()).update(row["course"] for row in content.get("prerequisites", ()))
    return graph


def _completed(user: User | AnonymousUser, keys: set[str]) -> set[str]:
    if not keys or not isinstance(user, User):
        return set()
    rows = Completion.objects.filter(user__in=same_person(user), course_key__in=keys)
    return set(rows.values_list("course_key", flat=True))
