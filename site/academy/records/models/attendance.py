from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations.models import Placed
from academy.records.models.completion import midnight


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    def since(self, day: date) -> Self:
        return self.filter(attended_at__gte=midnight(day))

    def before(self, day: date) -> Self:
        return self.filter(attended_at__lt=midnight(day))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


class Attendance(Placed):
    """A worker was there: a training, a talk, or guidance on site. It outlives the event, as a completion its course.

    One that was entered by mistake is withdrawn and stays; the log says by whom and why.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances")
    person_name = models.CharField(_("name"), max_length=50, blank=True)
    event_key = models.CharField(_("event key"), max_length=60)
    event_title = models.CharField(_("event"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20)
    hours = models.DecimalField(_("training hours"), max_digits=5, decimal_places=1)
    attended_at = models.DateTimeField(_("attended at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        ordering = ("-attended_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "event_key"], condition=Q(withdrawn_at=None), name="one_attendance_per_event"
            )
        ]
        indexes = [
            models.Index(fields=["attended_at"]),
            models.Index(fields=["stored_at"]),
            models.Index(fields=["enterprise_key", "attended_at"]),
            models.Index(fields=["district_key", "attended_at"]),
            models.Index(
                fields=["withdrawn_at"], condition=Q(withdrawn_at__isnull=False), name="withdrawn_attendances"
            ),
            models.Index(fields=["event_key", "attended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.event_title}"

    @property
    def key(self) -> str:
        return f"attendance:{self.pk}"

    @property
    def attended_on(self) -> date:
        return timezone.localdate(self.attended_at, timezone.get_default_timezone())
