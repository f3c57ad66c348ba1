from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable


class QuestionForm(WagtailAdminModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        choices = self.formsets["choices"]
        if choices.is_valid() and "kind" in cleaned:
            kept = (form.cleaned_data for form in choices.forms if form not in choices.deleted_forms)
            check_choices(cleaned["kind"], [choice["correct"] for choice in kept if choice])
        return cleaned


class Question(ClusterableModel):
    class Kind(models.TextChoices):
        SINGLE = "single", _("one answer")
        MULTIPLE = "multiple", _("several answers")
        TRUEFALSE = "truefalse", _("right or wrong")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SINGLE)
    stem = models.TextField(_("exam question"))
    explanation = models.TextField(_("explanation"), blank=True)
    basis = models.CharField(_("where it comes from"), max_length=300, blank=True)

    base_form_class = QuestionForm
    panels = [
        FieldPanel("kind"),
        FieldPanel("stem"),
        InlinePanel("choices", label=_("choice"), heading=_("choices"), min_num=2),
        FieldPanel("explanation"),
        FieldPanel("basis"),
    ]

    class Meta:
        verbose_name = _("exam question")
        verbose_name_plural = _("exam questions")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.stem


class Choice(Orderable):
    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(_("text"), max_length=300)
    correct = models.BooleanField(_("correct"), default=False)

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
