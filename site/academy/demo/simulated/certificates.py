"""Certificates with their numbers, terms and renewals, and the few that were revoked."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from academy.demo.simulated.learning import PLACED, Learned, course_key
from academy.demo.simulated.people import People
from academy.demo.simulated.plan import Plan, moment
from academy.demo.simulated.words import COURSES, ISSUER, REVOKED
from academy.demo.simulated.writing import first_key, write
from academy.records.certifying import FIRST, PREFIX
from academy.records.codes import ALPHABET, LENGTH
from academy.records.models import Certificate, CertificateSeries, Revocation
from academy.records.terms import first_day, last_day

FIELDS = (
    "id", "completion", "occasion", "user", "renews", "number", "code", "issuer", "person_name", "course_title", "edition", "hours",
    "score", "issued_at", "starts_on", "expires_on", "course_key", *PLACED,
)  # fmt: skip
REVOKED_SHARE = 0.001


class Term(NamedTuple):
    """A certificate and its last day."""

    pk: int
    ends: date | None


def build_certificates(plan: Plan, people: People, words: list[tuple[Any, ...]], learned: Learned) -> int:
    months = np.array([months or 0 for _share, _hours, months in COURSES.values()])
    certified = np.flatnonzero(months[learned.course] > 0)
    last = {series.year: series.last for series in CertificateSeries.objects.all()}
    first = first_key(Certificate)
    rows = _rows(plan, people, words, learned, certified.tolist(), first, last)
    write(Certificate, FIELDS, rows, len(certified))
    for year, number in last.items():
        CertificateSeries.objects.update_or_create(year=year, defaults={"last": number})
    _revoke(plan, people, learned.at[certified], first)
    return len(certified)


def _rows(
    plan: Plan,
    people: People,
    words: list[tuple[Any, ...]],
    learned: Learned,
    certified: list[int],
    first: int,
    last: dict[int, int],
) -> Iterator[tuple[Any, ...]]:
    """By time, so that numbers follow each other and each renews the one before."""
    person = people.jobs.person[learned.job].tolist()
    course, edition, score = learned.course.tolist(), learned.edition.tolist(), learned.score.tolist()
    day = (np.searchsorted(plan.midnights, learned.at, side="right") - 1).tolist()
    codes, titles, terms = _codes(len(certified), plan.chance(6)), list(COURSES), list(COURSES.values())
    known: dict[tuple[int, int], Term] = {}
    for pk, (n, code) in enumerate(zip(certified, codes, strict=True), first):
        who, what, today = person[n], course[n], plan.dates[day[n]]
        renewed = known.get((who, what))
        starts = first_day(today, renewed.ends if renewed else None)
        ends = last_day(starts, terms[what][2] or 0)
        known[who, what] = Term(pk, ends)
        last[today.year] = last.get(today.year, 0) + 1
        yield (
            pk, learned.first + n, FIRST, int(people.pks[who]), renewed and renewed.pk, f"{PREFIX}-{today.year}-{last[today.year]:06d}", code,
            ISSUER, people.names[who], titles[what], edition[n], Decimal(terms[what][1]) / 10, score[n], moment(learned.at[n]), starts, ends,
            course_key(what), *words[int(learned.job[n])],
        )  # fmt: skip


def _codes(count: int, chance: np.random.Generator) -> list[str]:
    """27 ** 24 there are, so none comes twice."""
    signs = np.array(list(ALPHABET))[chance.integers(0, len(ALPHABET), (count, LENGTH))]
    return ["".join(row) for row in signs.tolist()]


def _revoke(plan: Plan, people: People, issued: np.ndarray[Any, Any], first: int) -> None:
    chance = plan.chance(7)
    which = np.flatnonzero(chance.random(len(issued)) < REVOKED_SHARE)
    rows = [
        (first + n, REVOKED, people.official, moment(min(issued[n] + 86_400 * 20, plan.midnights[-1])))
        for n in which.tolist()
    ]
    write(Revocation, ("certificate", "reason", "by", "at"), rows, len(rows))
