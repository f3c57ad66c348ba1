"""The tree of districts, as a list to choose from."""

from collections.abc import Iterable

from academy.organisations.models import District


def choices(districts: Iterable[District]) -> list[tuple[int, str]]:
    """Each below what it is part of, with the way down to it; the city need not be said."""
    known = {district.pk: district for district in districts}
    ways = {pk: _way(district, known) for pk, district in known.items()}
    ordered = sorted(known, key=lambda pk: [one.pk for one in ways[pk]])
    return [(pk, " › ".join(one.name for one in ways[pk][_said_from(ways[pk]) :])) for pk in ordered]


def _way(district: District, known: dict[int, District]) -> list[District]:
    above = known.get(district.parent_id) if district.parent_id else None
    return [*(_way(above, known) if above else []), district]


def _said_from(way: list[District]) -> int:
    return 1 if len(way) > 1 and way[0].parent_id is None else 0
