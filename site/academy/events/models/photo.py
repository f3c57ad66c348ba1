import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.events.models.event import Event
from academy.events.storage import private


def _name(photo: "Photo", filename: str) -> str:
    return f"events/{photo.event_id}/photos/{uuid.uuid4().hex}.jpg"


class Photo(models.Model):
    """Of the event; made anew when it comes in, so that it says nothing but what it shows."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="photos")
    file = models.FileField(_("photo"), storage=private, upload_to=_name, max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("added at"), default=timezone.now)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.event} · {self.pk}"
