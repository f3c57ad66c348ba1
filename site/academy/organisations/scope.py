"""Whose people and records somebody may see: officials those of their part of the city, managers those of their own
enterprises, and nobody else any."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Value

from academy.accounts.access import VIEWS_TRAINING
from academy.accounts.models import User
from academy.organisations.models import (
    District,
    Enterprise,
    EnterpriseQuerySet,
    Jurisdiction,
    Membership,
    MembershipQuerySet,
)

DISTRICT, ENTERPRISE = 0, 1
Rows = TypeVar("Rows", bound=QuerySet[Any])


@dataclass(frozen=True, slots=True)
class Scope:
    """Keys of districts, each with all its parts, and of enterprises. The whole city has what is nowhere, too."""

    districts: frozenset[int] = frozenset()
    enterprises: frozenset[int] = frozenset()
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.whole or self.districts or self.enterprises)

    @property
    def supervises(self) -> bool:
        """A part of the city, and not only enterprises of one's own."""
        return bool(self.whole or self.districts)

    def holds(self, district: District | None) -> bool:
        """Whether all that is there belongs to this scope; None is the whole city."""
        return self.whole or (district is not None and district.pk in self.districts)

    def tells_score(self, district_key: int | None) -> bool:
        """What was earned in which district: whoever keeps a staff list is told passed or not, and no score."""
        return self.whole or district_key in self.districts

    def parts(self) -> QuerySet[District]:
        return District.objects.all() if self.whole else District.objects.filter(pk__in=self.districts)

    def register(self) -> EnterpriseQuerySet:
        return Enterprise.objects.filter(self._where("district", "pk"))

    def places(self) -> QuerySet[District]:
        """The districts that are wholly in this scope."""
        return District.objects.all() if self.whole else District.objects.filter(pk__in=self.districts)

    def records(self, rows: Rows) -> Rows:
        """Of `Placed` rows those that were made where this scope is."""
        return rows.filter(self.made())

    def made(self, through: str = "") -> Q:
        """Also for what leads to such rows `through` something."""
        return self._where(f"{through}district_key", f"{through}enterprise_key")

    def staff(self, rows: Rows) -> Rows:
        """Of memberships those in the enterprises of this scope."""
        return rows.filter(self._where("enterprise__district", "enterprise"))

    def acts(self, rows: Rows) -> Rows:
        """Of rows that say who did something `at` which moment, those of somebody who worked here then."""
        if self.whole:
            return rows
        here = self.staff(Membership.objects.at(OuterRef("at"))).filter(user=OuterRef("user"))
        return rows.filter(Exists(here))

    def people(self) -> QuerySet[User]:
        """Who works here or once did; for the whole city, everybody."""
        if self.whole:
            return User.objects.all()
        return User.objects.filter(pk__in=self.staff(Membership.objects.all()).values("user"))

    def present(self) -> MembershipQuerySet:
        return self.staff(Membership.objects.current())

    def _where(self, district: str, enterprise: str) -> Q:
        if self.whole:
            return Q()
        return Q(**{f"{district}__in": self.districts}) | Q(**{f"{enterprise}__in": self.enterprises})


def scope_of(user: User | AnonymousUser) -> Scope:
    if not isinstance(user, User) or not user.is_active:
        return Scope()
    if user.is_superuser:
        return Scope(whole=True)
    held = list(_held(user))
    own = frozenset(pk for what, pk, _parent in held if what == ENTERPRISE)
    parts = {pk: parent for what, pk, parent in held if what == DISTRICT}
    if not parts or not user.has_perm(VIEWS_TRAINING):
        return Scope(enterprises=own)
    if None in parts.values():
        return Scope(whole=True)
    return Scope(districts=frozenset(parts), enterprises=own)


def _held(user: User) -> QuerySet[Any, tuple[int, int, int | None]]:
    """In one question: the districts of an official, each with what it is part of, which is nothing for the whole city; and the
    enterprises that somebody manages, also under the other names by which they were entered: records know them by those."""
    office = Jurisdiction.objects.filter(user=user).values("district")
    part = Q(pk__in=office) | Q(parent__in=office) | Q(parent__parent__in=office)
    managed = user.manages.current().order_by()
    also = Enterprise.objects.filter(merged_into__in=managed.values("enterprise")).order_by()
    nothing = Value(None, output_field=BigIntegerField())
    districts = District.objects.filter(part).order_by().values_list(Value(DISTRICT), "pk", "parent_id")
    return districts.union(
        managed.values_list(Value(ENTERPRISE), "enterprise", nothing),
        also.values_list(Value(ENTERPRISE), "pk", nothing),
        all=True,
    )
