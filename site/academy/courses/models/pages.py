from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.forms import CheckboxSelectMultiple
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable

from academy.core.blocks import TEXT_FEATURES
from academy.core.models import BasePage
from academy.core.sections import rich_text, to_sections
from academy.courses.blocks import LessonBlock
from academy.courses.forms import CourseForm
from academy.exams.admission import terms
from academy.exams.models import Paper
from academy.organisations.models import BusinessType, Post
from kb.types import Document, Section


def is_preview(request: HttpRequest) -> bool:
    """A draft that is looked at records nothing."""
    return bool(getattr(request, "is_preview", False))


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
        from academy.courses.catalogue import catalogue

        courses = CoursePage.objects.child_of(self).live().public()
        return {**super().get_context(request, *args, **kwargs), **catalogue(request, courses)}


class CoursePage(BasePage):
    """What a worker takes: lessons and, where there is a paper, an exam.

    `edition` is raised by publishing a new one (see `versions`), never by hand.
    """

    class Level(models.TextChoices):
        INDUCTION = "induction", _("Induction")
        BASIC = "basic", _("Basic")
        ADVANCED = "advanced", _("Advanced")

    nav = "courses"
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.BASIC)
    outcome = models.CharField(_("what you can do afterwards"), max_length=200)
    audience = models.CharField(_("for whom"), max_length=100, blank=True)
    posts = ParentalManyToManyField(
        Post,
        verbose_name=_("posts it is for"),
        blank=True,
        related_name="+",
        help_text=_("None: every post."),
    )
    business_types = ParentalManyToManyField(
        BusinessType,
        verbose_name=_("business types it is for"),
        blank=True,
        related_name="+",
        help_text=_("None: every business type."),
    )
    intro = RichTextField(_("introduction"), features=TEXT_FEATURES, blank=True)
    hours = models.DecimalField(
        _("training hours"), max_digits=5, decimal_places=1, default=Decimal("1.0"),
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    validity_months = models.PositiveSmallIntegerField(
        _("valid for (months)"), default=0, help_text=_("0: no end")
    )
    edition = models.PositiveIntegerField(
        _("edition"), default=1, editable=False, validators=[MinValueValidator(1)]
    )  # fmt: skip
    watched_share = models.PositiveSmallIntegerField(
        _("share of each video to be watched (percent)"), default=90, validators=[MaxValueValidator(100)]
    )
    paper = models.ForeignKey(
        Paper,
        verbose_name=_("paper"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,  # without its paper a course would be completed by its lessons alone
        related_name="courses",
    )

    content_panels = [
        HelpPanel(template="courses/admin/edition_help.html"),
        *BasePage.content_panels,
        FieldPanel("outcome"),
        FieldRowPanel([FieldPanel("level"), FieldPanel("audience")]),
        FieldPanel("posts", widget=CheckboxSelectMultiple),
        FieldPanel("business_types", widget=CheckboxSelectMultiple),
        FieldPanel("intro"),
        FieldRowPanel([FieldPanel("hours"), FieldPanel("validity_months"), FieldPanel("watched_share")]),
        FieldPanel("paper"),
        InlinePanel("prerequisites", label=_("course to be completed first")),
    ]
    base_form_class = CourseForm
    exclude_fields_in_copy = ["edition"]
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
        """What the exam of the edition in force is sat for; see `Outline.purpose` for a person's own."""
        return f"{self.key}:{self.edition}"

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> Any:
        """The edition in force stands, whatever somebody who began to edit earlier still holds."""
        in_force = CoursePage.objects.select_for_update().filter(pk=self.pk).values_list("edition", flat=True)
        self.edition = in_force.first() or self.edition
        return super().save(*args, **kwargs)

    def with_content_json(self, content: dict[str, Any]) -> "CoursePage":
        """A draft made earlier never brings an earlier edition back."""
        draft: CoursePage = super().with_content_json(content)
        draft.edition = self.edition
        return draft

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from academy.courses import renewing
        from academy.courses.learning import preview, settle

        found = preview(self) if is_preview(request) else settle(request.user, self)
        paper, certificate = found.outline.paper, renewing.latest(found)
        purpose = renewing.purpose(found) or found.outline.purpose
        return {
            **super().get_context(request, *args, **kwargs),
            "progress": found,
            "certificate": certificate,
            "terms": terms(request.user, paper, purpose, timezone.now()) if paper else None,
        }

    def to_document(self) -> Document:
        text = "\n".join(filter(None, (self.outcome, self.audience, rich_text(self.intro))))
        return Document(self.title, (Section((), text, "about"),))


class Prerequisite(Orderable):
    """A course that has to be completed before another begins."""

    page = ParentalKey(CoursePage, on_delete=models.CASCADE, related_name="prerequisites")
    course = models.ForeignKey(
        CoursePage, verbose_name=_("course"), on_delete=models.PROTECT, related_name="leads_to"
    )

    panels = [PageChooserPanel("course", ["courses.CoursePage"])]

    class Meta(Orderable.Meta):
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        constraints = [models.UniqueConstraint(fields=["page", "course"], name="prerequisite_once")]

    def __str__(self) -> str:
        return str(self.course)


class LessonPage(BasePage):
    nav = "courses"
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    watch_through = models.BooleanField(
        _("no skipping"),
        default=False,
        help_text=_("Whoever watches a video for the first time cannot skip ahead in it."),
    )
    body = StreamField(LessonBlock(), blank=True, verbose_name=_("text"))

    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("watch_through")]),
        FieldPanel("body"),
    ]
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    @property
    def key(self) -> str:
        return f"lesson:{self.pk}"

    @property
    def number(self) -> int:
        return int(self.pk)

    @cached_property
    def course(self) -> CoursePage:
        course: CoursePage = self.get_parent().specific
        return course

    @cached_property
    def edition_url(self) -> str:
        """Where it is read in the edition in force; a draft is read where drafts are."""
        return self.get_url() or ""

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever pursues an older edition reads the lesson as it is there; with its course it is withdrawn."""
        from academy.courses.learning import pursued

        if not (self.course.live or is_preview(request)):
            raise Http404
        own = None if is_preview(request) else pursued(request.user, self.course).lesson(self.key)
        if own and own.edition_url != self.edition_url:
            return redirect(own.edition_url)
        served: HttpResponse = super().serve(request, *args, **kwargs)
        if request.user.is_authenticated:
            # Opened is what the server has served, and it holds what this person answered
            add_never_cache_headers(served)
        return served

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from academy.courses.learning import preview, progress
        from academy.courses.lesson_screens import open_screen

        found = preview(self.course) if is_preview(request) else progress(request.user, self.course)
        return {
            **super().get_context(request, *args, **kwargs),
            "lesson": self,
            "course": self.course,
            "edition": found.outline.edition,
            "progress": found,
            "step": found.step_of(self),
            "following": found.after(self),
            "learning": open_screen(request.user, found, self),
        }

    def to_document(self) -> Document:
        return Document(self.course.title, to_sections(self.body, (self.title,)))
