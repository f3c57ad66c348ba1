"""Which accounts are one person: the one that is kept, and those that turned out to be the same. Records stay with
the account that they were made for; whoever reads what a person has done asks for all of them."""

from typing import Any

from django.db.models import Q, QuerySet

from academy.accounts.models import User


def same_person(user: User) -> QuerySet[User, Any]:
    """Their keys, for `user__in`: part of the question that is asked anyway, and no question of its own."""
    kept = user.merged_into_id or user.pk
    return User.objects.filter(Q(pk=kept) | Q(merged_into=kept)).values("pk")


def numbers_of(user: User) -> QuerySet[User, Any]:
    """Every number by which this person has signed in, for `phone__in`."""
    accounts = User.objects.filter(pk__in=same_person(user), phone_verified=True)
    return accounts.exclude(phone=None).values("phone")
