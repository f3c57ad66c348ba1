"""What one person has to do, by date, with the one button that goes on."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.assignments.proving import bring
from academy.courses.assignments.subjects import number
from academy.courses.learning import overview
from academy.courses.models import Assignee, Assignment, CoursePage
from academy.courses.progress import Progress
from academy.library.models import HandbookPage

Kind = Assignment.Kind


@dataclass(frozen=True, slots=True)
class Duty:
    """`url` is empty where what was assigned has been withdrawn."""

    row: Assignee
    act: str
    url: str
    progress: Progress | None = None

    @property
    def assignment(self) -> Assignment:
        return self.row.assignment

    @property
    def days_left(self) -> int:
        return self.row.days_left(timezone.localdate())

    @property
    def days_late(self) -> int:
        return -self.days_left


def duties_of(user: User | AnonymousUser) -> list[Duty]:
    """What is due first comes first. Of two assignments of the same, the one that is due first is shown."""
    if not isinstance(user, User):
        return []
    rows = list(
        Assignee.objects.open()
        .filter(user__in=same_person(user))
        .select_related("assignment", "user")
        .order_by("due_on", "pk")
    )
    if not rows:
        return []
    bring(rows)
    first: dict[str, Assignee] = {}
    for row in rows:
        if not row.done_at:
            first.setdefault(row.assignment.proof_key, row)
    return _with_ways(user, list(first.values()))


def _with_ways(user: User, rows: list[Assignee]) -> list[Duty]:
    progress = _courses(user, rows)
    handbooks = _live_handbooks(rows)
    return [_duty(row, progress, handbooks) for row in rows]


def _duty(row: Assignee, progress: dict[str, Progress], handbooks: set[int]) -> Duty:
    assignment = row.assignment
    pk = number(assignment.object_key)
    if assignment.kind == Kind.EXAM:
        return Duty(
            row, _("To the exam"), reverse("exams:before", kwargs={"kind": "assigned", "pk": assignment.pk})
        )
    if assignment.kind == Kind.HANDBOOK:
        return Duty(row, _("Read and sign"), reverse("library:sign", args=[pk]) if pk in handbooks else "")
    found = progress.get(assignment.object_key)
    return Duty(row, *_way(found), found) if found else Duty(row, "", "")


def _way(found: Progress) -> tuple[str, str]:
    """The one step that comes next in a course; whoever has completed it passes its exam again."""
    course_url = found.course.url or ""
    exam = reverse("exams:before", kwargs={"kind": "course", "pk": found.course.pk})
    if found.completion:
        return (_("Pass the exam again"), exam) if found.outline.paper else (_("To the course"), course_url)
    if found.missing:
        return _("First: %(title)s") % {"title": found.missing[0].title}, found.missing[0].url or ""
    if step := found.now:
        words = _("Go on: lesson %(n)s %(title)s") if found.started else _("Begin: lesson %(n)s %(title)s")
        return words % {"n": step.number, "title": step.lesson.title}, step.lesson.edition_url
    return (_("Go to the exam"), exam) if found.exam_open else (_("To the course"), course_url)


def _courses(user: User, rows: list[Assignee]) -> dict[str, Progress]:
    keys = [row.assignment.object_key for row in rows if row.assignment.kind == Kind.COURSE]
    courses = CoursePage.objects.live().select_related("paper").filter(pk__in=map(number, keys))
    return {found.course.key: found for found in overview(user, courses)} if keys else {}


def _live_handbooks(rows: list[Assignee]) -> set[int]:
    keys = [row.assignment.object_key for row in rows if row.assignment.kind == Kind.HANDBOOK]
    live = HandbookPage.objects.live().filter(pk__in=map(number, keys))
    return set(live.values_list("pk", flat=True)) if keys else set()
