import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.events.models.event import Event
from academy.events.storage import private
from academy.organisations.models import Placed
from academy.records.models import Attendance


class SignInQuerySet(models.QuerySet["SignIn"]):
    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def unsettled(self) -> Self:
        """The list is closed, and they are no attendance yet."""
        return self.standing().filter(event__state=Event.State.CLOSED, attendance=None).order_by("pk")


def _name(sign_in: "SignIn", filename: str) -> str:
    return f"events/{sign_in.event_id}/signatures/{uuid.uuid4().hex}.png"


class SignIn(Placed):
    """Somebody is there, and how it is known. It becomes an attendance when the list is closed.

    `at` is when it happened, `stored_at` when it came in; `claimed_at` what the phone's clock said, where that was
    not believed. A wrong one is undone and stays.
    """

    class How(models.TextChoices):
        CODE = "code", _("code on the screen")
        LIST = "list", _("put on the list by staff")
        SIGNATURE = "signature", _("signature")

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="sign_ins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_ins")
    person_name = models.CharField(_("name"), max_length=50, blank=True)
    how = models.CharField(_("how"), max_length=10, choices=How)
    at = models.DateTimeField(_("signed in at"))
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now)
    claimed_at = models.DateTimeField(_("the phone said"), null=True, blank=True)
    left_at = models.DateTimeField(_("signed out at"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # what the device named it, so that it counts once however often it is sent
    key = models.UUIDField(_("key of the device"), null=True, blank=True)
    signature = models.FileField(_("signature"), storage=private, upload_to=_name, max_length=120, blank=True)
    typed = models.CharField(_("name typed in place of a signature"), max_length=50, blank=True)
    # two accounts on the list that turned out to be one person were there once
    attendance = models.ForeignKey(
        Attendance, null=True, blank=True, on_delete=models.PROTECT, related_name="sign_ins"
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_reason = models.CharField(_("why it was undone"), max_length=200, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "user"], condition=Q(undone_at=None), name="signed_in_once"
            ),
            models.UniqueConstraint(
                fields=["event", "key"], condition=Q(key__isnull=False), name="sign_in_counts_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(undone_reason=""), name="undone_sign_in_says_why"
            ),
        ]
        indexes = [models.Index(fields=["enterprise_key", "event"], name="signed_in_from_a_place")]

    def __str__(self) -> str:
        return f"{self.person_name} · {self.event}"
