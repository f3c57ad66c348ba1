"""Questions whose answers are known, and what came of asking them all."""

import hashlib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from ingest.evaluation import Question
from kb.text import clean, squeeze

# a passage among so many first ones is one that a reader sees
SEEN = 5


class QuestionSet(models.Model):
    name = models.CharField(_("name of the question set"), max_length=100, unique=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("question set")
        verbose_name_plural = _("question sets")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class EvaluationQuestion(models.Model):
    question_set = models.ForeignKey(
        QuestionSet, verbose_name=_("question set"), on_delete=models.CASCADE, related_name="questions"
    )
    qid = models.CharField(
        _("number in the set"),
        max_length=60,
        blank=True,
        help_text=_("By this a question is known from run to run. Empty: one is made of its words."),
    )
    question = models.CharField(_("question"), max_length=500)
    gold_doc = models.CharField(
        _("text with the answer"),
        max_length=255,
        blank=True,
        help_text=_("Title or file name. Empty: no text answers it, so it must be refused."),
    )
    gold_text = models.CharField(
        _("words of the answer"),
        max_length=1000,
        blank=True,
        help_text=_(
            "Some words of the right passage, exactly as printed. Empty: any passage of the text is right."
        ),
    )

    class Meta:
        verbose_name = _("test question")
        verbose_name_plural = _("test questions")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["question_set", "qid"],
                name="one_question_per_number",
                violation_error_message=_("The set has a question with this number already."),
            )
        ]

    def __str__(self) -> str:
        return self.question

    def clean(self) -> None:
        for name in ("qid", "question", "gold_doc", "gold_text"):
            setattr(self, name, clean(getattr(self, name)).strip())
        self.qid = self.qid or number_of(self.question)
        if self.gold_text and not self.gold_doc:
            raise ValidationError({"gold_doc": _("Say in which text these words stand.")})

    @property
    def as_question(self) -> Question:
        return Question(self.qid, self.question, self.gold_doc, self.gold_text)


class EvaluationRun(models.Model):
    """All questions of a set asked once; each has its result from the start, as it was then."""

    question_set = models.ForeignKey(
        QuestionSet, verbose_name=_("question set"), on_delete=models.CASCADE, related_name="runs"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    started_at = models.DateTimeField(_("started at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    # why it stopped, until it goes on
    error = models.TextField(blank=True)
    # of the knowledge base, while it was asked
    settings = models.JSONField(default=dict)
    passages = models.PositiveIntegerField(default=0)
    measures = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("evaluation run")
        verbose_name_plural = _("evaluation runs")
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return f"{self.question_set} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def done(self) -> int:
        return self.results.exclude(asked_at=None).count()

    @property
    def total(self) -> int:
        return self.results.count()


class EvaluationResult(models.Model):
    """One question of a run (`ingest.evaluation.Judged`, once it has been asked).

    `found` are the first passages, `answer` the statements, each with the passage that it stands in, `expected`
    where the right passage is, if that was missed: {"source", "ordinal", "title", "place", "text"}.
    """

    class Trouble(models.TextChoices):
        NO_TEXT = "no_text", _("This text is not in the index")
        NO_PASSAGE = "no_passage", _("No passage of this text has these words")

    run = models.ForeignKey(EvaluationRun, on_delete=models.CASCADE, related_name="results")
    qid = models.CharField(max_length=60)
    question = models.TextField()
    gold_doc = models.CharField(max_length=255)
    gold_text = models.TextField()
    asked_at = models.DateTimeField(null=True)
    rank = models.PositiveSmallIntegerField(default=0)
    answered = models.BooleanField(default=False)
    evidenced = models.BooleanField(default=False)
    retrieve_ms = models.FloatField(default=0)
    answer_ms = models.FloatField(default=0)
    found: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    answer: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    expected: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    trouble = models.CharField(max_length=10, choices=Trouble.choices, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["run", "qid"], name="one_result_per_question")]

    def __str__(self) -> str:
        return self.question

    @property
    def known(self) -> bool:
        return bool(self.gold_doc)

    @property
    def is_right(self) -> bool:
        """A reader sees the right passage and gets an answer, or is rightly told that there is none."""
        return self.answered and 0 < self.rank <= SEEN if self.known else not self.answered


def number_of(question: str) -> str:
    """For a question that has none: the same for the same words."""
    return hashlib.sha256(squeeze(question).encode("utf8")).hexdigest()[:12]
