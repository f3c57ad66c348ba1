from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultipleChooserPanel
from wagtail.models import Orderable, PreviewableMixin

from academy.exams.models.question import Question, QuestionQuerySet


class Paper(PreviewableMixin, ClusterableModel):
    """Fixed questions, and some drawn from the bank by tag, kind and difficulty for each attempt anew."""

    class Review(models.TextChoices):
        FULL = "full", _("every question with what is right, and why")
        OUTCOME = "outcome", _("which questions were right")
        SCORE = "score", _("the score only")
        CLOSED = "closed", _("every question, once the paper has closed")

    title = models.CharField(_("title"), max_length=100)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (percent)"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    minutes = models.PositiveSmallIntegerField(_("minutes allowed"), default=30, help_text=_("0: no limit"))
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=3, help_text=_("0: no limit. An attempt counts from its start.")
    )
    cool_down_hours = models.PositiveSmallIntegerField(
        _("hours between attempts"),
        default=0,
        help_text=_("Counted from the end of the last one that failed."),
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(
        _("closes"),
        null=True,
        blank=True,
        help_text=_("Nobody begins afterwards; whoever sits then is cut off."),
    )
    access_code = models.CharField(
        _("access code"), max_length=20, blank=True, help_text=_("Asked for at the start; said in the room.")
    )
    review = models.CharField(
        _("shown afterwards"), max_length=10, choices=Review.choices, default=Review.FULL
    )
    shuffle_questions = models.BooleanField(_("shuffle the questions"), default=True)
    shuffle_choices = models.BooleanField(_("shuffle the choices"), default=True)

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("pass_mark"), FieldPanel("minutes"), FieldPanel("attempts_allowed")]),
        FieldRowPanel([FieldPanel("cool_down_hours"), FieldPanel("access_code"), FieldPanel("review")]),
        FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
        FieldRowPanel([FieldPanel("shuffle_questions"), FieldPanel("shuffle_choices")]),
        MultipleChooserPanel(
            "entries",
            chooser_field_name="question",
            label=_("exam question"),
            heading=_("exam questions"),
        ),
        InlinePanel("draws", label=_("draw"), heading=_("drawn from the bank")),
    ]

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "exams/paper_preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        """As somebody might get it: drawn anew each time, kept nowhere."""
        from academy.exams.drawing import TooFewError, draw
        from academy.exams.showing import pictures

        try:
            drawn = draw(self)
        except TooFewError:
            drawn = []
        return {"paper": self, "drawn": drawn, "pictures": pictures(drawn)}

    def clean(self) -> None:
        if self.review == self.Review.CLOSED and not self.closes_at:
            raise ValidationError(
                {"closes_at": _("Say when it closes: the questions are shown from then on.")}
            )

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    @property
    def question_count(self) -> int:
        drawn = sum(int(draw.count) for draw in self.draws.all())
        return int(self.fixed().count()) + drawn

    def fixed(self) -> models.QuerySet["PaperQuestion"]:
        entries: models.QuerySet[PaperQuestion] = self.entries.all()
        return entries.filter(question__retired=False)


class PaperQuestion(Orderable):
    """A question's place on a paper; a question that stands on a paper cannot be deleted."""

    paper = ParentalKey(Paper, on_delete=models.CASCADE, related_name="entries")
    question = models.ForeignKey(
        Question, verbose_name=_("exam question"), on_delete=models.PROTECT, related_name="entries"
    )

    panels = [FieldPanel("question")]

    class Meta(Orderable.Meta):
        verbose_name = _("exam question")
        verbose_name_plural = _("exam questions")
        constraints = [models.UniqueConstraint(fields=["paper", "question"], name="question_once_on_a_paper")]

    def __str__(self) -> str:
        return str(self.question)


class PaperDraw(Orderable):
    """So many questions of a tag, a kind and a difficulty; what is left empty does not matter."""

    paper = ParentalKey(Paper, on_delete=models.CASCADE, related_name="draws")
    tag = models.ForeignKey(
        "taggit.Tag", verbose_name=_("tag"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Question.Kind.choices, blank=True)
    difficulty = models.PositiveSmallIntegerField(
        _("difficulty"), choices=Question.Difficulty.choices, null=True, blank=True
    )
    count = models.PositiveSmallIntegerField(_("how many"), default=10, validators=[MinValueValidator(1)])

    panels = [
        FieldRowPanel([FieldPanel("tag"), FieldPanel("kind"), FieldPanel("difficulty"), FieldPanel("count")])
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("draw")
        verbose_name_plural = _("draws")

    def __str__(self) -> str:
        return f"{self.tag or '*'} × {self.count}"

    def bank(self) -> QuestionQuerySet:
        """The questions it draws from."""
        found = Question.objects.in_use()
        if self.tag_id:
            found = found.filter(tagged_items__tag_id=self.tag_id)
        if self.kind:
            found = found.filter(kind=self.kind)
        return found.filter(difficulty=self.difficulty) if self.difficulty else found
