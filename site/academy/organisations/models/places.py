from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User


class DistrictQuerySet(models.QuerySet["District"]):
    def within(self, district: "District") -> "DistrictQuerySet":
        return self.filter(Q(pk=district.pk) | Q(parent=district) | Q(parent__parent=district))


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

    objects = DistrictQuerySet.as_manager()

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


class Jurisdiction(models.Model):
    """The district that an official supervises, with all that is part of it. Without one they see nothing."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jurisdiction"
    )
    district = models.ForeignKey(
        District, verbose_name=_("district"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")

    def __str__(self) -> str:
        return f"{self.user} · {self.district}"

    @classmethod
    def of(cls, user: User) -> District | None:
        office = cls.objects.filter(user=user).select_related("district").first()
        return office.district if office else None


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
