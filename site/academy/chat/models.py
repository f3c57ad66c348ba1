import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from academy.accounts.models import User
from academy.core.blocks import StepBlock


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    started_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)

    def is_open_to(self, user: User | AnonymousUser | None) -> bool:
        """Whose account began it goes on in it and sees the whole; an answer by itself may be passed on."""
        return self.user_id is None or (user is not None and self.user_id == user.pk)


class MessageQuerySet(models.QuerySet["Message"]):
    def unanswered(self) -> "MessageQuerySet":
        return self.filter(found=False)


class Message(models.Model):
    """One question with the answer as it was given; its citations stay as they were."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    question = models.TextField(_("question"))
    answer = models.JSONField(_("answer"))
    found = models.BooleanField(_("answered"))
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("asked_at",)
        indexes = [models.Index(fields=["found", "-asked_at"])]

    def __str__(self) -> str:
        return self.question


class SuggestionBlock(blocks.StructBlock):
    post = blocks.CharBlock(label=_("post"), required=False)
    question = blocks.CharBlock(label=_("question"))


@register_setting(icon="help")
class ChatSettings(BaseSiteSetting):
    """What the chat says before anything is asked, and first of all when people are ill."""

    suggestions = StreamField(
        [("suggestion", SuggestionBlock())], blank=True, verbose_name=_("suggested questions")
    )
    emergency_title = models.CharField(_("emergency card: title"), max_length=50, blank=True)
    emergency_steps = StreamField(
        [("step", StepBlock())], blank=True, verbose_name=_("emergency card: steps")
    )

    panels = [FieldPanel("suggestions"), FieldPanel("emergency_title"), FieldPanel("emergency_steps")]

    class Meta:
        verbose_name = _("chat")

    @property
    def first_aid(self) -> list[Any]:
        return [block.value for block in self.emergency_steps]
