"""The tree of districts as a reader of reports may walk it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from academy.organisations.models import District
from academy.organisations.scope import Scope


@dataclass(frozen=True)
class Tree:
    """Every district by key: its name and what it is part of. `open` are those that may be chosen."""

    names: dict[int, str]
    parents: dict[int, int | None]
    open: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def seen_by(cls, scope: Scope) -> Self:
        rows = list(District.objects.values_list("pk", "name", "parent"))
        names = {pk: name for pk, name, _parent in rows}
        parents = {pk: parent for pk, _name, parent in rows}
        return cls(names, parents, frozenset(names) if scope.whole else scope.districts)

    @cached_property
    def children(self) -> dict[int | None, list[int]]:
        found: dict[int | None, list[int]] = {}
        for pk, parent in self.parents.items():
            found.setdefault(parent, []).append(pk)
        return found

    @cached_property
    def tops(self) -> list[int]:
        """Those that are not part of another that may be chosen."""
        return [pk for pk in self.parents if pk in self.open and self.parents[pk] not in self.open]

    def parts(self, key: int) -> frozenset[int]:
        """A district with all that is part of it."""
        return frozenset(self._walk(key))

    def _walk(self, key: int) -> Iterator[int]:
        yield key
        for child in self.children.get(key, ()):
            yield from self._walk(child)

    def below(self, key: int | None) -> list[int]:
        """What a table of districts has a row for: the parts of the one that is chosen, or of the only one there is."""
        tops = self.tops
        if key is None and len(tops) > 1:
            return tops
        at = key if key is not None else (tops[0] if tops else None)
        return self.children.get(at, []) or [at] if at is not None else []

    def shown(self, key: int | None) -> frozenset[int]:
        """Every district that is in one of those rows."""
        return frozenset(part for row in self.below(key) for part in self.parts(row))

    def indented(self) -> list[tuple[str, str]]:
        """For a list to choose from: each under what it is part of."""
        return [line for top in self.tops for line in self._lines(top, 0)]

    def _lines(self, key: int, depth: int) -> Iterator[tuple[str, str]]:
        yield str(key), "\u3000" * depth + self.names[key]
        for child in self.children.get(key, ()):
            yield from self._lines(child, depth + 1)
