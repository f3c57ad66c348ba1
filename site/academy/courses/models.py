from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import RichTextField, StreamField

from academy.core.blocks import TEXT_FEATURES, BodyBlock
from academy.core.models import BasePage
from academy.core.sections import rich_text, to_sections
from academy.exams.models import Paper
from academy.exams.screens import terms
from kb.types import Document, Section


class CourseIndexPage(BasePage):
    nav = "courses"
    intro = models.CharField(_("introduction"), max_length=200, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    parent_page_types = ["library.HomePage"]
    subpage_types = ["courses.CoursePage"]
    max_count = 1

    class Meta:
        verbose_name = _("list of courses")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from academy.courses.learning import overview

        courses = CoursePage.objects.child_of(self).live().public().select_related("paper")
        return {**super().get_context(request, *args, **kwargs), "items": overview(request.user, courses)}


class CoursePage(BasePage):
    """What a worker takes: lessons and, where there is a paper, an exam.

    Raise `edition` when the content changes in a way that has to be learned again.
    """

    nav = "courses"
    outcome = models.CharField(_("what you can do afterwards"), max_length=200)
    audience = models.CharField(_("for whom"), max_length=100, blank=True)
    intro = RichTextField(_("introduction"), features=TEXT_FEATURES, blank=True)
    hours = models.DecimalField(
        _("training hours"), max_digits=5, decimal_places=1, default=Decimal("1.0"),
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    validity_months = models.PositiveSmallIntegerField(
        _("valid for (months)"), default=0, help_text=_("0: no end")
    )
    edition = models.PositiveIntegerField(
        _("edition"), default=1, validators=[MinValueValidator(1)],
        help_text=_("Raise it when those who completed the course have to take it again."),
    )  # fmt: skip
    paper = models.ForeignKey(
        Paper,
        verbose_name=_("paper"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # without its paper a course would be completed by its lessons alone
        related_name="courses",
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("outcome"),
        FieldPanel("audience"),
        FieldPanel("intro"),
        FieldRowPanel([FieldPanel("hours"), FieldPanel("validity_months"), FieldPanel("edition")]),
        FieldPanel("paper"),
    ]
    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.LessonPage"]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    @property
    def key(self) -> str:
        """How records name this course, with or without its page."""
        return f"course:{self.pk}"

    @property
    def purpose(self) -> str:
        """What its exam is sat for: each edition has its own attempts."""
        return f"{self.key}:{self.edition}"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from academy.courses.learning import progress, settle

        # A draft that is looked at completes nothing
        found = progress if getattr(request, "is_preview", False) else settle
        return {
            **super().get_context(request, *args, **kwargs),
            "progress": found(request.user, self),
            "terms": terms(request.user, self.paper, self.purpose) if self.paper else None,
        }

    def to_document(self) -> Document:
        text = "\n".join(filter(None, (self.outcome, self.audience, rich_text(self.intro))))
        return Document(self.title, (Section((), text, "about"),))


class LessonPage(BasePage):
    nav = "courses"
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [*BasePage.content_panels, FieldPanel("minutes"), FieldPanel("body")]
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    @property
    def key(self) -> str:
        return f"lesson:{self.pk}"

    @cached_property
    def course(self) -> CoursePage:
        course: CoursePage = self.get_parent().specific
        return course

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from academy.courses.learning import progress

        found = progress(request.user, self.course)
        return {
            **super().get_context(request, *args, **kwargs),
            "course": self.course,
            "progress": found,
            "step": found.step_of(self),
            "following": found.after(self),
        }

    def to_document(self) -> Document:
        return Document(self.course.title, to_sections(self.body, (self.title,)))


class LessonProgress(models.Model):
    """A worker has finished a lesson, in the edition of that day. It outlives lesson and course."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lessons_done")
    course_key = models.CharField(_("course key"), max_length=60)
    lesson_key = models.CharField(_("lesson key"), max_length=60)
    edition = models.PositiveIntegerField(_("edition"))
    done_at = models.DateTimeField(_("done at"))

    class Meta:
        verbose_name = _("lesson done")
        verbose_name_plural = _("lessons done")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course_key", "lesson_key", "edition"], name="lesson_done_once_an_edition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.lesson_key}"
