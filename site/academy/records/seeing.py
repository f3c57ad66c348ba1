"""Who may see which certificate."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.scope import Scope, scope_of
from academy.records.models import Certificate
from academy.records.models.certificate import CertificateQuerySet


def certificates(scope: Scope) -> CertificateQuerySet:
    """Those earned here, and those of whoever works here now, wherever they were earned: a kitchen is answered for by
    what its people hold today."""
    return Certificate.objects.filter(_within(scope))


def certificates_for(user: User | AnonymousUser) -> CertificateQuerySet:
    """One's own; whoever answers for a part of the city or for an enterprise may see those from there."""
    scope = scope_of(user)
    mine = Q(user__in=same_person(user)) if isinstance(user, User) else Q(pk__in=[])
    return Certificate.objects.filter(Q() if scope.whole else _within(scope) | mine)


def _within(scope: Scope) -> Q:
    if scope.whole:
        return Q()
    holder = Q(user=OuterRef("user")) | Q(user=OuterRef("user__merged_into"))
    held = scope.present().filter(holder)
    return scope.made("completion__") | Q(Exists(held))
