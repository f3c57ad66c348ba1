"""Whom an assignment is for: current places of work, chosen by where and what they are, or from a list of people."""

from dataclasses import dataclass, field
from typing import Any, Self

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from academy.courses.models import Assignee, Assignment
from academy.organisations.models import District, Membership

# memberships with `person`
Places = QuerySet[Any, Any]
PERSON = Coalesce("user__merged_into", "user", output_field=BigIntegerField())
PLACE = Coalesce("enterprise__merged_into", "enterprise", output_field=BigIntegerField())
ACTIVE = Q(user__merged_into=None, user__is_active=True) | Q(user__merged_into__is_active=True)
# key and name of the district above, for a subdistrict
COUNTY = {
    name: Case(
        When(
            enterprise__district__parent__parent__isnull=False,
            then=F(f"enterprise__district__parent__{column}"),
        ),
        default=F(f"enterprise__district__{column}"),
    )
    for name, column in (("county", "pk"), ("county_name", "name"))
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is empty does not narrow; `listed` are accounts, None where there is no list."""

    district: District | None = None
    business_types: frozenset[int] = frozenset()
    posts: frozenset[int] = frozenset()
    enterprises: frozenset[int] = frozenset()
    risk_levels: str = ""
    listed: frozenset[int] | None = None

    @classmethod
    def of(cls, assignment: Assignment) -> Self:
        chosen: dict[str, Any] = {
            name: frozenset(getattr(assignment, name).values_list("pk", flat=True))
            for name in ("business_types", "posts", "enterprises")
        }
        listed = None if assignment.listed is None else frozenset(assignment.listed)
        return cls(assignment.district, **chosen, risk_levels=assignment.risk_levels, listed=listed)

    def places(self) -> Places:
        """Each with `person`: whoever the account turned out to be."""
        places: Places = Membership.objects.current().filter(ACTIVE, enterprise__closed_on=None)
        places = places.annotate(person=PERSON)
        return places.filter(self._where())

    def _where(self) -> Q:
        where = Q()
        if self.district:
            parts = District.objects.within(self.district).values_list("pk", flat=True)
            where &= Q(enterprise__district__in=list(parts))
        if self.business_types:
            where &= Q(enterprise__business_type__in=self.business_types)
        if self.posts:
            where &= Q(post__in=self.posts)
        if self.enterprises:
            where &= Q(enterprise__in=self.enterprises) | Q(enterprise__merged_into__in=self.enterprises)
        if self.risk_levels:
            where &= Q(enterprise__risk_level__in=list(self.risk_levels))
        return where if self.listed is None else where & Q(person__in=self.listed)


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom it would reach, before it is made. The persons of several districts may not be added up."""

    persons: int
    enterprises: int
    districts: list[tuple[str, int]] = field(default_factory=list)
    # they hold what it asks for, so they have nothing to do
    settled: int = 0


def preview(places: Places, settled: QuerySet[Any] | None = None) -> Preview:
    """`settled`: the persons who need not do anything."""
    persons = Count("person", distinct=True)
    counted = places.aggregate(persons=persons, enterprises=Count(PLACE, distinct=True))
    in_county = places.annotate(**COUNTY).order_by("county").values_list("county", "county_name")
    districts = [(name, n) for _key, name, n in in_county.annotate(n=persons)]
    holding = places.filter(person__in=settled).aggregate(n=persons)["n"] if settled is not None else 0
    return Preview(**counted, districts=districts, settled=holding)


def missing(assignment: Assignment) -> Places:
    """Places of those who fit the rule and are not assigned yet, under whichever account."""
    known = Assignee.objects.filter(assignment=assignment).annotate(person=PERSON).values("person")
    return Rule.of(assignment).places().exclude(person__in=known)
