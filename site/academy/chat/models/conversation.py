import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from academy.chat.askers import Asker


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, asker: Asker) -> "ConversationQuerySet":
        """Those that are listed for this person: nobody's are in no list."""
        if asker.user:
            return self.filter(user=asker.user)
        return self.filter(user=None, asker=asker.token) if asker.token else self.none()

    def open_to(self, asker: Asker, pk: uuid.UUID | None) -> "Conversation":
        """The one that is named, where it is theirs; a new one otherwise, not saved yet."""
        known = self.filter(pk=pk).first() if pk else None
        if known and known.belongs_to(asker):
            return known
        return Conversation(user=asker.user, asker="" if asker.user else asker.token)


class Conversation(models.Model):
    """Questions asked one after the other, by a person, by a browser, or by a program, which is neither."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="conversations"
    )
    # the browser of somebody who had not signed in
    asker = models.CharField(max_length=32, blank=True, db_index=True)
    started_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ("-last_at",)

    def __str__(self) -> str:
        return str(self.id)

    def belongs_to(self, asker: Asker) -> bool:
        """Whose it is goes on in it and sees the whole; an answer by itself may be passed on."""
        if self.user_id:
            return asker.user is not None and asker.user.pk == self.user_id
        return not self.asker or self.asker == asker.token

    def is_listed_for(self, asker: Asker) -> bool:
        """Nobody's, such as a program's, is listed for nobody, though whoever knows its id goes on in it."""
        return bool(self.user_id or self.asker) and self.belongs_to(asker)


class Message(models.Model):
    """One question with the answer as it was given; its citations stay as they were."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    # a phone may send a question twice; it is asked once
    key = models.UUIDField(null=True, unique=True, editable=False)
    question = models.TextField(_("question"))
    # a follow-up as it was understood: the question that was searched
    understood = models.TextField(blank=True)
    # the source that was asked about, by its key
    about = models.CharField(max_length=64, blank=True)
    answer = models.JSONField(_("answer"))
    found = models.BooleanField(_("answered"))
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("asked_at",)

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("chat:answer", args=[self.pk])
