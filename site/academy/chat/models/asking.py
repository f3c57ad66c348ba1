import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academy.chat.models.conversation import Message
from academy.organisations.models import District


class TopicQuerySet(models.QuerySet["Topic"]):
    def waiting(self) -> "TopicQuerySet":
        """What somebody should write an answer to."""
        return self.filter(state=Topic.State.WAITING)


class Topic(models.Model):
    """Questions that mean the same, in the words of the first, without what may tell who asked."""

    class State(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        WAITING = "waiting", _("Waiting for an editor")
        SET_ASIDE = "set_aside", _("Set aside")

    question = models.TextField(_("question"))
    # of the question, unit length, float32
    vector = models.BinaryField()
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ANSWERED)
    note = models.CharField(_("note"), max_length=255, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.question

    @property
    def is_answered(self) -> bool:
        return self.state == self.State.ANSWERED


class AskingQuerySet(models.QuerySet["Asking"]):
    def wanting(self) -> "AskingQuerySet":
        """Refused, or answered so that somebody was not helped."""
        return self.filter(Q(found=False) | Q(feedback__verdict__in=Feedback.POOR)).distinct()


class Asking(models.Model):
    """That a question was asked, and what became of it: what is counted. It outlives the conversation."""

    class Door(models.TextChoices):
        PAGE = "page", _("Page")
        EMBEDDED = "embedded", _("Other sites")
        API = "api", _("Programs")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(Message, null=True, on_delete=models.SET_NULL, related_name="asking")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="askings")
    district = models.ForeignKey(District, null=True, on_delete=models.SET_NULL, related_name="+")
    door = models.CharField(max_length=10, choices=Door.choices, default=Door.PAGE)
    found = models.BooleanField()
    # a chat model wrote the answer
    written = models.BooleanField(default=False)
    # milliseconds until the answer was complete
    took = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = AskingQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return str(self.id)


class Feedback(models.Model):
    """What somebody thinks of an answer; the last word counts."""

    class Verdict(models.TextChoices):
        HELPED = "helped", _("Helped")
        NOT_HELPED = "not_helped", _("Did not help")
        WRONG = "wrong", _("A number or source is wrong")

    POOR = (Verdict.NOT_HELPED, Verdict.WRONG)

    asking = models.ForeignKey(Asking, on_delete=models.CASCADE, related_name="feedback")
    # `Asker.name`
    given_by = models.CharField(max_length=48)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asking", "given_by"], name="one_verdict_each")]

    def __str__(self) -> str:
        return self.get_verdict_display()
