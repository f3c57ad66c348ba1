"""Which accounts are one person: the one that is kept, and those that turned out to be the same. Records stay with
the account that they were made for; whoever reads what a person has done asks for all of them."""

from typing import Any

from django.db.models import Q, QuerySet

from academy.accounts.models import User


def same_person(user: User) -> QuerySet[User, Any]:
    """Their keys, for `user__in`: part of the question that is asked anyway, and no question of its own."""
    kept = user.merged_into_id or user.pk
    return User.objects.filter(Q(pk=kept) | Q(merged_into=kept)).values("pk")


def phones_of(user: User) -> set[str]:
    """Every number by which this person has signed in."""
    accounts = User.objects.filter(pk__in=same_person(user), phone_verified=True)
    return {number for number in accounts.values_list("phone", flat=True) if number}
