from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.exams.marking import DrawnQuestion
from academy.exams.models.paper import Paper


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def of(self, user: User, purpose: str) -> "AttemptQuerySet":
        return self.filter(user=user, purpose=purpose)

    def sat_for(self, kind: str, pk: int) -> "AttemptQuerySet":
        """Whatever edition, and whichever renewal, of one course or one spot exam."""
        sat_for = f"{kind}:{pk}"
        return self.filter(Q(purpose=sat_for) | Q(purpose__startswith=f"{sat_for}:"))

    def open(self) -> "AttemptQuerySet":
        return self.filter(submitted_at=None)

    def passed(self) -> "AttemptQuerySet":
        return self.filter(passed=True)


class Attempt(models.Model):
    """One sitting. The row exists from its start and keeps the paper as drawn, so it outlives the paper.

    `purpose` says what it is sat for (the edition of a course, a spot exam); attempts are counted within one purpose.
    `answers` is what stands: the last of the saved answers to each question.
    """

    class Reason(models.TextChoices):
        BY_HAND = "by_hand", _("handed in")
        EXPIRED = "expired", _("time ran out")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts")
    purpose = models.CharField(_("sat for"), max_length=60)
    paper = models.ForeignKey(Paper, null=True, on_delete=models.SET_NULL, related_name="attempts")
    paper_title = models.CharField(_("paper"), max_length=100)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark (percent)"))
    drawn = models.JSONField(_("questions as drawn"))
    started_at = models.DateTimeField(_("started at"))
    deadline = models.DateTimeField(_("deadline"), null=True)
    answers = models.JSONField(_("answers"), default=dict)
    flagged = models.JSONField(_("flagged questions"), default=list)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    reason = models.CharField(_("how it ended"), max_length=10, choices=Reason.choices, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    passed = models.BooleanField(_("passed"), default=False)
    review = models.CharField(max_length=10, choices=Paper.Review.choices, default=Paper.Review.FULL)
    closes_at = models.DateTimeField(null=True)
    # whether what follows from its end has happened
    settled = models.BooleanField(default=False)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["deadline"], condition=Q(submitted_at=None), name="open_attempts"),
            models.Index(
                fields=["submitted_at"],
                condition=Q(settled=False, submitted_at__isnull=False),
                name="unsettled_attempts",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(submitted_at=None), name="one_open_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.paper_title} #{self.pk}"

    @property
    def key(self) -> str:
        return f"attempt:{self.pk}"

    @property
    def questions(self) -> list[DrawnQuestion]:
        return self.drawn  # type: ignore[no-any-return]

    def is_late(self, now: datetime) -> bool:
        """The deadline itself is still in time."""
        return self.deadline is not None and now > self.deadline


class SavedAnswer(models.Model):
    """Each answer as it came in. `key` makes one that is sent twice count once; of those to one question the one
    with the highest `sequence` stands, in whatever order they arrive."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="saved")
    key = models.UUIDField()
    question_key = models.CharField(max_length=20)
    chosen = models.JSONField()
    sequence = models.PositiveBigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("saved answer")
        verbose_name_plural = _("saved answers")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["attempt", "key"], name="saved_answer_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.attempt_id} · {self.question_key}"
