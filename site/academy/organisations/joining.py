"""How a worker comes to an enterprise and leaves it. Memberships are closed, never changed or deleted."""

from django.db import transaction
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import Enterprise, Membership, Post


@transaction.atomic
def join(user: User, enterprise: Enterprise, post: Post) -> Membership:
    """Asked twice for the same place, it stays as it is; any other place is left first."""
    _one_at_a_time(user)
    current = Membership.objects.current().filter(user=user)
    same = current.filter(enterprise=enterprise, post=post).first()
    if same:
        current.exclude(pk=same.pk).update(left_at=timezone.now())
        return same
    leave(user)
    return Membership.objects.create(user=user, enterprise=enterprise, post=post)


def leave(user: User) -> None:
    Membership.objects.current().filter(user=user).update(left_at=timezone.now())


def _one_at_a_time(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)
