"""How many certificates hold today, come to their end, have run out, or were revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from django.db.models import Exists, OuterRef

from academy.records.models import Certificate
from academy.records.terms import WINDOW
from academy.reports.choices import Choice
from academy.reports.coding import Words
from academy.reports.facts import NOWHERE, Column
from academy.reports.loading import CHUNK, day_number

# later than any day
ENDLESS = np.iinfo(np.int32).max
PLACE = ("district_key", "enterprise_key")
WORDS = ("business_type_name", "post_name", "course_key")


class States(NamedTuple):
    valid: int
    expiring: int
    expired: int
    revoked: int


@dataclass(frozen=True, slots=True)
class Certificates:
    """One place for each certificate ever issued; it stands where its completion was made."""

    ends: Column
    revoked: Column
    renewed: Column
    district: Column
    enterprise: Column
    business_type: Column
    post: Column
    subject: Column
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ends)

    def states(self, choice: Choice, today: date) -> States:
        here, day = self._here(choice), day_number(today)
        standing = here & ~self.revoked
        valid = standing & (self.ends >= day)
        soon = valid & ~self.renewed & (self.ends <= day + WINDOW.days)
        counted = (valid, soon, standing & (self.ends < day), here & self.revoked)
        return States(*(int(np.count_nonzero(which)) for which in counted))

    def _here(self, choice: Choice) -> Column:
        here = np.ones(len(self), bool)
        if not choice.scope.whole:
            districts, own = list(choice.scope.districts), list(choice.scope.enterprises)
            here = np.isin(self.district, districts) | np.isin(self.enterprise, own)
        if choice.district is not None:
            here &= np.isin(self.district, list(choice.districts))
        if choice.apart:
            here &= ~np.isin(self.district, list(choice.left_out))
        if choice.enterprise is not None:
            here &= self.enterprise == choice.enterprise
        for column in ("business_type", "post", "subject"):
            word = getattr(choice, column)
            here = here if word is None else here & self._is(column, word)
        return here

    def _is(self, column: str, word: str) -> Column:
        place = self.words.index(word) if word in self.words else len(self.words)
        return np.asarray(getattr(self, column) == place)


def read(twins: Mapping[int, int]) -> Certificates:
    """`twins` says which enterprise turned out to be which other."""
    words = Words()
    later = Certificate.objects.standing().filter(renews=OuterRef("pk"))
    rows = list(
        Certificate.objects.order_by()
        .annotate(renewed=Exists(later))
        .values_list("expires_on", "revocation", "renewed", *PLACE, *WORDS)
        .iterator(CHUNK)
    )
    ends, revoked, renewed, districts, enterprises, *texts = zip(*rows, strict=True) if rows else ((),) * 8
    return Certificates(
        ends=np.array([ENDLESS if day is None else day_number(day) for day in ends], np.int32),
        revoked=np.array([row is not None for row in revoked], bool),
        renewed=np.array(renewed, bool),
        district=_keys(districts),
        enterprise=_keys(tuple(key and twins.get(key, key) for key in enterprises)),
        business_type=words.column(texts[0]),
        post=words.column(texts[1]),
        subject=words.column(texts[2]),
        words=words.all,
    )


def _keys(keys: tuple[int | None, ...]) -> Column:
    return np.array([NOWHERE if key is None else key for key in keys], np.int64)
