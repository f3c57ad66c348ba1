from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.records.models.append_only import AppendOnly, AppendOnlyQuerySet


class TrainingHoursQuerySet(AppendOnlyQuerySet["TrainingHours"]):
    def in_year(self, year: int) -> Self:
        return self.filter(earned_on__range=(date(year, 1, 1), date(year, 12, 31)))


class TrainingHours(AppendOnly):
    """Who learned what for how long, entry by entry. What is wrong is put right by an entry that says why."""

    class Source(models.TextChoices):
        COURSE = "course", _("Course")
        EVENT = "event", _("Event")
        CORRECTION = "correction", _("Correction")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_hours"
    )
    hours = models.DecimalField(_("training hours"), max_digits=6, decimal_places=1)
    earned_on = models.DateField(_("earned on"))
    source = models.CharField(_("from"), max_length=10, choices=Source)
    source_key = models.CharField(_("key of the source"), max_length=60)
    title = models.CharField(_("title"), max_length=200, blank=True)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("corrects")
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects: ClassVar = TrainingHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of training hours")
        verbose_name_plural = _("training hours")
        permissions = (("correct_hours", _("Can correct training hours")),)
        ordering = ("-earned_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["user", "source", "source_key"], name="hours_once_per_source"),
            models.CheckConstraint(
                condition=Q(source="correction") | Q(hours__gte=0), name="only_a_correction_takes_hours_away"
            ),
            models.CheckConstraint(
                condition=~Q(source="correction") | ~Q(reason=""), name="a_correction_says_why"
            ),
        ]
        indexes = [models.Index(fields=["user", "earned_on"])]

    def __str__(self) -> str:
        return f"{self.earned_on} · {self.title} · {self.hours}"
