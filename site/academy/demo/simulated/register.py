"""Districts, business types, posts and enterprises."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from academy.demo.simulated.people_names import names_of, phone
from academy.demo.simulated.plan import Plan
from academy.demo.simulated.words import (
    BRANDS_FIRST,
    BRANDS_LAST,
    CITY,
    DISTRICTS,
    PLACES,
    POSTS,
    STREETS,
    TYPES,
)
from academy.demo.simulated.writing import first_key, write
from academy.organisations.credit_codes import ALPHABET, check_character
from academy.organisations.models import BusinessType, District, Enterprise, Post
from academy.reports.facts import Column

# no place has a code that begins with 99
REGION = 990000
RISKS = "ABCD"
SUBDISTRICTS = (5, 9)
NEVER = 10**6
CLOSED = 0.12
FIELDS = (
    "id", "name", "credit_code", "licence", "licence_expires_on", "address", "risk_level", "responsible",
    "responsible_phone", "district", "business_type", "closed_on",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A subdistrict, and the district that it is part of."""

    pk: int
    name: str
    county: int
    county_name: str


@dataclass(frozen=True)
class Register:
    """One place in each column for each enterprise, ordered by county. `closed` is a day, or `NEVER`."""

    pks: Column
    names: list[str]
    types: list[str]
    type_names: list[str]
    places: list[Place]
    place: Column
    county: Column
    county_pks: list[int]
    city: int
    posts: dict[str, int]
    size: Column
    closed: Column


def build_register(plan: Plan) -> Register:
    city, counties, places = _districts(plan)
    kinds = {name: _named(BusinessType, name, n) for n, name in enumerate(TYPES)}
    posts = {name: _named(Post, name, n) for n, name in enumerate(POSTS)}
    chance, count = plan.chance(1), plan.enterprises
    place = np.sort(chance.choice(len(places), count, p=_shares(len(places), chance)))
    shares = np.array([share for share, *_rest in TYPES.values()])
    kind = chance.choice(len(TYPES), count, p=shares / shares.sum())
    scale = np.array([size for _share, size, *_rest in TYPES.values()])[kind]
    counties_of = {pk: n for n, pk in enumerate(counties)}
    first, type_names = first_key(Enterprise), list(TYPES)
    closed = np.where(chance.random(count) < CLOSED, chance.integers(plan.days // 8, plan.days, count), NEVER)
    register = Register(
        pks=np.arange(first, first + count),
        names=[_name(type_names[k], places[p], chance) for k, p in zip(kind, place, strict=True)],
        types=[type_names[k] for k in kind],
        type_names=type_names,
        places=places,
        place=place,
        county=np.array([counties_of[places[p].county] for p in place]),
        county_pks=counties,
        city=city,
        posts=posts,
        # most are tiny, a few are very large
        size=np.clip(scale * (0.4 + chance.pareto(1.4, count)), 0.2, 400),
        closed=closed,
    )
    write(Enterprise, FIELDS, _rows(plan, register, kinds, chance), count)
    return register


def _districts(plan: Plan) -> tuple[int, list[int], list[Place]]:
    """The places stand in the order of their districts."""
    chance = plan.chance(2)
    city, _created = District.objects.get_or_create(name=CITY, parent=None)
    counties, places = [], []
    for name in DISTRICTS:
        county, _created = District.objects.get_or_create(name=name, parent=city)
        counties.append(county.pk)
        suffix = "镇" if name.endswith("县") else "街道"
        for stem in sorted(chance.choice(PLACES, chance.integers(*SUBDISTRICTS), replace=False)):
            part, _created = District.objects.get_or_create(name=f"{stem}{suffix}", parent=county)
            places.append(Place(part.pk, part.name, county.pk, name))
    return city.pk, counties, places


def _named(model: type[BusinessType] | type[Post], name: str, order: int) -> int:
    found, _created = model.objects.get_or_create(name=name, defaults={"sort_order": order})
    return found.pk


def _shares(count: int, chance: np.random.Generator) -> Column:
    shares = 0.3 + chance.random(count) ** 2 * 2
    return np.asarray(shares / shares.sum())


def _name(kind: str, place: Place, chance: np.random.Generator) -> str:
    endings = TYPES[kind][-1]
    brand = BRANDS_FIRST[chance.integers(len(BRANDS_FIRST))] + BRANDS_LAST[chance.integers(len(BRANDS_LAST))]
    stem = place.name.removesuffix("街道").removesuffix("镇")
    whose = f"{stem}{brand}" if chance.random() < 0.5 else f"{place.county_name}{brand}"
    branch = f"（{STREETS[chance.integers(len(STREETS))]}店）" if chance.random() < 0.35 else ""
    return f"{whose}{endings[chance.integers(len(endings))]}{branch}"


def _rows(
    plan: Plan, register: Register, kinds: dict[str, int], chance: np.random.Generator
) -> Iterator[tuple[Any, ...]]:
    responsible = names_of(len(register.names), chance)
    expires = chance.integers(-120, 5 * 365, len(register.names))
    risk = chance.random(len(register.names))
    number, street = chance.integers(1, 400, (2, len(register.names)))
    for n, kind in enumerate(register.types):
        place, (_share, _size, code, licence, risks, _endings) = (
            register.places[register.place[n]],
            TYPES[kind],
        )
        region = REGION + int(register.county[n]) + 1
        level = int(np.searchsorted(np.cumsum(risks) / sum(risks), risk[n], side="right"))
        closed = int(register.closed[n])
        yield (
            int(register.pks[n]),
            register.names[n],
            credit_code(code, region, n),
            f"{licence}{region}{n:07d}",
            plan.until + timedelta(days=int(expires[n])),
            f"{CITY}{place.county_name}{place.name}{STREETS[street[n] % len(STREETS)]}{number[n]}号",
            RISKS[min(level, len(RISKS) - 1)],
            responsible[n],
            phone(90_000_000 + n),
            place.pk,
            kinds[kind],
            None if closed == NEVER else plan.dates[closed],
        )


def credit_code(kind: str, region: int, number: int) -> str:
    """A valid one that nobody has."""
    signs = ""
    for _place in range(7):
        number, rest = divmod(number, len(ALPHABET))
        signs = ALPHABET[rest] + signs
    body = f"{kind}{region}MA{signs}"
    return body + check_character(body)
