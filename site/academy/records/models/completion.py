from datetime import date, datetime, time
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations.models import Placed


def midnight(day: date) -> datetime:
    """The moment at which a day begins: days are those of the site's own time zone, Asia/Shanghai."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


class CompletionQuerySet(models.QuerySet["Completion"]):
    def since(self, day: date) -> Self:
        return self.filter(completed_at__gte=midnight(day))

    def before(self, day: date) -> Self:
        return self.filter(completed_at__lt=midnight(day))


class Completion(Placed):
    """A worker has met every requirement of one edition of a course.

    It outlives course, enterprise and membership: it knows them by the words it was made with.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="completions")
    person_name = models.CharField(_("name"), max_length=50, blank=True)
    course_key = models.CharField(_("course key"), max_length=60)
    course_title = models.CharField(_("course"), max_length=200)
    edition = models.PositiveIntegerField(_("edition"))
    hours = models.DecimalField(_("training hours"), max_digits=5, decimal_places=1)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"))
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now)

    objects = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        ordering = ("-completed_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "course_key", "edition"], name="one_completion_per_edition"
            )
        ]
        indexes = [
            models.Index(fields=["completed_at"]),
            models.Index(fields=["stored_at"]),
            models.Index(fields=["enterprise_key", "completed_at"]),
            models.Index(fields=["district_key", "completed_at"]),
            models.Index(fields=["course_key", "completed_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.course_title}"

    @property
    def completed_on(self) -> date:
        return timezone.localdate(self.completed_at, timezone.get_default_timezone())
