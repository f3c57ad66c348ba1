from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.organisations.models.enterprise import Enterprise
from academy.organisations.models.places import Post

if TYPE_CHECKING:
    from academy.accounts.models import User


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> Self:
        return self.filter(left_at=None)

    def at(self, moment: Any) -> Self:
        """Those that held then; the moment of leaving no longer counts."""
        return self.filter(Q(left_at=None) | Q(left_at__gt=moment), joined_at__lte=moment)

    def named_first(self) -> Self:
        """The place that records name stands first: the one joined last, until another is chosen."""
        return self.order_by(Coalesce("chosen_at", "joined_at").desc(), "-pk")

    def placed(self) -> Self:
        """With all that the words of a record are made of."""
        return self.select_related(
            "enterprise__district__parent__parent", "enterprise__business_type", "post"
        )

    def places_of(self, user: "User") -> Self:
        """What an account that was merged still learns is learned where the one that is kept works."""
        return self.current().filter(user=user.merged_into_id or user.pk).placed().named_first()

    def place_of(self, user: "User", moment: datetime) -> "Membership | None":
        """Where a person worked then, under whichever account; where the register knows of no place until later, where they
        work now."""
        kept = user.merged_into_id or user.pk
        known = list(self.filter(Q(user=kept) | Q(user__merged_into=kept)).placed().named_first())
        begun = [place for place in known if place.joined_at <= moment]
        if begun:
            return next((place for place in begun if place.left_at is None or place.left_at > moment), None)
        return next((place for place in known if place.left_at is None), None)

    def current_of(self, user: "User") -> "Membership | None":
        """Where a person works; of several places the one that their records name."""
        return self.places_of(user).first()


class Membership(models.Model):
    """A worker's place in an enterprise: one post there, from when until when. Leaving closes it; it is never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    enterprise = models.ForeignKey(
        Enterprise, verbose_name=_("enterprise"), on_delete=models.PROTECT, related_name="memberships"
    )
    post = models.ForeignKey(
        Post, verbose_name=_("post"), on_delete=models.PROTECT, related_name="memberships"
    )
    joined_at = models.DateTimeField(_("since"), default=timezone.now)
    left_at = models.DateTimeField(_("until"), null=True, blank=True)
    # since when, of several places, this is the one that records name; joining the next one passes it on
    chosen_at = models.DateTimeField(_("named in records since"), null=True, blank=True)
    # of those that somebody else ended
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "enterprise"], condition=Q(left_at=None), name="one_current_membership"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("joined_at")), name="left_after_joining"
            ),
        ]
        indexes = [models.Index(fields=["enterprise"], condition=Q(left_at=None), name="current_staff")]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.post}"

    @property
    def joined_on(self) -> date:
        return timezone.localdate(self.joined_at, timezone.get_default_timezone())

    @property
    def left_on(self) -> date | None:
        """The last day there: who leaves at midnight worked until the evening before."""
        if self.left_at is None:
            return None
        moment = max(self.left_at - timedelta(microseconds=1), self.joined_at)
        return timezone.localdate(moment, timezone.get_default_timezone())

    def snapshot(self) -> dict[str, Any]:
        """The words a record is made with; they stay as they are when the enterprise changes."""
        return {
            "enterprise_key": self.enterprise_id,
            "enterprise_name": self.enterprise.name,
            "district_key": self.enterprise.district_id,
            "district_name": self.enterprise.district.county.name,
            "business_type_name": self.enterprise.business_type.name,
            "post_name": self.post.name,
        }
