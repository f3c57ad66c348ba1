"""How a worker comes to an enterprise and leaves it. Memberships are closed, never changed or deleted.

Somebody may work in several enterprises, with one post in each. The worker's own row orders what happens at once.
"""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import Enterprise, Membership, MembershipQuerySet, Post


@transaction.atomic
def join(user: User, enterprise: Enterprise, post: Post) -> Membership:
    """Other places are kept. Another post in the same enterprise follows on the older one; asked twice, nothing
    changes."""
    _one_at_a_time(user)
    here = Membership.objects.current().filter(user=user, enterprise=enterprise)
    same = here.filter(post=post).first()
    if same:
        return same
    now = timezone.now()
    _close(here, now)
    return Membership.objects.create(user=user, enterprise=enterprise, post=post, joined_at=now)


@transaction.atomic
def move(user: User, enterprise: Enterprise, post: Post) -> Membership:
    """All other places are left, before this one is joined: what is assigned there comes along."""
    _one_at_a_time(user)
    _close(Membership.objects.current().filter(user=user).exclude(enterprise=enterprise), timezone.now())
    return join(user, enterprise, post)


@transaction.atomic
def leave(user: User, enterprise: Enterprise, on: date | None = None) -> None:
    """`on` is the last day there, today unless it is said. Who has left already, left then."""
    _one_at_a_time(user)
    _close(Membership.objects.current().filter(user=user, enterprise=enterprise), _end_of(on))


@transaction.atomic
def choose(user: User, enterprise: Enterprise) -> None:
    """Records made from now on name this place, until the next one is joined or chosen."""
    _one_at_a_time(user)
    Membership.objects.current().filter(user=user, enterprise=enterprise).update(chosen_at=timezone.now())


def empty(enterprise: Enterprise, on: date) -> None:
    """Nobody works there any more after that day: it has closed."""
    _close(Membership.objects.current().filter(enterprise=enterprise), _end_of(on))


def _close(places: MembershipQuerySet, at: datetime) -> None:
    """Whoever joined later than that left as they joined."""
    places.update(left_at=Greatest(F("joined_at"), at))


def _end_of(day: date | None) -> datetime:
    """The midnight after a day that is over; of the running day, this moment."""
    now = timezone.now()
    if day is None:
        return now
    after = datetime.combine(day + timedelta(days=1), time.min)
    return min(now, timezone.make_aware(after, timezone.get_default_timezone()))


def _one_at_a_time(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)
