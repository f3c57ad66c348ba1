"""What is still to be done goes with the person to where they work now; what is done stays where it was done."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from academy.accounts.persons import same_person
from academy.courses.assignments.proving import BATCH, batches
from academy.courses.models import Assignee
from academy.organisations.models import Membership
from academy.records.models import PersonMerge

# of the person, under whichever account they were assigned
OWN = Q(user=OuterRef("user")) | Q(user__merged_into=OuterRef("user")) | Q(user=OuterRef("user__merged_into"))
PLACES = Membership.objects.select_related(
    "enterprise__district__parent__parent", "enterprise__business_type", "post"
)


def follow_moves(today: date) -> None:
    """Of everybody who no longer works where they were assigned."""
    last = Membership.objects.current().filter(OWN).order_by("-joined_at", "-pk").values("pk")[:1]
    rows = adrift().annotate(place=Subquery(last))
    moved = list(rows.exclude(place=None).values_list("pk", "place"))
    rows.filter(place=None, left_on=None).update(left_on=today)
    for batch in batches(moved, BATCH):
        places = PLACES.in_bulk({place for _pk, place in batch})
        for pk, place in batch:
            Assignee.objects.filter(pk=pk).update(**_placed(places[place]))


def move_to(place: Membership) -> None:
    """Somebody began to work there."""
    person = place.user.merged_into_id or place.user_id
    theirs = Q(user=person) | Q(user__merged_into=person)
    adrift().filter(theirs).update(**_placed(place))


def follow_merge(merge: PersonMerge) -> None:
    """Where both accounts were assigned the same, the row of the one that is kept stands for the person while they are one."""
    merged = [merge.merged_id, *merge.changed.get("led_on", [])]
    rows = Assignee.objects.filter(user__in=merged)
    if merge.undone_at:
        rows.filter(followed_at=merge.at).update(followed_at=None)
        return
    theirs = Assignee.objects.standing().filter(user__in=same_person(merge.kept))
    twice = theirs.exclude(user__in=merged).values("assignment")
    rows.standing().filter(assignment__in=twice).update(followed_at=merge.at)


def adrift() -> QuerySet[Assignee]:
    """Not where it was, or said to work nowhere."""
    here = Membership.objects.current().filter(OWN, enterprise=OuterRef("enterprise_key"))
    return Assignee.objects.open().filter(~Exists(here) | Q(left_on__isnull=False))


def _placed(place: Membership) -> dict[str, Any]:
    return {**place.snapshot(), "left_on": None}
