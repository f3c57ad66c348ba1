import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.chat.models.conversation import Message
from academy.organisations.models import District

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from academy.accounts.models import User


class TopicQuerySet(models.QuerySet["Topic"]):
    def waiting(self) -> "TopicQuerySet":
        """What somebody should write an answer to."""
        return self.filter(state=Topic.State.WAITING)

    def to_wait(self) -> "TopicQuerySet":
        """Answered, and refused or voted down since."""
        mine = Asking.objects.filter(topic=OuterRef("pk"))
        undecided = Q(topic__decided_at=None)
        refused = Q(found=False) & (undecided | Q(at__gt=F("topic__decided_at")))
        poor = Q(feedback__verdict__in=Feedback.POOR)
        voted_down = poor & (undecided | Q(feedback__at__gt=F("topic__decided_at")))
        return self.filter(Exists(mine.filter(refused | voted_down)), state=Topic.State.ANSWERED)

    def counted(self, askings: Q | None = None) -> "TopicQuerySet":
        """Those with such askings, and how many there are of which kind."""
        askings = askings or Q()
        poor = Q(askings__feedback__verdict__in=Feedback.POOR)
        return self.annotate(
            asked=Count("askings", askings, distinct=True),
            refused=Count("askings", askings & Q(askings__found=False), distinct=True),
            voted_down=Count("askings", askings & poor, distinct=True),
            first_at=Min("askings__at", filter=askings),
            last_at=Max("askings__at", filter=askings),
        ).filter(asked__gt=0)

    # by what `counted` tells
    MOST_WANTED = ("-refused", "-voted_down", "-last_at")
    MOST_ASKED = ("-asked", "-last_at")


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
    # when it was last tried whether it is answered by now
    tried_at = models.DateTimeField(null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("questions:topic", args=[self.pk])

    @property
    def is_answered(self) -> bool:
        return self.state == self.State.ANSWERED

    @property
    def has_complaints(self) -> bool:
        return Feedback.objects.filter(asking__topic=self, verdict__in=Feedback.POOR).exists()

    def decide(self, state: str, note: str = "", by: "User | AnonymousUser | None" = None) -> None:
        self.state, self.note = self.State(state), note
        self.decided_by = by if by and by.is_authenticated else None
        self.decided_at = self.tried_at = timezone.now()
        self.save(update_fields=["state", "note", "decided_by", "decided_at", "tried_at"])


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

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def question(self) -> str:
        """As it was understood; empty where the conversation has been deleted."""
        return (self.message.understood or self.message.question) if self.message else ""


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def forget_who(self) -> None:
        """The verdict goes on being counted, without who gave it and in what words."""
        self.update(given_by=Concat(models.Value("#"), "pk", output_field=models.CharField()), reason="")


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

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asking", "given_by"], name="one_verdict_each")]

    def __str__(self) -> str:
        return self.get_verdict_display()
