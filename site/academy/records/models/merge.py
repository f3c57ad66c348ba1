from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.organisations.models import Enterprise

UNDO_WITHIN = timedelta(days=30)


class MergeQuerySet(models.QuerySet[Any]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)


class Merge(models.Model):
    """Two turned out to be one: `merged` points to `kept` from then on. Records stay with the one they were made for.

    `changed` holds, by the keys of the rows, what was set by it, so that it can be set back.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(_("merged at"), default=timezone.now)
    changed = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = MergeQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def undo_until(self) -> datetime:
        return self.at + UNDO_WITHIN

    @property
    def can_be_undone(self) -> bool:
        return self.undone_at is None and timezone.now() <= self.undo_until


class PersonMerge(Merge):
    merged = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merges")
    kept = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merges_kept")

    class Meta:
        verbose_name = _("merge of accounts")
        verbose_name_plural = _("merges of accounts")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="account_merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.merged.called} → {self.kept.called}"


class EnterpriseMerge(Merge):
    merged = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="merges_kept")

    class Meta:
        verbose_name = _("merge of enterprises")
        verbose_name_plural = _("merges of enterprises")
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="enterprise_merged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
