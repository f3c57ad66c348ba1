"""Who may read what. An audience is named by what it asks of a reader: `public`, or conditions such as `g3-7_p12`.

Each condition is one restriction of the page tree or of the collections: `login`, `g` and the groups of which one
must be the reader's, `p` or `c` and the restriction of a page or a collection whose password must have been given.
Whoever meets all of them is the audience, so sources for the same readers stand together in the index.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection as Shelf
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction
from wagtail.models.view_restrictions import BaseViewRestriction

from academy.accounts.models import User
from academy.library.models.faq import FAQ
from academy.library.models.source import Source
from kb.ports import PUBLIC

Conditions = Mapping[int, set[str]]
Kind = Source.Kind
LOGIN = "login"
# no reader meets this condition
NOBODY = "nobody"


@dataclass(frozen=True)
class Reader:
    """What somebody can show when he is asked for it; without anything, what everybody may read."""

    has_signed_in: bool = False
    is_superuser: bool = False
    groups: frozenset[int] = frozenset()
    # restrictions whose password this session has given
    pages: frozenset[int] = frozenset()
    collections: frozenset[int] = frozenset()

    def may_read(self, audience: str) -> bool:
        return audience == PUBLIC or all(map(self._meets, audience.split("_")))

    def _meets(self, condition: str) -> bool:
        """As `accept_request` of Wagtail's restrictions judges."""
        kind, ids = condition[0], {int(one) for one in condition[1:].split("-") if one.isdigit()}
        if condition == LOGIN:
            return self.has_signed_in
        if kind == "g":
            return self.is_superuser or not ids.isdisjoint(self.groups)
        passed = {"p": self.pages, "c": self.collections}.get(kind, frozenset())
        return bool(ids) and ids <= passed

    def audiences(self) -> list[str]:
        """Those in use that this reader belongs to."""
        if self == EVERYBODY:
            return [PUBLIC]
        in_use = Source.objects.live().order_by().values_list("audience", flat=True).distinct()
        return [PUBLIC, *(one for one in in_use if one != PUBLIC and self.may_read(one))]

    def readable(self, keys: Collection[str]) -> list[Source]:
        """Of these sources, those whose words may be shown to this reader now.

        Asked of the tables themselves, so that a file or a page that was moved or restricted without a word to the
        index is out of reach as well: it is shown to nobody until it is indexed for its new readers.
        """
        sources = [
            each for each in Source.objects.live().filter(key__in=keys) if self.may_read(each.audience)
        ]
        now = audiences_of(sources)
        return [each for each in sources if now.get(each.key) == each.audience]

    def live_keys(self, keys: Collection[str]) -> set[str]:
        return {source.key for source in self.readable(keys)}

    def closed(self, keys: Collection[str]) -> set[str]:
        """Of these sources, those of which this reader should not even see the title."""
        sources = list(Source.objects.filter(key__in=keys))
        now = audiences_of(sources)
        return {each.key for each in sources if not self.may_read(now.get(each.key, each.audience))}


EVERYBODY = Reader()


def reader_of(request: HttpRequest) -> Reader:
    user: User | AnonymousUser = request.user
    return Reader(
        has_signed_in=user.is_authenticated,
        is_superuser=user.is_superuser,
        groups=frozenset(user.groups.values_list("pk", flat=True)) if user.is_authenticated else frozenset(),
        pages=_passed(request, PageViewRestriction),
        collections=_passed(request, CollectionViewRestriction),
    )


def _passed(request: HttpRequest, model: Any) -> frozenset[int]:
    return frozenset(request.session.get(model.passed_view_restrictions_session_key, ()))


def audiences_of(sources: Iterable[Source]) -> dict[str, str]:
    """The audience of each by its key, as the site is now; what is not published is left out."""
    sources, ids = list(sources), defaultdict(set)
    for source in sources:
        ids[source.kind].add(source.object_id)
    found = {kind.value: _FINDERS[kind](ids[kind.value]) if ids[kind.value] else {} for kind in Kind}
    return {
        source.key: name(found[source.kind][source.object_id])
        for source in sources
        if source.object_id in found[source.kind]
    }


def name(conditions: Collection[str]) -> str:
    """Whoever is in a group has signed in, so that is not asked for twice."""
    in_group = any(one.startswith("g") for one in conditions)
    return "_".join(sorted(one for one in conditions if not (in_group and one == LOGIN))) or PUBLIC


def _of_pages(ids: Collection[int]) -> Conditions:
    """From the tree above, and from the collection of the file for which a regulation speaks."""
    paths = dict(Page.objects.live().filter(pk__in=ids).values_list("pk", "path"))
    withdrawn = _below_withdrawn(paths)
    found: dict[int, set[str]] = {pk: {NOBODY} if pk in withdrawn else set() for pk in paths}
    # most sites restrict nothing, and this is asked with every question
    if PageViewRestriction.objects.exists():
        for pk, conditions in _from_above(paths).items():
            found[pk] |= conditions
    if CollectionViewRestriction.objects.exists():
        files = Upload.objects.filter(regulations__in=paths).values_list("regulations", "collection__path")
        for pk, conditions in _in_collections(files).items():
            found[pk] |= conditions
    return found


def _below_withdrawn(paths: Mapping[int, str]) -> set[int]:
    """A lesson goes with its course, though its own page is still published."""
    above = Page.objects.filter(path__in=_above(paths.values(), Page.steplen), live=False)
    withdrawn = set(above.values_list("path", flat=True))
    return {pk for pk, path in paths.items() if withdrawn.intersection(_steps(path, Page.steplen))}


def _from_above(paths: Mapping[int, str]) -> dict[int, set[str]]:
    owners = _owners(_above(paths.values(), Page.steplen))
    restricted = _conditions(PageViewRestriction, "page", set().union(*owners.values()))
    up = {
        pk: [owner for step in _steps(path, Page.steplen) for owner in owners.get(step, ())]
        for pk, path in paths.items()
    }
    return {pk: {one for owner in above for one in restricted[owner]} for pk, above in up.items()}


def _owners(paths: Collection[str]) -> dict[str, set[int]]:
    """By path, the pages whose restrictions hold there: an alias has those of the page that it repeats."""
    pages = Page.objects.filter(path__in=paths)
    rows = pages.values_list("path", "pk", "alias_of", "alias_of__alias_of")
    return {path: {pk for pk in pks if pk} for path, *pks in rows}


def _of_files(ids: Collection[int]) -> Conditions:
    return _in_collections(Upload.objects.filter(pk__in=ids).values_list("pk", "collection__path"))


def _in_collections(rows: Iterable[tuple[int, str]]) -> Conditions:
    """Of pairs of whatever is asked for and the path of its collection."""
    places = dict(rows)
    above = Shelf.objects.filter(path__in=_above(places.values(), Shelf.steplen))
    owners = dict(above.values_list("path", "pk")) if places else {}
    restricted = _conditions(CollectionViewRestriction, "collection", owners.values())
    return {
        pk: {
            one for step in _steps(path, Shelf.steplen) if step in owners for one in restricted[owners[step]]
        }
        for pk, path in places.items()
    }


def _of_faq(ids: Collection[int]) -> Conditions:
    return {pk: set() for pk in FAQ.objects.published().filter(pk__in=ids).values_list("pk", flat=True)}


def _conditions(model: Any, owned_by: str, owners: Iterable[int]) -> dict[int, set[str]]:
    """What the restrictions of these pages, or collections, ask for."""
    groups: dict[tuple[int, int, str], set[int]] = defaultdict(set)
    rows = model.objects.filter(**{f"{owned_by}__in": list(owners)})
    for owner, pk, kind, group in rows.values_list(owned_by, "pk", "restriction_type", "groups"):
        groups[owner, pk, kind] |= {group} if group else set()
    found: dict[int, set[str]] = defaultdict(set)
    for (owner, pk, kind), ids in groups.items():
        found[owner].add(_asked_for(kind, f"{owned_by[0]}{pk}", ids))
    return found


def _asked_for(kind: str, password: str, groups: Collection[int]) -> str:
    named = {
        BaseViewRestriction.LOGIN: LOGIN,
        BaseViewRestriction.PASSWORD: password,
        BaseViewRestriction.GROUPS: "g" + "-".join(map(str, sorted(groups))),
    }
    return named.get(kind, NOBODY)


def _above(paths: Iterable[str], length: int) -> set[str]:
    return {step for path in paths for step in _steps(path, length)}


def _steps(path: str, length: int) -> list[str]:
    """The paths from the root down to this one."""
    return [path[:end] for end in range(length, len(path) + 1, length)]


_FINDERS = {Kind.PAGE: _of_pages, Kind.DOCUMENT: _of_files, Kind.FAQ: _of_faq}
