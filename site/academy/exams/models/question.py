from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, PreviewableMixin, RevisionMixin

from academy.exams.bank.checking import problems_of
from academy.exams.bank.likeness import fingerprint
from academy.exams.bank.rows import GRID, BankOption, BankQuestion, trimmed

EMPTY_OPTION: dict[str, Any] = {"text": "", "correct": False, "pair": "", "cells": "", "feedback": ""}


class QuestionForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        choices = self.formsets["choices"]
        if choices.is_valid() and {"kind", "stem", "columns", "rows"} <= cleaned.keys():
            kept = (form.cleaned_data for form in choices.ordered_forms)
            check_choices(cleaned, [choice for choice in kept if choice])
        return cleaned


class QuestionTag(TaggedItemBase):
    content_object = ParentalKey("exams.Question", on_delete=models.CASCADE, related_name="tagged_items")


class QuestionQuerySet(models.QuerySet["Question"]):
    def in_use(self) -> "QuestionQuerySet":
        return self.filter(retired=False)

    def with_choices(self) -> "QuestionQuerySet":
        return self.prefetch_related("choices", "tagged_items__tag")


class Question(PreviewableMixin, RevisionMixin, ClusterableModel):
    """`version` counts what changed for whoever answers; `fingerprint` is the same for the same words."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("one answer")
        MULTIPLE = "multiple", _("several answers")
        TRUEFALSE = "truefalse", _("right or wrong")
        ORDER = "order", _("put in order")
        MATCH = "match", _("match")
        SHORT = "short", _("short answer")
        HOTSPOT = "hotspot", _("point at the picture")
        FAULTS = "faults", _("find the faults in the picture")

    class Difficulty(models.IntegerChoices):
        EASY = 1, _("easy")
        MEDIUM = 2, _("medium")
        HARD = 3, _("hard")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SINGLE)
    stem = models.TextField(_("exam question"))
    image = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    columns = models.PositiveSmallIntegerField(
        _("columns of the grid"), default=6, validators=[MinValueValidator(2), MaxValueValidator(12)]
    )
    rows = models.PositiveSmallIntegerField(
        _("rows of the grid"), default=4, validators=[MinValueValidator(2), MaxValueValidator(12)]
    )
    explanation = models.TextField(_("explanation"), blank=True)
    basis = models.CharField(_("where it comes from"), max_length=300, blank=True)
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"), choices=Difficulty.choices, default=Difficulty.MEDIUM
    )
    tags = ClusterTaggableManager(through=QuestionTag, blank=True, verbose_name=_("tags"))
    retired = models.BooleanField(
        _("no longer drawn"), default=False, help_text=_("Papers that were sat with it keep it.")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    fingerprint = models.CharField(max_length=64, db_index=True, editable=False, default="")

    objects = QuestionQuerySet.as_manager()

    base_form_class = QuestionForm
    panels = [
        FieldPanel("kind"),
        FieldPanel("stem"),
        FieldPanel("image"),
        FieldRowPanel([FieldPanel("columns"), FieldPanel("rows")]),
        InlinePanel("choices", label=_("choice"), heading=_("choices"), min_num=1),
        FieldPanel("explanation"),
        FieldPanel("basis"),
        FieldRowPanel([FieldPanel("difficulty"), FieldPanel("tags"), FieldPanel("retired")]),
    ]

    class Meta:
        verbose_name = _("exam question")
        verbose_name_plural = _("exam questions")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.stem

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Counts another version when what is answered has changed; a question without choices was never asked."""
        if kwargs.get("update_fields") is not None:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            before = Question.objects.select_for_update().filter(pk=self.pk).first()
            if before is not None:
                changed = before.choices.exists() and answered(before.entry()) != answered(self.entry())
                self.version = before.version + changed
            self.fingerprint = fingerprint(self.entry())
            super().save(*args, **kwargs)

    def entry(self) -> BankQuestion:
        """What it says, as files have it; its tags are left out."""
        options = tuple(
            BankOption(choice.text, choice.correct, choice.pair, choice.cells, choice.feedback)
            for choice in self.choices.all()
        )
        return trimmed(
            BankQuestion(
                kind=str(self.kind),
                stem=self.stem,
                options=options,
                explanation=self.explanation,
                basis=self.basis,
                difficulty=self.difficulty,
                picture=str(self.image_id or ""),
                columns=self.columns,
                rows=self.rows,
            )
        )

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("asked", _("as it is asked")), ("marked", _("with what is right"))]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "exams/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {"question": self, "marked": mode_name == "marked"}


class Choice(Orderable):
    """What may be chosen; in order they are put in, the right one. `pair` is what it is matched with."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(_("text"), max_length=500)
    correct = models.BooleanField(_("correct"), default=False)
    pair = models.CharField(_("belongs to"), max_length=300, blank=True)
    cells = models.CharField(
        _("cells"), max_length=200, blank=True, help_text=_("Where it is in the picture's grid: B2 C2")
    )
    feedback = models.CharField(_("said to whoever chose it"), max_length=300, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("choice")
        verbose_name_plural = _("choices")

    def __str__(self) -> str:
        return self.text


def answered(entry: BankQuestion) -> BankQuestion:
    """What whoever answers sees, and what decides whether the answer is right."""
    options = tuple(replace(option, feedback="") for option in entry.options)
    return replace(entry, options=options, explanation="", basis="", difficulty=0, tags=())


def check_choices(fields: Mapping[str, Any], choices: Sequence[Mapping[str, Any]]) -> None:
    """A question's fields with those of its choices; raises ValidationError in words for the editor."""
    options = (
        BankOption(**{name: choice.get(name) or empty for name, empty in EMPTY_OPTION.items()})
        for choice in choices
    )
    image = fields.get("image")
    entry = BankQuestion(
        kind=fields["kind"],
        stem=fields["stem"],
        options=tuple(options),
        picture=str(image.pk) if image else "",
        columns=fields.get("columns", GRID[0]),
        rows=fields.get("rows", GRID[1]),
    )
    if problems := problems_of(trimmed(entry)):
        raise ValidationError([problem.words for problem in problems])
