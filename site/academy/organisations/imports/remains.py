"""What of an import's doing has become of something else since, and so stays."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.organisations.imports.kinds import scope_for
from academy.organisations.models import (
    Enterprise,
    ImportChange,
    Invitation,
    Membership,
    MembershipQuerySet,
    Placed,
    RegisterImport,
)
from academy.organisations.scope import Scope

IN_A_ROW = 10
MODELS: dict[str, type[Model]] = {
    "enterprise": Enterprise,
    "membership": Membership,
    "user": User,
    "invitation": Invitation,
}


class Remains:
    """Of some changes to rows of one model: the rows as they are, and why a change stays."""

    def __init__(self, changes: Sequence[ImportChange], batch: RegisterImport) -> None:
        self.model = MODELS[changes[0].model]
        rows = self.model._default_manager.select_for_update().in_bulk({change.key for change in changes})
        self.rows: dict[int, Any] = dict(rows)
        self.outside = set() if batch.is_given_up else _outside(self.model, self.rows, batch)
        made = {change.key for change in changes if change.made and change.key in self.rows}
        places = Membership.objects.exclude(pk__in=_going(batch))
        self.references = _references(self.model, made, places)
        self.learned = _learned(made) if self.model is Membership else set()
        self.occupied = _occupied(self.rows.values(), places) if self.model is Membership else set()

    def changed_since(self, change: ImportChange) -> list[str]:
        """The fields that are no longer as the import left them."""
        row = self.rows[change.key]
        return [
            name for name, pair in change.fields.items() if getattr(row, name) != self.value(name, pair[1])
        ]

    def value(self, name: str, kept: Any) -> Any:
        field: Any = self.model._meta.get_field(name)
        return field.to_python(kept)

    def reason(self, change: ImportChange) -> str:
        """Why it stays; nothing for what goes."""
        row = self.rows.get(change.key)
        if row is None:
            return "" if change.made else _("It is no longer there.")
        if change.key in self.outside:
            return _("It is no longer in your districts.")
        if changed := self.changed_since(change):
            names = "、".join(str(self.model._meta.get_field(name).verbose_name) for name in changed)  # type: ignore[union-attr]
            return _("Somebody has changed it since: %(names)s.") % {"names": names}
        return self._needed(change, row) if change.made else self._in_the_way(change, row)

    def _needed(self, change: ImportChange, row: Any) -> str:
        if isinstance(row, User) and (row.last_login or row.phone_verified or row.email):
            return _("Its owner has signed in.")
        if isinstance(row, Invitation) and row.closed_at:
            return _("It has been answered, or taken back.")
        if self.model is Membership and row.pk in self.learned:
            return _("They have learned something there.")
        if names := self.references.get(change.key):
            return _("It is needed by: %(names)s.") % {"names": "、".join(sorted(names))}
        return ""

    def _in_the_way(self, change: ImportChange, row: Any) -> str:
        """Somebody works once at a time in one place."""
        reopens = self.model is Membership and change.fields.get("left_at", [""])[0] is None
        if reopens and (row.user_id, row.enterprise_id) in self.occupied:
            return _("They work there again, under another entry.")
        return ""


def _outside(model: type[Model], rows: Collection[int], batch: RegisterImport) -> set[int]:
    if model is User:
        return set()
    found = next(some for some in here(scope_for(batch)).values() if some.model is model)
    return set(rows) - set(found.filter(pk__in=rows).values_list("pk", flat=True))


def here(scope: Scope) -> dict[str, QuerySet[Any]]:
    """All that an import may make or change, as far as it is in this scope."""
    return {
        "enterprise": scope.register(),
        "membership": scope.staff(Membership.objects.all()),
        "user": scope.people(),
        "invitation": scope.staff(Invitation.objects.all()),
    }


def _going(batch: RegisterImport) -> Any:
    """Places of work that this import made and that go with it."""
    return batch.journal.filter(model="membership", made=True, undone=False, kept="").values("key")


def _references(model: type[Model], keys: Collection[int], places: MembershipQuerySet) -> dict[int, set[str]]:
    """Whatever points to these rows, whichever part of the site it belongs to, under its name."""
    found: dict[int, set[str]] = defaultdict(set)
    for other, name in _pointing(model) if keys else ():
        rows: Any = places if other is Membership else other._base_manager
        pointing = rows.filter(**_among(name, keys)).values_list(name, flat=True)
        for key in pointing.order_by().distinct():
            found[key].add(str(other._meta.verbose_name_plural))
    return found


def _among(name: str, keys: Collection[int]) -> dict[str, Any]:
    """Some fifty relations are asked. What was made at once has numbers in a row: its ends say as much as all of it, and
    whoever lies in between and is another's is asked about in vain."""
    first, last = min(keys), max(keys)
    if last - first < IN_A_ROW * len(keys):
        return {f"{name}__gte": first, f"{name}__lte": last}
    return {f"{name}__in": keys}


def _pointing(model: type[Model]) -> Iterator[tuple[type[Model], str]]:
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation.related_model, relation.field.name  # type: ignore[union-attr, misc]
    if model is Enterprise:
        for record in _placed():
            yield record, "enterprise_key"


def _placed() -> Iterator[type[Placed]]:
    """Records, which know an enterprise by its number only."""
    waiting = Placed.__subclasses__()
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if not one._meta.abstract:
            yield one


def _learned(made: Collection[int]) -> set[int]:
    """Of these memberships those of people with a record from that enterprise."""
    pairs = {
        (user, enterprise): key
        for key, user, enterprise in Membership.objects.filter(pk__in=made).values_list(
            "pk", "user", "enterprise"
        )
    }
    found = set()
    of_people = (record for record in _placed() if hasattr(record, "user"))
    for record in of_people:
        records: Any = record._default_manager
        rows = (
            records.filter(**_among("user", {user for user, _enterprise in pairs}))
            if pairs
            else records.none()
        )
        found |= {
            pairs.get(pair) for pair in rows.values_list("user", "enterprise_key").order_by().distinct()
        }
    return found - {None}  # type: ignore[return-value]


def _occupied(rows: Collection[Any], places: MembershipQuerySet) -> set[tuple[int, int]]:
    """Where somebody works under an entry that is open."""
    found = places.current().filter(user__in={row.user_id for row in rows})
    return set(found.values_list("user_id", "enterprise_id"))
