"""How far assignments are, in one grouped query a table. Each person of an assignment is one row, so a row is a person.

A person who has done it is done, whatever else is said of them; then who is excused, who no longer works anywhere, who is late,
and who still has time.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.courses.models import Assignee, Assignment
from academy.organisations.scope import Scope
from academy.records.models import Statement, Verb

STATES: dict[str, str | Promise] = {
    "done": _("Done"),
    "due": _("Still in time"),
    "late": _("Late"),
    "excused": _("Excused"),
    "left": _("Works nowhere"),
}


class Tally(NamedTuple):
    persons: int = 0
    done: int = 0
    due: int = 0
    late: int = 0
    excused: int = 0
    left: int = 0

    @property
    def percent(self) -> int | None:
        """Of those who have to do it."""
        asked = self.persons - self.excused - self.left
        return 100 * self.done // asked if asked else None


def states(today: date) -> dict[str, Q]:
    """Each person is in one of them."""
    at_it = Q(done_at=None, excused_at=None)
    return {
        "done": Q(done_at__isnull=False),
        "due": at_it & Q(left_on=None, due_on__gte=today),
        "late": at_it & Q(left_on=None, due_on__lt=today),
        "excused": Q(done_at=None, excused_at__isnull=False),
        "left": at_it & Q(left_on__isnull=False),
    }


def with_state(rows: QuerySet[Assignee], today: date) -> QuerySet[Assignee]:
    named = (When(condition, then=Value(name)) for name, condition in states(today).items())
    return rows.annotate(state=Case(*named, output_field=CharField()))


def total(groups: Iterable[Mapping[str, Any]]) -> Tally:
    """Of groups that hold all of it: each person is one row of one group."""
    return Tally(*map(sum, zip(*map(of, groups), strict=True)))


def by(rows: QuerySet[Assignee], today: date, *columns: str) -> QuerySet[Any, dict[str, Any]]:
    """A row with these columns and the measures for each of their values, those with most who are late first."""
    grouped = rows.order_by().values(*columns).annotate(**_measures(today))
    ordered: QuerySet[Any, dict[str, Any]] = grouped.order_by("-late", "-due", *columns)
    return ordered


def of(row: Mapping[str, Any]) -> Tally:
    return Tally(*(row[name] for name in Tally._fields))


def earlier(row: Assignee) -> QuerySet[Assignee]:
    """What the same person was asked before, for certificates that ended before."""
    asked = Assignee.objects.filter(assignment=row.assignment_id, user__in=same_person(row.user))
    return asked.exclude(followed_at=None).order_by("-due_on")


def changes(row: Assignee) -> list[dict[str, Any]]:
    """Excused and no longer excused: when, by whom and why, from the log."""
    said = Statement.objects.filter(
        user=row.user_id, object_key=row.assignment.name, verb=Verb.CORRECTED
    ).order_by("at", "pk")
    found = [(one.at, one.evidence) for one in said]
    names = User.objects.in_bulk({evidence["by"] for _at, evidence in found if "by" in evidence})
    return [
        {
            "at": at,
            "by": names.get(evidence.get("by")),
            "excused": evidence.get("excused", ""),
            "unexcused": evidence.get("unexcused", ""),
        }
        for at, evidence in found
    ]


def visible(user: User, scope: Scope) -> QuerySet[Assignment]:
    """Those of which somebody sees people, and those that they made for where they still are."""
    if scope.whole:
        return Assignment.objects.all()
    theirs = scope.records(Assignee.objects.filter(assignment=OuterRef("pk")))
    return Assignment.objects.filter(Exists(theirs) | Q(made_by=user, district__in=scope.districts))


def is_own(assignment: Assignment, user: User, scope: Scope) -> bool:
    """Whether all of it is theirs: the city's, or made by them for where they still are."""
    return scope.whole or (assignment.made_by_id == user.pk and assignment.district_id in scope.districts)


def _measures(today: date) -> dict[str, Count]:
    counted = {name: Count("pk", filter=condition) for name, condition in states(today).items()}
    return {"persons": Count("pk"), **counted}
