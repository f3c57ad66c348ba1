"""What is counted: a part of the city, of its businesses and posts, of what is taught, in a period; and whose it is to see."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from academy.organisations.models import entered_as
from academy.organisations.scope import Scope
from academy.reports.facts import Column, Facts
from academy.reports.loading import COURSE, day_number
from academy.reports.periods import Period
from academy.reports.places import Tree

Row = TypeVar("Row", bound=Model)
EVENT = "event"


@dataclass(frozen=True)
class Choice:
    """Everything of the scope in the period, until more is said. `enterprise` is the key that counts, not of a twin.

    `source` are all records of the city; a page takes them once, so that its numbers are of one moment. `apart`: only what is
    in none of the districts that a table has rows for.
    """

    source: Facts
    scope: Scope
    tree: Tree
    period: Period
    district: int | None = None
    enterprise: int | None = None
    business_type: str | None = None
    post: str | None = None
    kind: str | None = None
    subject: str | None = None
    apart: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it leaves out no place at all."""
        parts = (self.district, self.enterprise, self.business_type, self.post)
        return self.scope.whole and not self.apart and all(part is None for part in parts)

    @property
    def districts(self) -> Collection[int]:
        return self.tree.parts(self.district) if self.district is not None else ()

    @property
    def left_out(self) -> Collection[int]:
        """Districts whose records do not count although they are part of what is chosen."""
        return self.tree.shown(self.district) if self.apart else ()

    def facts(self, first: date | None = None, last: date | None = None) -> Facts:
        """The records that were made there; of the period unless other days are named."""
        facts = self.taught(first, last)
        if not self.scope.whole:
            facts = facts.anywhere(self.scope.districts, self.scope.enterprises)
        if self.district is not None:
            facts = facts.among("district", self.districts)
        if self.enterprise is not None:
            facts = facts.among("enterprise", [self.enterprise])
        if self.apart:
            facts = facts.outside("district", self.left_out)
        for column in ("business_type", "post"):
            word = getattr(self, column)
            facts = facts if word is None else facts.named(column, word)
        return facts

    def taught(self, first: date | None = None, last: date | None = None) -> Facts:
        """The records of what is chosen, wherever they were made."""
        begin, end = first or self.period.first, last or self.period.last
        facts = self.source.between(day_number(begin), day_number(end))
        if self.subject is not None:
            facts = facts.named("subject", self.subject)
        if self.kind == EVENT:
            return in_events(facts)
        return facts if self.kind is None else facts.named("kind", self.kind)

    def records(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Of `Placed` rows those that `facts` counts, whatever their time and subject."""
        rows = rows.filter(self._where, **dict(self._words()))
        return rows.exclude(district_key__in=self.left_out) if self.apart else rows

    @cached_property
    def _where(self) -> Q:
        if self.enterprise is None:
            return made_in(self.scope)
        here = Q(enterprise_key__in=_entered_as([self.enterprise]))
        # what is in an enterprise of one's own is one's own
        return here if self.enterprise in self.scope.enterprises else here & made_in(self.scope)

    def _words(self) -> Iterator[tuple[str, Any]]:
        if self.district is not None:
            yield "district_key__in", self.districts
        if self.business_type is not None:
            yield "business_type_name", self.business_type
        if self.post is not None:
            yield "post_name", self.post


def in_events(facts: Facts) -> Facts:
    return facts.named("kind", *(word for word in facts.words["kind"] if word != COURSE))


def made_here(source: Facts, scope: Scope) -> Column | None:
    """For each record whether it was made in this scope; None where all of them were."""
    return None if scope.whole else source.is_at(scope.districts, scope.enterprises)


def made_in(scope: Scope) -> Q:
    """For `Placed` rows."""
    if scope.whole:
        return Q()
    return Q(enterprise_key__in=_entered_as(scope.enterprises)) | Q(district_key__in=scope.districts)


def _entered_as(kept: Collection[int]) -> list[int]:
    """Asked first: a million records are found by keys, not by a question."""
    return list(entered_as(kept).values_list("pk", flat=True))
