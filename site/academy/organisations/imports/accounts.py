"""Whose phone numbers some lines name, and where those people work."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q

from academy.accounts.models import User
from academy.organisations.imports import values
from academy.organisations.models import Enterprise, Invitation, Membership
from academy.organisations.scope import Scope


class Accounts:
    """In three questions to the database. Accounts and enterprises that were merged go by what they turned out to be."""

    def __init__(self, texts: Sequence[str], scope: Scope, lock: bool) -> None:
        rows = User.objects.filter(phone__in=_phones(texts)).select_related("merged_into").order_by("pk")
        found = rows.select_for_update(of=("self",)) if lock else rows
        self.users = {user.phone: _final(user) for user in found}
        keys = {user.pk for user in self.users.values()}
        self.places: dict[tuple[int, int], list[Membership]] = defaultdict(list)
        of_them = Membership.objects.filter(Q(user__in=keys) | Q(user__merged_into__in=keys))
        for one in of_them.select_related("user", "enterprise").order_by("joined_at", "pk"):
            place = one.enterprise.merged_into_id or one.enterprise_id
            self.places[one.user.merged_into_id or one.user_id, place].append(one)
        here = scope.staff(Membership.objects.current()).filter(user__in=keys)
        self.insiders = set(here.values_list("user_id", flat=True))
        asked = Invitation.objects.open().filter(phone__in=_phones(texts), enterprise__in=scope.register())
        invites = () if scope.supervises else asked
        self.invited = {(one.phone, one.enterprise_id): one for one in invites}

    def of(self, phone: str) -> User | None:
        return self.users.get(phone)

    def places_of(self, user: User | None, enterprise: Enterprise) -> Sequence[Membership]:
        return self.places.get((user.pk, enterprise.pk), []) if user else []

    def may_rename(self, user: User) -> bool:
        """Whoever has signed in has a name of their own, and the people of others are none of ours."""
        return user.pk in self.insiders and user.last_login is None and not user.is_staff


def _phones(texts: Iterable[str]) -> set[str]:
    found = set()
    for text in texts:
        try:
            found.add(values.phone(text))
        except ValidationError:
            continue
    return found


def _final(user: User) -> User:
    while user.merged_into:
        user = user.merged_into
    return user
