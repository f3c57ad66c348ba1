"""Somebody says where they work, and whoever keeps the staff list says whether it is so.

Each is decided once, whoever decides first; all that is decided about one enterprise happens one after the other.
"""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.joining import join, move
from academy.organisations.managing import lock
from academy.organisations.models import (
    Enterprise,
    EnterpriseManager,
    Invitation,
    JoinRequest,
    Membership,
    Post,
)
from academy.organisations.registering import take_on
from academy.organisations.telling import tell_managers

# how long the answer stands on somebody's page
SHOWN = timedelta(days=30)


@transaction.atomic
def come(
    user: User, enterprise: Enterprise, post: Post, invitation: Invitation | None = None, moves: bool = False
) -> Membership | JoinRequest:
    """Where nobody keeps the staff list, or whoever says it does, it is so at once. `moves`: then, and not before,
    every other place is left."""
    enterprise = lock(enterprise)
    managers = set(
        EnterpriseManager.objects.current().filter(enterprise=enterprise).values_list("user", flat=True)
    )
    there = Membership.objects.current().filter(user=user, enterprise=enterprise, post=post).exists()
    if there or not managers or user.pk in managers:
        return admit(user, enterprise, post, user, moves)
    asked, is_new = JoinRequest.objects.undecided().update_or_create(
        user=user,
        enterprise=enterprise,
        defaults={"post": post, "moves": moves},
        create_defaults={"post": post, "moves": moves, "invitation": invitation},
    )
    if is_new:
        transaction.on_commit(partial(tell_managers.enqueue, asked.pk))
    return asked


def admit(user: User, enterprise: Enterprise, post: Post, by: User, moves: bool = False) -> Membership:
    """What they asked for there is settled by it. The enterprise is locked."""
    asked = JoinRequest.objects.undecided().filter(user=user, enterprise=enterprise)
    asked.update(accepted=True, decided_at=timezone.now(), decided_by=by)
    return _let_in(user, enterprise, post, by, moves)


def accept(asked: JoinRequest, by: User) -> bool:
    """Whether it was still to be decided."""
    with transaction.atomic():
        enterprise = lock(asked.enterprise)
        if not _decided(asked, by, accepted=True):
            return False
        _let_in(asked.user.merged_into or asked.user, enterprise, asked.post, by, asked.moves)
    return True


def _let_in(user: User, enterprise: Enterprise, post: Post, by: User, moves: bool) -> Membership:
    place = join(user, enterprise, post) if by == user else take_on(user, enterprise, post, by)
    return move(user, enterprise, post) if moves else place


def decline(asked: JoinRequest, by: User, reason: str) -> bool:
    with transaction.atomic():
        lock(asked.enterprise)
        return _decided(asked, by, reason=reason)


def withdraw(asked: JoinRequest) -> bool:
    return decline(asked, asked.user, "")


def _decided(asked: JoinRequest, by: User, accepted: bool = False, reason: str = "") -> bool:
    """The condition is part of the change: of two who decide at once, one finds nothing left to decide."""
    still_open = JoinRequest.objects.undecided().filter(pk=asked.pk)
    return bool(still_open.update(accepted=accepted, reason=reason, decided_at=timezone.now(), decided_by=by))


def shown_to(user: User) -> QuerySet[JoinRequest]:
    """Those that wait, and for a while what became of the others."""
    recent = Q(decided_at=None) | Q(decided_at__gt=timezone.now() - SHOWN)
    found = JoinRequest.objects.filter(recent, user__in=same_person(user))
    return found.select_related("enterprise", "post").order_by("-asked_at", "-pk")
