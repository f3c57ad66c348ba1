from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations.models.enterprise import Enterprise
from academy.organisations.models.places import Post


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        return self.filter(closed_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A manager asks people in: whoever has the code, or only the owner of one phone number."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        REVOKED = "revoked", _("taken back")

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="invitations")
    post = models.ForeignKey(
        Post, verbose_name=_("post"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    name = models.CharField(_("name"), max_length=50, blank=True)
    code = models.CharField(_("code"), max_length=40, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    sent_at = models.DateTimeField(_("text message sent at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.phone or self.code}"

    def get_absolute_url(self) -> str:
        return reverse("organisations:invited", args=[self.code])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.expires_at > timezone.now()

    @property
    def masked_phone(self) -> str:
        return f"{self.phone[:3]}****{self.phone[-4:]}" if self.phone else ""


class JoinRequestQuerySet(models.QuerySet["JoinRequest"]):
    def undecided(self) -> Self:
        return self.filter(decided_at=None)


class JoinRequest(models.Model):
    """Somebody says that they work here; whoever keeps the staff list says whether it is so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="join_requests")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="join_requests")
    post = models.ForeignKey(Post, verbose_name=_("post"), on_delete=models.PROTECT, related_name="+")
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted = models.BooleanField(_("accepted"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    moves = models.BooleanField(_("leaves every other place"), default=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
        ordering = ("asked_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "enterprise"], condition=Q(decided_at=None), name="asked_to_join_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"

    @property
    def is_withdrawn(self) -> bool:
        return self.decided_at is not None and self.decided_by_id == self.user_id
