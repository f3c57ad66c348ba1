"""Who keeps the staff list of an enterprise: appointed and dismissed by the supervising staff, never by themselves."""

from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import (
    Change,
    Enterprise,
    EnterpriseManager,
    EnterpriseQuerySet,
    JoinRequest,
)
from academy.organisations.registering import note
from academy.organisations.scope import scope_of

KEEPS = "organisations.change_enterprise"
APPOINTS = "organisations.add_enterprisemanager"


def managed_by(user: User) -> EnterpriseQuerySet:
    return Enterprise.objects.filter(managers__user=user, managers__until=None)


def kept_by(user: User) -> EnterpriseQuerySet:
    """Whose staff lists somebody may see and change: their own, and officials those of their part of the city."""
    found = scope_of(user).register() if user.has_perm(KEEPS) else managed_by(user)
    return found.filter(merged_into=None)


def with_waiting(enterprises: EnterpriseQuerySet) -> EnterpriseQuerySet:
    """With `waiting`: how many have asked there whether they may be on the list."""
    here = Q(enterprise=OuterRef("pk")) | Q(enterprise__merged_into=OuterRef("pk"))
    counted = JoinRequest.objects.undecided().filter(here).order_by().annotate(one=Value(1)).values("one")
    return enterprises.annotate(waiting=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0))


def lock(enterprise: Enterprise) -> Enterprise:
    """The one that it turned out to be. Until the end of the transaction, whatever else is decided about who works
    there waits; memberships that others write are not held up."""
    found = Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise.pk)
    return lock(found.merged_into) if found.merged_into else found


@transaction.atomic
def appoint(user: User, enterprise: Enterprise, by: User) -> EnterpriseManager:
    """Said twice, they are it once."""
    enterprise, user = lock(enterprise), user.merged_into or user
    known, is_new = EnterpriseManager.objects.current().get_or_create(
        user=user, enterprise=enterprise, defaults={"appointed_by": by}
    )
    if is_new:
        note(enterprise, by, [(Change.MANAGER, "", user.called)])
    return known


@transaction.atomic
def dismiss(manager: EnterpriseManager, by: User) -> None:
    enterprise = lock(manager.enterprise)
    known = EnterpriseManager.objects.current().filter(pk=manager.pk)
    if known.update(until=timezone.now(), dismissed_by=by):
        note(enterprise, by, [(Change.MANAGER, manager.user.called, "")])
