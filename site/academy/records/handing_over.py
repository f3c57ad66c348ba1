"""What is current passes from the merged one to the one that is kept, so that whoever reads it finds each person once.

A row of the merged one ends, and a row of the kept one continues it: their own, or one that is opened for it. Given
back, the first goes on as if it had never ended, and what was opened for it is gone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from academy.organisations.models import EnterpriseManager, Membership


@dataclass(frozen=True, slots=True)
class Held:
    """The columns that say since when and until when; `carried` is what else goes on."""

    model: type[Membership] | type[EnterpriseManager]
    name: str
    begun: str
    ended: str
    carried: Callable[[Any], dict[str, Any]]

    @property
    def rows(self) -> Any:
        return self.model.objects.select_related("user", "enterprise")


def _carried(place: Membership) -> dict[str, Any]:
    """Of several places records name the same one as before."""
    return {"post": place.post, "chosen_at": place.chosen_at or place.joined_at}


HELD = (
    Held(Membership, "memberships", "joined_at", "left_at", _carried),
    Held(EnterpriseManager, "managers", "since", "until", lambda _row: {}),
)


class Handed(TypedDict):
    """Keys: of the row that ended, of the one that continues it; and whether that was opened for it."""

    closed: int
    by: int
    opened: bool


Changed = Mapping[str, Any]


def hand_over(of: dict[str, Any], to: dict[str, Any], at: datetime) -> dict[str, list[Handed]]:
    """`of` and `to` name the same column, `user` or `enterprise`."""
    return {
        held.name: [_handed(held, row, to, at) for row in held.rows.current().filter(**of).order_by("pk")]
        for held in HELD
    }


def _handed(held: Held, row: Any, to: dict[str, Any], at: datetime) -> Handed:
    place = {"user": row.user, "enterprise": row.enterprise, **to}
    setattr(row, held.ended, max(at, getattr(row, held.begun)))
    row.save(update_fields=[held.ended])
    known = held.rows.current().filter(**place).first()
    by = known or held.model.objects.create(**place, **held.carried(row), **{held.begun: at})
    return Handed(closed=row.pk, by=by.pk, opened=known is None)


def give_back(changed: Changed) -> None:
    for held in HELD:
        for one in reversed(changed[held.name]):
            _given_back(held, one)


def _given_back(held: Held, one: Handed) -> None:
    """Where the kept one has left meanwhile, the merged one has left as well."""
    row, by = (held.rows.get(pk=pk) for pk in (one["closed"], one["by"]))
    still_there = _is_there(held, by)
    if one["opened"]:
        by.delete()
    if _is_there(held, row):
        return
    setattr(row, held.ended, None if still_there else getattr(by, held.ended))
    row.save(update_fields=[held.ended])


def _is_there(held: Held, row: Any) -> bool:
    return bool(held.rows.current().filter(user=row.user, enterprise=row.enterprise).exists())


def rests_on(later: Changed, earlier: Changed) -> bool:
    """Whether one merge passed on what another had passed on: that one cannot be given back before."""
    return any(_rests_on(list(later[held.name]), list(earlier[held.name])) for held in HELD)


def _rests_on(later: Iterable[Handed], earlier: Iterable[Handed]) -> bool:
    closed, by = {one["closed"] for one in later}, {one["by"] for one in later}
    return any(one["by"] in closed or (one["opened"] and one["by"] in by) for one in earlier)


def people_in(changed: Changed) -> Iterator[int]:
    """Whose rows they are."""
    for held in HELD:
        keys = [one["closed"] for one in changed[held.name]]
        yield from held.rows.filter(pk__in=keys).values_list("user", flat=True)
