from datetime import date, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations.models import Placed
from academy.records.codes import grouped
from academy.records.models.append_only import AppendOnly, AppendOnlyQuerySet
from academy.records.models.completion import Completion, midnight
from academy.records.terms import is_time_to_renew

DAY = timedelta(days=1)


def shanghai_today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


class CertificateQuerySet(AppendOnlyQuerySet["Certificate"]):
    def of_course(self, course_key: str) -> Self:
        return self.filter(course_key=course_key)

    def revoked(self) -> Self:
        return self.exclude(revocation=None)

    def standing(self) -> Self:
        """Not revoked, run out or not."""
        return self.filter(revocation=None)

    def newest(self) -> Self:
        """Those that no later one has renewed."""
        return self.exclude(renewals__in=Certificate.objects.standing())

    def valid_on(self, day: date) -> Self:
        """Issued by then and not over: the last day counts to its end. What was revoked since is valid on no day."""
        begun = self.standing().filter(issued_at__lt=midnight(day + DAY))
        return begun.filter(Q(expires_on=None) | Q(expires_on__gte=day))

    def expired(self, day: date | None = None) -> Self:
        return self.standing().filter(expires_on__lt=day or shanghai_today())

    def expiring_within(self, days: int, day: date | None = None) -> Self:
        """Valid, with at most so many days to go, and not renewed yet."""
        today = day or shanghai_today()
        return self.standing().newest().filter(expires_on__range=(today, today + timedelta(days=days)))

    def in_state(self, state: str) -> Self:
        if state == Certificate.State.VALID:
            return self.valid_on(shanghai_today())
        return self.revoked() if state == Certificate.State.REVOKED else self.expired()


class Certificate(Placed, AppendOnly):
    """A numbered snapshot of a completion, and of where that was made. A newer one stands beside the older ones, never in their place."""

    class State(models.TextChoices):
        VALID = "valid", _("Valid")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    completion = models.ForeignKey(Completion, on_delete=models.PROTECT, related_name="certificates")
    # what it was issued for: the first completing, or one of the renewals
    occasion = models.CharField(_("occasion"), max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewals", verbose_name=_("renews")
    )  # fmt: skip
    number = models.CharField(_("certificate number"), max_length=20, unique=True)
    code = models.CharField(_("code"), max_length=40, unique=True)
    issuer = models.CharField(_("issuer"), max_length=100)
    person_name = models.CharField(_("name"), max_length=50, blank=True)
    course_key = models.CharField(_("course key"), max_length=60)
    course_title = models.CharField(_("course"), max_length=200)
    edition = models.PositiveIntegerField(_("edition"))
    hours = models.DecimalField(_("training hours"), max_digits=5, decimal_places=1)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    issued_at = models.DateTimeField(_("issued at"))
    starts_on = models.DateField(_("term begins"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)

    objects: ClassVar = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        permissions = (("revoke_a_certificate", _("Can revoke certificates")),)
        verbose_name_plural = _("certificates")
        ordering = ("-issued_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["completion", "occasion"], name="one_certificate_per_occasion"),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("starts_on")), name="a_term_ends_after_it_begins"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["expires_on"]),
            models.Index(fields=["issued_at"]),
            models.Index(fields=["enterprise_key", "issued_at"]),
            models.Index(fields=["district_key", "issued_at"]),
            models.Index(fields=["course_key", "issued_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.person_name}"

    def get_absolute_url(self) -> str:
        return reverse("records:certificate", args=[self.number])

    @property
    def code_in_groups(self) -> str:
        return grouped(self.code)

    @property
    def verify_url(self) -> str:
        """What the QR code holds and what is passed on: it must open from anywhere."""
        return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("records:verify", args=[self.code])

    @property
    def issued_on(self) -> date:
        return timezone.localdate(self.issued_at, timezone.get_default_timezone())

    @property
    def is_revoked(self) -> bool:
        return hasattr(self, "revocation")

    def state_on(self, day: date) -> "Certificate.State":
        if self.is_revoked:
            return self.State.REVOKED
        return self.State.EXPIRED if self.expires_on and self.expires_on < day else self.State.VALID

    @property
    def state(self) -> "Certificate.State":
        return self.state_on(shanghai_today())

    @property
    def is_time_to_renew(self) -> bool:
        return not self.is_revoked and is_time_to_renew(self.expires_on, shanghai_today())

    @property
    def ends_soon(self) -> bool:
        return self.is_time_to_renew and self.state == self.State.VALID

    @property
    def days_left(self) -> int | None:
        return (self.expires_on - shanghai_today()).days if self.expires_on else None


class Revocation(AppendOnly):
    """A certificate no longer holds: why, by whom, since when."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="revocation")
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("revoked at"), default=timezone.now)

    objects: ClassVar = AppendOnlyQuerySet["Revocation"].as_manager()

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")

    def __str__(self) -> str:
        return f"{self.certificate.number} · {self.reason}"


class CertificateSeries(models.Model):
    """The last number given in a year. Its row is locked until the certificate is there, so that none is left out."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
