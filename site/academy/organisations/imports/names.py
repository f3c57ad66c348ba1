"""Districts, business types and posts by the names that people write, and what they may have meant."""

from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from academy.organisations.imports.values import plain
from academy.organisations.models import BusinessType, District, Post
from academy.organisations.scope import Scope

BETWEEN = "/"
SUGGESTED = 3


class Named:
    """Rows of a small table, each known by its name."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self.names = dict(rows)
        self.keys = {plain(name): key for key, name in self.names.items()}

    def read(self, text: str) -> int:
        found = self.keys.get(plain(text))
        if found is None:
            raise ValidationError(unknown(text, list(self.names.values())))
        return found

    def show(self, key: int | None) -> str:
        return self.names.get(key, "") if key else ""


class Districts:
    """By name, or where two have one name by the way down to it: 东关区/东门街道."""

    def __init__(self, scope: Scope) -> None:
        rows = District.objects.select_related("parent__parent")
        ways = {district.pk: _way(district) for district in rows}
        self.mine = {key for key in ways if scope.whole or key in scope.districts}
        self.paths = {key: BETWEEN.join(way[1:] or way) for key, way in ways.items()}
        self.keys: dict[str, list[int]] = defaultdict(list)
        for key, way in ways.items():
            for start in range(len(way)):
                self.keys[BETWEEN.join(map(plain, way[start:]))].append(key)

    def read(self, text: str) -> int:
        said = plain(text).replace("\\", BETWEEN).replace(">", BETWEEN).replace(" ", BETWEEN)
        everywhere = self.keys.get(plain(text)) or self.keys.get(said, [])
        here = [key for key in everywhere if key in self.mine]
        if len(here) == 1:
            return here[0]
        if here:
            choices = "、".join(self.paths[key] for key in here)
            raise ValidationError(
                _("There are several of this name. Write one of %(choices)s.") % {"choices": choices}
            )
        if everywhere:
            raise ValidationError(_("This district is not yours: you import for your own only."))
        raise ValidationError(unknown(text, self.options))

    def show(self, key: int | None) -> str:
        return self.paths.get(key, "") if key else ""

    @property
    def options(self) -> list[str]:
        return [path for key, path in self.paths.items() if key in self.mine]


def business_types() -> Named:
    return Named(BusinessType.objects.values_list("pk", "name"))


def posts() -> Named:
    return Named(Post.objects.values_list("pk", "name"))


def unknown(text: str, names: list[str]) -> str:
    said = {"said": plain(text)[:50]}
    near = _near(said["said"], tuple(names))
    if near:
        return _("“%(said)s” is not known. Is it %(near)s?") % {**said, "near": _(" or ").join(near)}
    return _("“%(said)s” is not known. Choose from the list in the template.") % said


# a file that is wrong in one way is so in many rows
@lru_cache(maxsize=1024)
def _near(said: str, names: tuple[str, ...]) -> list[str]:
    return get_close_matches(said, names, SUGGESTED, cutoff=0.4)


def _way(district: District) -> list[str]:
    """The names from the city down."""
    return [*(_way(district.parent) if district.parent else []), district.name]
