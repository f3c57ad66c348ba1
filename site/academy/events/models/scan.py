from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.events.models.event import Event
from academy.events.models.sign_in import SignIn


class ScanQuerySet(models.QuerySet["Scan"]):
    def undecided(self) -> Self:
        return self.filter(decided_at=None)


class Scan(models.Model):
    """Somebody's phone sent a code later than it was shown, as it had no network. Whoever keeps the list says whether they
    were there: a code may have been passed on. `shown_at` is what the code itself says, by the server's clock."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="scans")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    leaves = models.BooleanField(_("signs out"), default=False)
    shown_at = models.DateTimeField(_("code shown at"))
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # none: they were not there
    sign_in = models.ForeignKey(SignIn, null=True, blank=True, on_delete=models.PROTECT, related_name="scans")

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("code sent later")
        verbose_name_plural = _("codes sent later")
        ordering = ("shown_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["event", "user", "leaves"], name="scan_is_claimed_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.event}"
