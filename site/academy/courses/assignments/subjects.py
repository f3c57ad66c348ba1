"""What can be assigned, by key: a course, a handbook in its edition, an exam."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academy.courses.models import Assignment, CoursePage
from academy.exams.models import Paper
from academy.library.models import HandbookPage

Kind = Assignment.Kind
Choices = list[tuple[str | Promise, list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Subject:
    kind: str
    key: str
    title: str
    edition: str = ""

    @property
    def label(self) -> str:
        return f"{self.title}（{self.edition}）" if self.kind == Kind.HANDBOOK else self.title


def subjects() -> dict[str, Subject]:
    """Everything that is published now; papers are ready as soon as they are there."""
    courses = CoursePage.objects.live().order_by("path")
    handbooks = HandbookPage.objects.live().exclude(edition="").order_by("path")
    found = [
        *(Subject(Kind.COURSE, page.key, page.title, str(page.edition)) for page in courses),
        *(Subject(Kind.HANDBOOK, page.key, page.title, page.edition) for page in handbooks),
        *(
            Subject(Kind.EXAM, f"paper:{paper.pk}", paper.title)
            for paper in Paper.objects.order_by("title", "pk")
        ),
    ]
    return {one.key: one for one in found}


def choices(found: dict[str, Subject]) -> Choices:
    groups = (
        (Kind.COURSE, _("Courses")),
        (Kind.HANDBOOK, _("Handbooks to sign for")),
        (Kind.EXAM, _("Exams")),
    )
    return [
        (title, [(key, one.label) for key, one in found.items() if one.kind == kind])
        for kind, title in groups
    ]


def number(key: str) -> int:
    """The number of what a key names: 12 of `course:12`."""
    return int(key.partition(":")[2])
