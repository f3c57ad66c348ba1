from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.events.models.event import Event


class Notice(models.Model):
    """One person was told one thing about an event; `number` counts what they were told. `moved` is how often the event
    had been moved by then. A channel without a time has not been reached yet."""

    class Occasion(models.TextChoices):
        INVITED = "invited", _("invited")
        CHANGED = "changed", _("time or place changed")
        UNINVITED = "uninvited", _("no longer invited")
        CANCELLED = "cancelled", _("cancelled")
        REMINDED = "reminded", _("reminded the day before")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("number"))
    occasion = models.CharField(_("occasion"), max_length=10, choices=Occasion)
    moved = models.PositiveSmallIntegerField(_("times moved before"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    emailed_at = models.DateTimeField(_("e-mailed at"), null=True, blank=True)
    texted_at = models.DateTimeField(_("text message sent at"), null=True, blank=True)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of an event")
        verbose_name_plural = _("notices of events")
        ordering = ("event", "user", "number")
        constraints = [
            models.UniqueConstraint(fields=["event", "user", "number"], name="told_one_after_the_other")
        ]
        indexes = [models.Index(fields=["event"], condition=Q(told_at=None), name="notices_not_told")]

    def __str__(self) -> str:
        return f"{self.event}: {self.get_occasion_display()}"
