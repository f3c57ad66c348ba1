import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from academy.records.models.append_only import AppendOnly, AppendOnlyQuerySet


class Verb(models.TextChoices):
    """What somebody did, or what was done about them."""

    ENROLLED = "enrolled", _("signed up")
    OPENED = "opened", _("opened and read")
    PROGRESSED = "progressed", _("got further")
    FINISHED = "finished", _("finished a lesson")
    STARTED = "started", _("started an attempt")
    ANSWERED = "answered", _("answered a question")
    PASSED = "passed", _("passed the exam")
    FAILED = "failed", _("failed the exam")
    COMPLETED = "completed", _("completed the course")
    ATTENDED = "attended", _("was there")
    CERTIFIED = "certified", _("received a certificate")
    SIGNED = "signed", _("read and signed for")
    REVOKED = "revoked", _("certificate revoked")
    CREDITED = "credited", _("credited with hours")
    CORRECTED = "corrected", _("record corrected")
    ASSIGNED = "assigned", _("was assigned")
    REMINDED = "reminded", _("was reminded")
    MERGED = "merged", _("put together with another entry")
    UNMERGED = "unmerged", _("taken apart again")
    REFUSED = "refused", _("claim refused")


class Origin(models.TextChoices):
    WEB = "web", _("in the browser")
    OFFLINE = "offline", _("without a network, sent later")
    STAFF = "staff", _("by staff")
    TASK = "task", _("by the system")


class StatementQuerySet(AppendOnlyQuerySet["Statement"]):
    def about(self, object_key: str) -> Self:
        return self.filter(object_key=object_key)

    def since(self, moment: datetime) -> Self:
        return self.filter(at__gte=moment)

    def before(self, moment: datetime) -> Self:
        return self.filter(at__lt=moment)

    def as_stored(self) -> Self:
        """In the order in which they came in, whenever they happened."""
        return self.order_by("stored_at", "pk")


class Statement(AppendOnly):
    """One entry of the log of learning: who did what to which version of what, when, from where, and what bears it out.

    Never changed and never deleted; the database refuses it too. It knows its object by key and by the name that
    this had then. `at` is when it happened, `stored_at` when it came in. With a `key`, it is in the log once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="statements", db_index=False
    )
    verb = models.CharField(_("what was done"), max_length=12, choices=Verb.choices)
    object_key = models.CharField(_("object key"), max_length=60)
    object_name = models.CharField(_("object name"), max_length=200)
    edition = models.PositiveIntegerField(_("edition"), null=True, blank=True)
    at = models.DateTimeField(_("happened at"))
    # not for the caller to say
    stored_at = models.DateTimeField(_("stored at"), auto_now_add=True)
    origin = models.CharField(_("from where"), max_length=8, choices=Origin.choices)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    agent = models.CharField(_("device"), max_length=200, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    key = models.CharField(_("idempotency key"), max_length=100, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("log of learning")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], condition=~models.Q(key=""), name="one_statement_per_key"
            )
        ]
        indexes = [
            models.Index(fields=["user", "at"]),
            models.Index(fields=["object_key", "at"]),
            models.Index(fields=["at"]),
            models.Index(fields=["stored_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_verb_display()} · {self.object_name}"
