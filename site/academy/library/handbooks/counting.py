"""Copies sent and signatures given, by edition and by district, of what somebody may see.

Copies are those of every entry, corrections taken off. Signatures are counted by person: two accounts that turned out to be
one are one. Both count where they were made, in the words of that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Max, QuerySet, Sum
from django.db.models.functions import Coalesce

from academy.library.models import HandbookDispatch, HandbookPage, HandbookSignature
from academy.organisations.scope import Scope

PERSONS = Count(Coalesce("user__merged_into", "user"), distinct=True)
Key = tuple[str, ...]


class Tally(NamedTuple):
    copies: int = 0
    signatures: int = 0


class Edition(NamedTuple):
    handbook: str
    title: str
    edition: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records are meant: of a handbook and an edition, and in a district, by the words they were made with."""

    handbook: str = ""
    edition: str = ""
    district: str | None = None

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.handbook:
            rows = rows.filter(handbook_key=self.handbook, edition=self.edition)
        return rows if self.district is None else rows.filter(district_name=self.district)

    @property
    def query(self) -> str:
        district = {} if self.district is None else {"district": self.district}
        return urlencode({"handbook": self.handbook, "edition": self.edition, **district})


def dispatches(scope: Scope, choice: Choice) -> QuerySet[HandbookDispatch]:
    return scope.records(choice.of(HandbookDispatch.objects.all()))


def signatures(scope: Scope, choice: Choice) -> QuerySet[HandbookSignature]:
    return scope.records(choice.of(HandbookSignature.objects.all()))


def editions(scope: Scope) -> list[Edition]:
    """Those in force, and every other that was ever sent or signed for here."""
    counted = _by(scope, Choice(), ("handbook_key", "edition"))
    titles = _titles(scope) | {(page.key, page.edition): page.title for page in in_force()}
    keys = dict.fromkeys([*titles, *counted])
    return [Edition(key[0], titles[key], key[1], counted.get(key, Tally())) for key in keys]


def by_district(scope: Scope, choice: Choice, known: Iterable[str]) -> dict[str, Tally]:
    """Districts that are known come first, with or without records."""
    counted = _by(scope, choice, ("district_name",))
    names = dict.fromkeys([*known, *(name for (name,) in counted)])
    return {name: counted.get((name,), Tally()) for name in names}


def total(scope: Scope, choice: Choice) -> Tally:
    copies = dispatches(scope, choice).aggregate(n=Sum("copies"))["n"] or 0
    return Tally(copies, signatures(scope, choice).aggregate(n=PERSONS)["n"])


def title(scope: Scope, choice: Choice) -> str:
    """As the handbook is called now, or was when it was last sent or signed for here."""
    for page in in_force():
        if (page.key, page.edition) == (choice.handbook, choice.edition):
            return str(page.title)
    return _titles(scope).get((choice.handbook, choice.edition), "")


def in_force() -> list[HandbookPage]:
    return list(HandbookPage.objects.live().exclude(edition="").order_by("path"))


def _by(scope: Scope, choice: Choice, columns: tuple[str, ...]) -> dict[Key, Tally]:
    sent = dispatches(scope, choice).order_by().values_list(*columns).annotate(n=Sum("copies"))
    signed = signatures(scope, choice).order_by().values_list(*columns).annotate(n=PERSONS)
    copies, names = ({row[:-1]: row[-1] for row in rows} for rows in (sent, signed))
    return {key: Tally(copies.get(key, 0), names.get(key, 0)) for key in [*copies, *names]}


def _titles(scope: Scope) -> dict[Key, str]:
    """As each was called when it was last sent or signed for."""
    found: dict[Key, str] = {}
    for rows in (dispatches(scope, Choice()), signatures(scope, Choice())):
        named = rows.order_by().values_list("handbook_key", "edition").annotate(title=Max("title"))
        found |= {(key, edition): title for key, edition, title in named}
    return found
