from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations import credit_codes
from academy.organisations.models.places import BusinessType, District


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def within(self, district: District) -> Self:
        return self.filter(
            Q(district=district) | Q(district__parent=district) | Q(district__parent__parent=district)
        )

    def in_business(self) -> Self:
        return self.filter(closed_on=None, merged_into=None)

    def found_by(self, words: str) -> Self:
        """By a part of its name, or of its credit code or licence however they were typed."""
        code = credit_codes.plain(words)
        return self.filter(
            Q(name__icontains=words.strip()) | Q(credit_code__contains=code) | Q(licence__icontains=code)
        )


class Enterprise(models.Model):
    """A food business. One that closed, or turned out to be another, stays in the register: records name it."""

    class Risk(models.TextChoices):
        A = "A", _("A, low")
        B = "B", _("B, medium")
        C = "C", _("C, higher")
        D = "D", _("D, high")

    name = models.CharField(_("name"), max_length=100)
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[credit_codes.validate]
    )
    licence = models.CharField(_("licence number"), max_length=40, blank=True)
    licence_expires_on = models.DateField(_("licence valid until"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    risk_level = models.CharField(_("risk level"), max_length=1, choices=Risk, blank=True)
    responsible = models.CharField(_("responsible person"), max_length=50, blank=True)
    responsible_phone = models.CharField(_("their phone number"), max_length=20, blank=True)
    district = models.ForeignKey(
        District, verbose_name=_("district"), on_delete=models.PROTECT, related_name="enterprises"
    )
    business_type = models.ForeignKey(
        BusinessType, verbose_name=_("business type"), on_delete=models.PROTECT, related_name="enterprises"
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", verbose_name=_("is the same as")
    )  # fmt: skip

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code="") & Q(merged_into=None),
                name="one_enterprise_per_credit_code",
                violation_error_message=_("Another enterprise has this unified social credit code."),
            )
        ]
        indexes = [
            models.Index(fields=["district", "business_type"]),
            models.Index(fields=["licence"]),
            models.Index(fields=["name"]),
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Any = None) -> None:
        self.credit_code = credit_codes.plain(self.credit_code)
        super().clean_fields(exclude)


def same_enterprise(enterprise: Enterprise) -> QuerySet[Enterprise, Any]:
    """The keys of all under which it was entered, for `enterprise__in`."""
    return entered_as([enterprise.merged_into_id or enterprise.pk])


def entered_as(kept: Collection[int]) -> QuerySet[Enterprise, Any]:
    """The same for several that are not merged themselves: nothing points to what points on."""
    return Enterprise.objects.filter(Q(pk__in=kept) | Q(merged_into__in=kept)).values("pk")


class EnterpriseManagerQuerySet(models.QuerySet["EnterpriseManager"]):
    def current(self) -> Self:
        return self.filter(until=None)


class EnterpriseManager(models.Model):
    """Who keeps the staff list of an enterprise, from when until when. An owner may keep those of several."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="manages")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="managers")
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EnterpriseManagerQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise manager")
        verbose_name_plural = _("enterprise managers")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "enterprise"], condition=Q(until=None), name="manages_an_enterprise_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"
