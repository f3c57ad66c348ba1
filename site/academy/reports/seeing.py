"""Who and which certificates somebody may look at: those of their part of the city, of their enterprises, and no others."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.organisations.scope import Scope
from academy.records.models import Attendance, Certificate, Completion
from academy.records.models.certificate import CertificateQuerySet
from academy.reports.choices import made_in

# so many are asked of by their keys before everybody is: a few questions, however many people there are
SOME = (300, 3000)


def certificates(scope: Scope) -> CertificateQuerySet:
    """Where the completion was made."""
    found: CertificateQuerySet = Certificate.objects.filter(made_in(scope))
    return found


def people(scope: Scope) -> QuerySet[User]:
    """Whoever works there or once did, and whoever has a record that was made there, under whichever account."""
    if scope.whole:
        return User.objects.all()
    others = User.objects.filter(_here(scope)).exclude(merged_into=None)
    return User.objects.filter(_here(scope) | Q(pk__in=others.values("merged_into")))


def _here(scope: Scope) -> Q:
    here = scope.staff(Membership.objects.all()).filter(user=OuterRef("pk"))
    return (
        Q(Exists(here))
        | Q(Exists(Completion.objects.filter(made_in(scope), user=OuterRef("pk"))))
        | Q(Exists(Attendance.objects.filter(made_in(scope), user=OuterRef("pk"))))
    )


def first_of(scope: Scope, found: QuerySet[User], at_most: int) -> list[User]:
    """Of these people the first who may be seen. Of whom may be seen there is no list: to make one takes longer than to ask of
    some hundreds, and of some thousands, whether they are."""
    ordered = found.order_by("name", "pk")
    if scope.whole:
        return list(ordered[:at_most])
    keys = list(ordered.values_list("pk", flat=True))
    for some in SOME:
        seen = _among(scope, keys[:some])
        if len(seen) >= at_most or some >= len(keys):
            return list(User.objects.filter(pk__in=seen).order_by("name", "pk")[:at_most])
    return list((people(scope) & found).order_by("name", "pk")[:at_most])


def _among(scope: Scope, keys: list[int]) -> set[int]:
    """Of these accounts those that are `people`: asked by their keys, so that no list of the whole district is made."""
    others: dict[int, Any] = dict(User.objects.filter(merged_into__in=keys).values_list("pk", "merged_into"))
    theirs = {"user__in": [*keys, *others]}
    made = (
        model.objects.filter(made_in(scope), **theirs).order_by().values_list("user")
        for model in (Completion, Attendance)
    )
    places = scope.staff(Membership.objects.filter(**theirs)).order_by().values_list("user")
    here: set[int] = {pk for (pk,) in places.union(*made)}
    return here.intersection(keys) | {others[pk] for pk in here & others.keys()}


def works_here(scope: Scope, person: User) -> bool:
    return scope.whole or scope.staff(Membership.objects.current().filter(user=person)).exists()
