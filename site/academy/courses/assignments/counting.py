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
from academy.courses.models import Assignee, Assignment
from academy.organisations.scope import Scope

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


def visible(user: User, scope: Scope) -> QuerySet[Assignment]:
    """Those of which somebody sees people, and those that they made."""
    if scope.whole:
        return Assignment.objects.all()
    theirs = scope.records(Assignee.objects.filter(assignment=OuterRef("pk")))
    found = Assignment.objects.filter(Exists(theirs) | Q(made_by=user))
    return found if scope else found.none()


def _measures(today: date) -> dict[str, Count]:
    counted = {name: Count("pk", filter=condition) for name, condition in states(today).items()}
    return {"persons": Count("pk"), **counted}
