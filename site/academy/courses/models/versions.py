from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from academy.courses.blocks import LessonBlock
from academy.courses.models.pages import CoursePage
from academy.exams.models import Paper


class CourseVersion(models.Model):
    """An edition of a course as it was when the next one took its place, for those who finish it.

    The edition in force is the page itself.
    """

    course_key = models.CharField(_("course key"), max_length=60)
    edition = models.PositiveIntegerField(_("edition"))
    title = models.CharField(_("title"), max_length=255)
    outcome = models.CharField(max_length=200, blank=True)
    hours = models.DecimalField(_("training hours"), max_digits=5, decimal_places=1)
    validity_months = models.PositiveSmallIntegerField(_("valid for (months)"))
    watched_share = models.PositiveSmallIntegerField()
    paper = models.ForeignKey(
        Paper, verbose_name=_("paper"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField(_("replaced at"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("edition of a course")
        verbose_name_plural = _("editions of courses")
        ordering = ("course_key", "-edition")
        constraints = [models.UniqueConstraint(fields=["course_key", "edition"], name="edition_frozen_once")]

    def __str__(self) -> str:
        return f"{self.title} · {self.edition}"

    @property
    def course_pk(self) -> int:
        return int(self.course_key.removeprefix("course:"))

    @cached_property
    def course(self) -> CoursePage:
        course: CoursePage = CoursePage.objects.get(pk=self.course_pk)
        return course


class LessonVersion(models.Model):
    """A lesson as it was in that edition."""

    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="lessons")
    key = models.CharField(_("lesson key"), max_length=60)
    sort_order = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=255)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    watch_through = models.BooleanField(_("no skipping"))
    body: Any = StreamField(LessonBlock(), blank=True, verbose_name=_("text"))

    class Meta:
        verbose_name = _("lesson of an edition")
        verbose_name_plural = _("lessons of an edition")
        ordering = ("sort_order",)
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="lesson_once_in_an_edition")]

    def __str__(self) -> str:
        return self.title

    @property
    def edition_url(self) -> str:
        version = self.version
        return reverse("courses:edition_lesson", args=[version.course_pk, version.edition, self.number])

    @property
    def number(self) -> int:
        return int(self.key.removeprefix("lesson:"))

    @property
    def course(self) -> CoursePage:
        course: CoursePage = self.version.course
        return course
