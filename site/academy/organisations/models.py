from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from academy.accounts.models import User


class District(models.Model):
    """A tree of three levels: city, county or district, subdistrict."""

    name = models.CharField(_("name"), max_length=50)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["parent", "name"], name="district_name_in_parent")]

    def __str__(self) -> str:
        return self.name

    @property
    def county(self) -> "District":
        """The level that reports are broken down by: a subdistrict counts for the district above it."""
        is_subdistrict = self.parent is not None and self.parent.parent_id is not None
        return self.parent if is_subdistrict and self.parent else self


class BusinessType(models.Model):
    name = models.CharField(_("name"), max_length=30, unique=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("business type")
        verbose_name_plural = _("business types")
        ordering = ("sort_order", "pk")

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """What a worker does in an enterprise."""

    name = models.CharField(_("name"), max_length=30, unique=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ("sort_order", "pk")

    def __str__(self) -> str:
        return self.name


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def within(self, district: District) -> "EnterpriseQuerySet":
        return self.filter(
            Q(district=district) | Q(district__parent=district) | Q(district__parent__parent=district)
        )


class Enterprise(models.Model):
    """A food business."""

    name = models.CharField(_("name"), max_length=100)
    licence = models.CharField(_("licence number"), max_length=40, blank=True)
    district = models.ForeignKey(
        District, verbose_name=_("district"), on_delete=models.PROTECT, related_name="enterprises"
    )
    business_type = models.ForeignKey(
        BusinessType, verbose_name=_("business type"), on_delete=models.PROTECT, related_name="enterprises"
    )

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        return self.filter(left_at=None)

    def current_of(self, user: "User") -> "Membership | None":
        return (
            self.current()
            .filter(user=user)
            .select_related("enterprise__district__parent__parent", "enterprise__business_type", "post")
            .order_by("-joined_at")
            .first()
        )


class Membership(models.Model):
    """A worker's place in an enterprise. Leaving closes it; it is never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    enterprise = models.ForeignKey(
        Enterprise, verbose_name=_("enterprise"), on_delete=models.PROTECT, related_name="memberships"
    )
    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.PROTECT, related_name="memberships"
    )
    joined_at = models.DateTimeField(_("since"), auto_now_add=True)
    left_at = models.DateTimeField(_("until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "enterprise"], condition=Q(left_at=None), name="one_current_membership"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.post}"

    def snapshot(self) -> dict[str, Any]:
        """The words a record is made with; they stay as they are when the enterprise changes."""
        return {
            "enterprise_name": self.enterprise.name,
            "district_name": self.enterprise.district.county.name,
            "business_type_name": self.enterprise.business_type.name,
            "post_name": self.post.name,
        }
