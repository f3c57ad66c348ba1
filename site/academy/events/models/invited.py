from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.events.models.event import Event
from academy.organisations.models import Enterprise, Placed


class Invited(Placed):
    """One person, or an enterprise that sends whom it likes; in the words of that day."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="invited")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="invited_to"
    )
    enterprise = models.ForeignKey(
        Enterprise, null=True, blank=True, on_delete=models.PROTECT, related_name="invited_to"
    )
    person_name = models.CharField(_("name"), max_length=50, blank=True)
    at = models.DateTimeField(_("invited at"), default=timezone.now)

    class Meta:
        verbose_name = _("invited")
        verbose_name_plural = _("invited")
        ordering = ("enterprise_name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"], condition=Q(user__isnull=False), name="person_invited_once"
            ),
            models.UniqueConstraint(
                fields=["event", "enterprise"],
                condition=Q(enterprise__isnull=False),
                name="enterprise_invited_once",
            ),
            models.CheckConstraint(
                condition=Q(user=None, enterprise__isnull=False) | Q(user__isnull=False, enterprise=None),
                name="invited_is_a_person_or_an_enterprise",
            ),
        ]
        indexes = [models.Index(fields=["enterprise_key", "event"], name="invited_from_a_place")]

    def __str__(self) -> str:
        return self.person_name or self.enterprise_name
