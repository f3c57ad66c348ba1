from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultipleChooserPanel
from wagtail.models import Orderable

from academy.exams.models.question import Question


class Paper(ClusterableModel):
    title = models.CharField(_("title"), max_length=100)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark (percent)"), default=80, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    minutes = models.PositiveSmallIntegerField(_("minutes allowed"), default=30, help_text=_("0: no limit"))
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts allowed"), default=3, help_text=_("0: no limit. An attempt counts from its start.")
    )
    shuffle_questions = models.BooleanField(_("shuffle the questions"), default=True)
    shuffle_choices = models.BooleanField(_("shuffle the choices"), default=True)

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("pass_mark"), FieldPanel("minutes"), FieldPanel("attempts_allowed")]),
        FieldRowPanel([FieldPanel("shuffle_questions"), FieldPanel("shuffle_choices")]),
        MultipleChooserPanel(
            "entries",
            chooser_field_name="question",
            label=_("exam question"),
            heading=_("exam questions"),
            min_num=1,
        ),
    ]

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title

    @property
    def question_count(self) -> int:
        return int(self.entries.count())


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
