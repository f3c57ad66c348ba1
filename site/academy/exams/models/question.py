from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable, RevisionMixin


class QuestionForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        choices = self.formsets["choices"]
        if choices.is_valid() and "kind" in cleaned:
            kept = (form.cleaned_data for form in choices.forms if form not in choices.deleted_forms)
            check_choices(cleaned["kind"], [choice["correct"] for choice in kept if choice])
        return cleaned


class QuestionTag(TaggedItemBase):
    content_object = ParentalKey("exams.Question", on_delete=models.CASCADE, related_name="tagged_items")


class QuestionQuerySet(models.QuerySet["Question"]):
    def in_use(self) -> "QuestionQuerySet":
        return self.filter(retired=False)


class Question(RevisionMixin, ClusterableModel):
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


def check_choices(kind: str, correct: Sequence[bool]) -> None:
    """`correct` says of each choice whether it is right; raises ValidationError in words for the editor."""
    if len(correct) < 2:
        raise ValidationError(_("A question needs at least two choices."))
    if kind == Question.Kind.TRUEFALSE and len(correct) != 2:
        raise ValidationError(_("A right-or-wrong question has exactly two choices."))
    if kind == Question.Kind.MULTIPLE and not any(correct):
        raise ValidationError(_("Mark at least one choice as correct."))
    if kind != Question.Kind.MULTIPLE and sum(correct) != 1:
        raise ValidationError(_("Mark exactly one choice as correct."))
