from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations.models import Placed
from academy.records.models.append_only import AppendOnly, AppendOnlyQuerySet


class OfEdition(models.Model):
    """Of which handbook, in which edition: by key and by the words of that day, which outlive the page."""

    handbook_key = models.CharField(_("key of the handbook"), max_length=60)
    title = models.CharField(_("handbook"), max_length=200)
    edition = models.CharField(_("edition"), max_length=50)

    class Meta:
        abstract = True


class ChapterReading(models.Model):
    """Somebody was served a chapter, for the first time in this edition."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="chapters_read")
    handbook_key = models.CharField(_("key of the handbook"), max_length=60)
    edition = models.CharField(_("edition"), max_length=50)
    chapter_key = models.CharField(_("key of the chapter"), max_length=60)
    opened_at = models.DateTimeField(_("first opened at"), default=timezone.now)

    class Meta:
        verbose_name = _("reading of a chapter")
        verbose_name_plural = _("readings of chapters")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "handbook_key", "edition", "chapter_key"], name="chapter_opened_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.chapter_key}"


class HandbookSignature(OfEdition, Placed, AppendOnly):
    """Somebody has read an edition of a handbook and says so under their name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    person_name = models.CharField(_("name"), max_length=50)
    signed_as = models.CharField(_("signed as"), max_length=50)
    signed_at = models.DateTimeField(_("signed at"), default=timezone.now)
    # how many chapters it had, and how long they were open before
    chapters = models.PositiveSmallIntegerField(_("chapters opened"))
    minutes = models.PositiveIntegerField(_("minutes since the first was opened"))

    objects: ClassVar = AppendOnlyQuerySet["HandbookSignature"].as_manager()

    class Meta:
        verbose_name = _("signature for a handbook")
        verbose_name_plural = _("signatures for handbooks")
        ordering = ("-signed_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["user", "handbook_key", "edition"], name="signed_once_an_edition")
        ]
        indexes = [
            models.Index(fields=["handbook_key", "edition", "district_key"], name="signatures_by_district")
        ]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.title}"

    @property
    def key(self) -> str:
        return f"signature:{self.pk}"


class HandbookDispatch(OfEdition, Placed, AppendOnly):
    """Printed copies sent to a district or an enterprise. What is wrong is put right by another entry that says why."""

    copies = models.IntegerField(_("copies"))
    sent_on = models.DateField(_("sent on"))
    receipt = models.CharField(
        _("receipt"), max_length=200, blank=True, help_text=_("Who took them, or the number of the receipt.")
    )
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("corrects")
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered at"), default=timezone.now)
    # a form that is sent twice enters once
    key = models.UUIDField(unique=True)

    objects: ClassVar = AppendOnlyQuerySet["HandbookDispatch"].as_manager()

    class Meta:
        verbose_name = _("dispatch of a handbook")
        verbose_name_plural = _("dispatches of handbooks")
        permissions = (("dispatch_handbooks", _("Can enter that handbooks were sent")),)
        ordering = ("-sent_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects=None) & Q(copies__gt=0) | Q(corrects__isnull=False) & ~Q(reason=""),
                name="copies_sent_or_a_correction_with_its_reason",
            )
        ]
        indexes = [
            models.Index(fields=["handbook_key", "edition", "district_key"], name="dispatches_by_district")
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.copies}"
