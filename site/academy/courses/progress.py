"""How far somebody is in an edition of a course, in the words of the screens."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import ngettext

from academy.courses.models import CoursePage, Enrolment
from academy.courses.outline import Lesson, Outline
from academy.exams.models import Attempt
from academy.records.models import Completion


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    lesson: Lesson
    state: str


@dataclass(frozen=True, slots=True)
class Required:
    """A course that has to be completed, in whichever edition, before this one begins."""

    course: CoursePage
    completed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` says when each lesson was done, by its key; withdrawn ones stay, so that nothing is undone.

    `before` is the completion of an earlier edition; `opened` the key of the lesson opened last and not done.
    """

    outline: Outline
    enrolment: Enrolment | None = None
    done: dict[str, datetime] = field(default_factory=dict)
    passed: Attempt | None = None
    completion: Completion | None = None
    before: Completion | None = None
    opened: str = ""
    required: tuple[Required, ...] = ()
    is_preview: bool = False

    @property
    def course(self) -> CoursePage:
        return self.outline.course

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        return self.outline.lessons

    @property
    def missing(self) -> list[CoursePage]:
        """What keeps this course closed. It is asked at the beginning only: whoever is in stays in."""
        if self.enrolment or self.completion or self.is_preview:
            return []
        return [one.course for one in self.required if not one.completed]

    @property
    def todo(self) -> list[Lesson]:
        if self.completion:
            return []
        return [lesson for lesson in self.lessons if lesson.key not in self.done]

    @property
    def done_count(self) -> int:
        return len(self.lessons) if self.completion else len(self.done)

    @property
    def next_lesson(self) -> Lesson | None:
        return next(iter(self.todo), None)

    @property
    def here(self) -> Lesson | None:
        """Where to go on: the lesson opened last and not done, else the first that is not done."""
        return next((lesson for lesson in self.todo if lesson.key == self.opened), self.next_lesson)

    @property
    def steps(self) -> list[Step]:
        here = self.here
        return [Step(n, lesson, self._state(lesson, here)) for n, lesson in enumerate(self.lessons, 1)]

    @property
    def now(self) -> Step | None:
        return next((step for step in self.steps if step.state == "now"), None)

    def step_of(self, lesson: Lesson) -> Step | None:
        return next((step for step in self.steps if step.lesson.key == lesson.key), None)

    def after(self, lesson: Lesson) -> Lesson | None:
        step = self.step_of(lesson)
        return self.lessons[step.number] if step and step.number < len(self.lessons) else None

    @property
    def cells(self) -> list[str]:
        """The ruler's: lessons withdrawn after they were done come first."""
        states = [step.state for step in self.steps]
        return ["done"] * (self.done_count - states.count("done")) + states

    @property
    def started(self) -> bool:
        return self.enrolment is not None or self.done_count > 0

    @property
    def under_way(self) -> bool:
        return self.started and not self.completion

    @property
    def asks_for_edition(self) -> bool:
        """Whether to be asked which edition it shall be; undecided, one goes on in the old one."""
        stays = self.enrolment is not None and self.enrolment.stays
        return bool(self.outline.newer and self.under_way and not stays)

    @property
    def exam_open(self) -> bool:
        open_now = not (self.todo or self.passed or self.completion or self.missing)
        return bool(self.outline.paper and open_now)

    @property
    def met(self) -> bool:
        """Every lesson is done and the paper passed; where there is neither, there is nothing to complete."""
        return not self.todo and bool(self.passed if self.outline.paper else self.done)

    @property
    def minutes(self) -> int:
        return self.outline.minutes

    @property
    def text_left(self) -> str:
        n = self.done_count
        return ngettext("%(n)s lesson done", "%(n)s lessons done", n) % {"n": n}

    @property
    def text_right(self) -> str:
        n = len(self.todo)
        return ngettext("%(n)s lesson to go", "%(n)s lessons to go", n) % {"n": n} if n else ""

    def _state(self, lesson: Lesson, here: Lesson | None) -> str:
        if self.completion or lesson.key in self.done:
            return "done"
        return "now" if here and lesson.key == here.key else "todo"
