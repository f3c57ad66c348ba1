"""Who and which certificates somebody may look at: those of their part of the city, of their enterprises, and no others."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.organisations.scope import Scope
from academy.records.models import Attendance, Certificate, Completion
from academy.records.models.certificate import CertificateQuerySet
from academy.reports.choices import made_in

# so many are asked of at once, and then so many times as many: a few questions, however many people there are
SOME, MORE = 300, 5


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
    """Of these people the first who may be seen. Of whom may be seen there is no list, and to make one takes longer than to ask of some
    hundreds in turn."""
    ordered = found.order_by("name", "pk")
    if scope.whole:
        return list(ordered[:at_most])
    keys, some = list(ordered.values_list("pk", flat=True)), SOME
    shown: list[User] = []
    while keys and len(shown) < at_most:
        shown += people(scope).filter(pk__in=keys[:some]).order_by("name", "pk")
        keys, some = keys[some:], some * MORE
    return shown[:at_most]


def works_here(scope: Scope, person: User) -> bool:
    return scope.whole or scope.staff(Membership.objects.current().filter(user=person)).exists()
