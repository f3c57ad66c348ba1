"""Whose people and records somebody may see: officials those of their part of the city, managers those of their own
enterprises, and nobody else any."""

from dataclasses import dataclass
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from academy.accounts.access import VIEWS_TRAINING
from academy.accounts.models import User
from academy.organisations.models import District, Enterprise, EnterpriseQuerySet, Jurisdiction

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """Keys of districts, each with all its parts, and of enterprises. The whole city has what is nowhere, too."""

    districts: frozenset[int] = frozenset()
    enterprises: frozenset[int] = frozenset()
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.whole or self.districts or self.enterprises)

    def register(self) -> EnterpriseQuerySet:
        return Enterprise.objects.filter(self._where("district", "pk"))

    def places(self) -> QuerySet[District]:
        """The districts that are wholly in this scope."""
        return District.objects.all() if self.whole else District.objects.filter(pk__in=self.districts)

    def records(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Of `Placed` rows those that were made where this scope is."""
        return rows.filter(self._where("district_key", "enterprise_key"))

    def staff(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Of memberships those in the enterprises of this scope."""
        return rows.filter(self._where("enterprise__district", "enterprise"))

    def _where(self, district: str, enterprise: str) -> Q:
        if self.whole:
            return Q()
        return Q(**{f"{district}__in": self.districts}) | Q(**{f"{enterprise}__in": self.enterprises})


def scope_of(user: User | AnonymousUser) -> Scope:
    if not isinstance(user, User) or not user.is_active:
        return Scope()
    if user.is_superuser:
        return Scope(whole=True)
    own = frozenset(user.manages.current().values_list("enterprise_id", flat=True))
    office = Jurisdiction.objects.filter(user=user).select_related("district").first()
    if office is None or not user.has_perm(VIEWS_TRAINING):
        return Scope(enterprises=own)
    if office.district.parent_id is None:
        return Scope(whole=True)
    parts = District.objects.within(office.district).values_list("pk", flat=True)
    return Scope(districts=frozenset(parts), enterprises=own)
