"""Who works where today: what coverage is counted over, wherever somebody learned."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from academy.organisations.models import Enterprise, Membership
from academy.organisations.scope import Scope
from academy.reports.choices import Choice
from academy.reports.coding import Words
from academy.reports.facts import Column
from academy.reports.loading import CHUNK


@dataclass(frozen=True, slots=True)
class Roster:
    """Enterprises in business by key, and the people in them, each once for an enterprise.

    `where` is the place of the enterprise in `key`; `person` the canonical account; words are places in `types` and `posts`.
    """

    key: Column
    district: Column
    business_type: Column
    types: tuple[str, ...]
    person: Column
    where: Column
    post: Column
    posts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.person)

    def within(self, scope: Scope) -> Column:
        """For each enterprise, whether it may be seen."""
        if scope.whole:
            return np.ones(len(self.key), bool)
        return np.isin(self.district, list(scope.districts)) | np.isin(self.key, list(scope.enterprises))

    def words(self, scope: Scope) -> tuple[set[str], set[str]]:
        """The business types and the posts that there are in this scope."""
        here = self.within(scope)
        kinds, posts = np.unique(self.business_type[here]), np.unique(self.post[here[self.where]])
        return {self.types[n] for n in kinds}, {self.posts[n] for n in posts}

    def chosen(self, choice: Choice) -> "Staff":
        here = self.within(choice.scope)
        if choice.district is not None:
            here &= np.isin(self.district, list(choice.districts))
        if choice.enterprise is not None:
            here &= self.key == choice.enterprise
        if choice.business_type is not None:
            here &= self.business_type == _place(self.types, choice.business_type)
        staff = here[self.where]
        if choice.post is not None:
            staff = staff & (self.post == _place(self.posts, choice.post))
        return Staff(self, here, staff, np.isin(self.person, choice.taught().present_accounts()))


@dataclass(frozen=True, slots=True)
class Share:
    """So many of all; of none, no share can be said."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Staff:
    """The part of a roster that is chosen. `here`: for each enterprise; `staff` and `trained`: for each place of work."""

    roster: Roster
    here: Column
    staff: Column
    trained: Column

    @property
    def covered(self) -> Column:
        """For each enterprise of the choice, whether anybody who works there is trained."""
        found = np.zeros(len(self.here), bool)
        found[self.roster.where[self.staff & self.trained]] = True
        return found & self.here

    @property
    def enterprises(self) -> Share:
        return Share(int(self.covered.sum()), int(self.here.sum()))

    @property
    def posts(self) -> Share:
        return Share(int((self.staff & self.trained).sum()), int(self.staff.sum()))

    def enterprises_by(self, group: Column, groups: int) -> list[Share]:
        """`group` has one for each enterprise of the roster."""
        return _shares(group[self.covered], group[self.here], groups)

    def posts_by(self, group: Column, groups: int) -> list[Share]:
        """`group` has one for each place of work."""
        return _shares(group[self.staff & self.trained], group[self.staff], groups)

    def people(self) -> Column:
        """Everybody who works there, once."""
        return np.unique(self.roster.person[self.staff])


def _shares(part: Column, whole: Column, groups: int) -> list[Share]:
    counted = (np.bincount(column, minlength=groups).tolist() for column in (part, whole))
    return [Share(*both) for both in zip(*counted, strict=True)]


def _place(words: tuple[str, ...], word: str) -> int:
    return words.index(word) if word in words else len(words)


def read(accounts: Mapping[int, int], twins: Mapping[int, int]) -> Roster:
    """`accounts` and `twins` say which account, which enterprise turned out to be which other."""
    types, posts = Words(), Words()
    rows = list(
        Enterprise.objects.in_business()
        .order_by("pk")
        .values_list("pk", "district", "business_type__name")
        .iterator(CHUNK)
    )
    keys = np.array([row[0] for row in rows], np.int64)
    person, where, post = _memberships(keys, posts, accounts, twins)
    return Roster(
        key=keys,
        district=np.array([row[1] for row in rows], np.int64),
        business_type=types.column(row[2] for row in rows),
        types=types.all,
        person=person,
        where=where,
        post=post,
        posts=posts.all,
    )


def _memberships(
    keys: Column, posts: Words, accounts: Mapping[int, int], twins: Mapping[int, int]
) -> tuple[Column, Column, Column]:
    """Current ones in these enterprises. Somebody with two accounts in one place works there once."""
    rows = Membership.objects.current().order_by("pk").values_list("user", "enterprise", "post__name")
    found = [
        (accounts.get(user, user), twins.get(enterprise, enterprise), posts.place(post))
        for user, enterprise, post in rows.iterator(CHUNK)
    ]
    table = np.array(found, np.int64).reshape(-1, 3)
    table = table[np.isin(table[:, 1], keys)]
    where = np.searchsorted(keys, table[:, 1])
    _pairs, first = np.unique(where * (table[:, 0].max(initial=0) + 1) + table[:, 0], return_index=True)
    return table[first, 0], where[first], table[first, 2]
