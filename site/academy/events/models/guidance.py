from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academy.events.models.event import Event
from academy.organisations.models import Enterprise, Placed


class Guidance(Placed):
    """An enterprise was guided on site, in the words of that day. What was entered by mistake is withdrawn and stays."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="guided")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="guidance")
    at = models.DateTimeField(_("guided at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("enterprise guided")
        verbose_name_plural = _("enterprises guided")
        ordering = ("enterprise_name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "enterprise"], condition=Q(withdrawn_at=None), name="guided_once_per_event"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(reason=""), name="withdrawn_guidance_says_why"
            ),
        ]
        indexes = [models.Index(fields=["at"]), models.Index(fields=["district_key", "at"])]

    def __str__(self) -> str:
        return f"{self.enterprise_name} · {self.event}"
