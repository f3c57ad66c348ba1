from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.records.models.certificate import Certificate


class Reminder(models.Model):
    """That a certificate ends in so many days has been said. A channel without a time has not been reached yet."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="reminders")
    days = models.PositiveSmallIntegerField(_("days before the end"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    emailed_at = models.DateTimeField(_("e-mailed at"), null=True, blank=True)
    texted_at = models.DateTimeField(_("text message sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["certificate", "days"], name="each_reminder_is_sent_once")
        ]

    def __str__(self) -> str:
        return f"{self.certificate.number}: {self.days}"


class ReminderRun(models.Model):
    """The day's reminders are being sent by somebody."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return f"{self.day}"
