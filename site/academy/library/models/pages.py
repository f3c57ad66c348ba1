from functools import cached_property
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.documents.models import Document as Upload
from wagtail.fields import StreamField
from wagtail.models import PageQuerySet

from academy.core.blocks import STATES, BodyBlock
from academy.core.models import BasePage
from academy.core.sections import to_sections
from academy.library.audiences import reader_of
from academy.library.models.source import Passage, Source
from academy.library.reading import read
from kb.types import Document, Section, Status

# by itself, whatever holds above it: what is restricted is in no list
OPEN = models.Q(view_restrictions=None)


class NumberBlock(blocks.StructBlock):
    """One figure to remember, with its sentence and its source."""

    before = blocks.CharBlock(label=_("word before"), required=False)
    value = blocks.CharBlock(label=_("number"))
    unit = blocks.CharBlock(label=_("unit and limit word"))
    text = blocks.CharBlock(label=_("sentence"))
    basis = blocks.CharBlock(label=_("where it comes from"))
    state = blocks.ChoiceBlock(choices=STATES, label=_("state"))
    chapter = blocks.PageChooserBlock(page_type="library.ChapterPage", required=False, label=_("chapter"))


class HomePage(BasePage):
    nav = "home"
    numbers = StreamField([("number", NumberBlock())], blank=True, verbose_name=_("numbers of the day"))

    content_panels = [*BasePage.content_panels, FieldPanel("numbers")]
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1

    class Meta:
        verbose_name = _("home page")

    def number_of(self, days_ago: int) -> Any:
        """Every day another, in turn; a day is a day in Shanghai."""
        day = timezone.localdate().toordinal() - days_ago
        return self.numbers[day % len(self.numbers)].value if self.numbers else None

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        yesterday = request.GET.get("number") == "yesterday"
        return {
            **super().get_context(request, *args, **kwargs),
            "number": self.number_of(1 if yesterday else 0),
            "yesterday": yesterday,
            "handbook": HandbookPage.objects.live().public().first(),
            "handbook_count": HandbookPage.objects.live().public().count(),
            "cases": CasePage.objects.live().public()[:2],
            "case_count": CasePage.objects.live().public().count(),
        }


class IndexPage(BasePage):
    """A list of its children; one for each kind."""

    intro = models.CharField(_("introduction"), max_length=200, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    parent_page_types = ["library.HomePage"]
    max_count = 1

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), "items": self.items()}

    def items(self) -> PageQuerySet:
        return self.get_children().live().public().specific()


class HandbookIndexPage(IndexPage):
    nav = "handbooks"
    subpage_types = ["library.HandbookPage"]

    class Meta:
        verbose_name = _("list of handbooks")

    def items(self) -> list["HandbookPage"]:
        """Each with its chapters, in one query for all of them."""
        handbooks: list[HandbookPage] = list(super().items())
        chapters = list(ChapterPage.objects.descendant_of(self).live().filter(OPEN).order_by("path"))
        for handbook in handbooks:
            handbook.chapters = [chapter for chapter in chapters if chapter.is_child_of(handbook)]
        return handbooks


class ColophonMixin(models.Model):
    """Who wrote it, who checked it, when: shown under everything that is taught."""

    editor = models.CharField(_("written by"), max_length=100, blank=True)
    reviewer = models.CharField(_("reviewed by"), max_length=100, blank=True)
    edition = models.CharField(_("edition"), max_length=50, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    colophon_panels = [
        MultiFieldPanel([FieldPanel(f) for f in ("editor", "reviewer", "edition", "checked_on")])
    ]

    class Meta:
        abstract = True


class HandbookPage(BasePage, ColophonMixin):  # type: ignore[django-manager-missing]
    nav = "handbooks"
    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("intro"), *ColophonMixin.colophon_panels]
    parent_page_types = ["library.HandbookIndexPage"]
    subpage_types = ["library.ChapterPage"]

    class Meta:
        verbose_name = _("handbook")
        verbose_name_plural = _("handbooks")

    @property
    def key(self) -> str:
        """How records name this handbook, with or without its page."""
        return f"handbook:{self.pk}"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from academy.library.handbooks.reading import reading_of

        return {**super().get_context(request, *args, **kwargs), "reading": reading_of(request.user, self)}

    @cached_property
    def chapters(self) -> list["ChapterPage"]:
        return list(ChapterPage.objects.child_of(self).live().filter(OPEN).order_by("path"))


class ChapterPage(BasePage):
    nav = "handbooks"
    summary = models.CharField(_("what is in it"), max_length=100, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes to read"), default=5)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("minutes"),
        FieldPanel("body"),
    ]
    parent_page_types = ["library.HandbookPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")

    @property
    def key(self) -> str:
        return f"chapter:{self.pk}"

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What is served to somebody who has signed in, they have opened: signing for the handbook asks for it."""
        from academy.library.handbooks.reading import opened

        served: HttpResponse = super().serve(request, *args, **kwargs)
        opened(request.user, self)
        return served

    @cached_property
    def handbook(self) -> HandbookPage:
        parent: HandbookPage = HandbookPage.objects.parent_of(self).get()
        return parent

    @cached_property
    def number(self) -> int:
        """Its place among the chapters that a reader sees; an unpublished one stands after the last."""
        numbers = {chapter.pk: n for n, chapter in enumerate(self.handbook.chapters, 1)}
        return numbers.get(self.pk, len(numbers) + 1)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        chapters = self.handbook.chapters
        return {
            **super().get_context(request, *args, **kwargs),
            "chapters": chapters,
            "previous": chapters[self.number - 2] if self.number > 1 else None,
            "next": chapters[self.number] if self.number < len(chapters) else None,
        }

    def to_document(self) -> Document:
        return Document(self.handbook.title, to_sections(self.body, (self.title,)))


class CaseIndexPage(IndexPage):
    nav = "cases"
    subpage_types = ["library.CasePage"]

    class Meta:
        verbose_name = _("list of case studies")


class CasePage(BasePage, ColophonMixin):  # type: ignore[django-manager-missing]
    class Kind(models.TextChoices):
        INCIDENT = "incident", _("Real incident")
        TEACHING = "teaching", _("Teaching scenario")

    nav = "cases"
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.TEACHING)
    summary = models.CharField(_("in one line"), max_length=100)
    place = models.CharField(_("place"), max_length=50, blank=True)
    occurred = models.CharField(_("when"), max_length=50, blank=True)
    people = models.PositiveIntegerField(_("people ill"), null=True, blank=True)
    agent = models.CharField(_("cause"), max_length=100, blank=True)
    story = models.TextField(_("what happened, in three sentences"))
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [
        *BasePage.content_panels,
        *(
            FieldPanel(f)
            for f in ("kind", "summary", "place", "occurred", "people", "agent", "story", "body")
        ),
        *ColophonMixin.colophon_panels,
    ]
    parent_page_types = ["library.CaseIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("case study")
        verbose_name_plural = _("case studies")

    def to_document(self) -> Document:
        story = Section((), f"{self.summary}\n{self.story}", "story")
        return Document(f"案例：{self.title}", (story, *to_sections(self.body)))


class RegulationIndexPage(IndexPage):
    nav = "regulations"
    subpage_types = ["library.RegulationPage"]

    class Meta:
        verbose_name = _("list of regulations")

    def items(self) -> PageQuerySet:
        """What is in force first, what is superseded last."""
        order = [models.When(status=value, then=n) for n, value in enumerate(RegulationPage.Validity.values)]
        by_validity = models.Case(*order, default=len(order))
        return RegulationPage.objects.child_of(self).live().public().order_by(by_validity, "title")


class RegulationPage(BasePage):
    """An official text: its words are those of the file, article by article."""

    class Validity(models.TextChoices):
        CURRENT = Status.CURRENT.value, _("In force")
        UNVERIFIED = Status.UNVERIFIED.value, _("Validity to be checked")
        SUPERSEDED = Status.SUPERSEDED.value, _("Superseded or repealed")

    nav = "regulations"
    status = models.CharField(
        _("validity"), max_length=12, choices=Validity.choices, default=Validity.UNVERIFIED
    )
    superseded_by = models.CharField(_("superseded by"), max_length=200, blank=True)
    issuer = models.CharField(_("issued by"), max_length=100, blank=True)
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    document = models.ForeignKey(
        Upload, verbose_name=_("file"), null=True, on_delete=models.PROTECT, related_name="regulations"
    )

    content_panels = [
        *BasePage.content_panels,
        *(FieldPanel(f) for f in ("document", "status", "superseded_by", "issuer", "effective_on")),
    ]
    parent_page_types = ["library.RegulationIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("regulation")
        verbose_name_plural = _("regulations")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        speaking = Source.objects.speaking_for(f"page:{self.pk}").values_list("key", flat=True)
        reader = reader_of(request)
        return {
            **super().get_context(request, *args, **kwargs),
            "passages": Passage.objects.filter(source_key__in=reader.live_keys(list(speaking))),
            "is_closed": bool(reader.closed([f"page:{self.pk}"])),
        }

    def to_document(self) -> Document:
        if self.document is None:
            return Document(self.title, ())
        return Document(self.title, read(self.document).sections, Status(self.status))
