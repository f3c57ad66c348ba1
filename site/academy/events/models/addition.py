from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.events.models.event import Event


class Addition(models.Model):
    """To the minutes, after the list was closed; what was written before stays."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="additions")
    text = models.TextField(_("addition to the minutes"), max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("added at"), default=timezone.now)

    class Meta:
        verbose_name = _("addition to the minutes")
        verbose_name_plural = _("additions to the minutes")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.event} · {self.at:%Y-%m-%d}"
