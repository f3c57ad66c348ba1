"""The people, where each of them has worked and as what, who keeps the staff lists, and the officials."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.contrib.auth.models import Group

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.demo.simulated.people_names import names_of, phone
from academy.demo.simulated.plan import Plan, moment
from academy.demo.simulated.register import NEVER, Register
from academy.demo.simulated.words import IN_CHARGE, POSTS
from academy.demo.simulated.writing import first_key, write
from academy.organisations.models import EnterpriseManager, Jurisdiction, Membership
from academy.reports.facts import Column

# Django's mark of an account that nobody can sign in to by a password
NO_PASSWORD = "!simulated"
# days that a job lasts and that lie between two, and how many at most
LASTS, BETWEEN, JOBS = 620, 45, 7
BEFORE = 1500
LEAVES, SECOND, PROMOTED, TWICE = 0.22, 0.03, 0.08, 0.003
HOME = 0.75


@dataclass(frozen=True)
class Jobs:
    """One place in each column for each. `end` is a day, or `NEVER`; both may lie outside the plan's days."""

    person: Column
    enterprise: Column
    post: Column
    begin: Column
    end: Column

    def among(self, which: Column) -> "Jobs":
        return Jobs(
            *(column[which] for column in (self.person, self.enterprise, self.post, self.begin, self.end))
        )


@dataclass(frozen=True)
class People:
    pks: Column
    names: list[str]
    jobs: Jobs
    official: int


def build_people(plan: Plan, register: Register) -> People:
    chance = plan.chance(3)
    first = first_key(User)
    pks = np.arange(first, first + plan.workers)
    names = names_of(plan.workers, chance)
    # some came to a second account without knowing; all of it is said to be theirs later
    same = np.where(chance.random(plan.workers) < TWICE, chance.integers(0, plan.workers, plan.workers), -1)
    same[same >= 0] = np.where(same[same[same >= 0]] < 0, same[same >= 0], -1)
    names = [names[n if other < 0 else other] for n, other in enumerate(same.tolist())]
    rows = (
        (int(pks[n]), names[n], phone(n), NO_PASSWORD, None if same[n] < 0 else int(pks[same[n]]))
        for n in range(plan.workers)
    )
    write(User, ("id", "name", "phone", "password", "merged_into"), rows, plan.workers)
    jobs = _jobs(plan, register, chance)
    write(
        Membership,
        ("user", "enterprise", "post", "joined_at", "left_at"),
        _memberships(plan, register, pks, jobs),
        len(jobs.person),
    )
    _managers(register, pks, jobs, plan)
    return People(pks, names, jobs, _officials(register))


def _jobs(plan: Plan, register: Register, chance: np.random.Generator) -> Jobs:
    counties = len(register.county_pks)
    home = chance.choice(
        counties, plan.workers, p=np.bincount(register.county, register.size, counties) / register.size.sum()
    )
    person = np.arange(plan.workers)
    there_before = chance.random(plan.workers) < 0.45
    begin = np.where(
        there_before,
        -chance.integers(1, BEFORE, plan.workers),
        chance.integers(0, plan.days - 5, plan.workers),
    )
    found = []
    for _nth in range(JOBS):
        job = _job(person, home[person], begin, plan, register, chance)
        found.append(job)
        goes_on = (job.end < plan.days - 5) & (chance.random(len(person)) > LEAVES)
        person = person[goes_on]
        begin = job.end[goes_on] + 1 + chance.exponential(BETWEEN, len(person)).astype(int)
        still = begin < plan.days - 5
        person, begin = person[still], begin[still]
    jobs = _together(found)
    return _together([_promoted(jobs, plan, chance), *_second(jobs, plan, register, chance)])


def _job(
    person: Column, home: Column, begin: Column, plan: Plan, register: Register, chance: np.random.Generator
) -> Jobs:
    enterprise = _where(home, begin, register, chance)
    end = begin + 20 + chance.exponential(LASTS, len(person)).astype(int)
    # who stayed on from before the first day is there for some of it
    end = np.where(end < 1, 1 + chance.exponential(LASTS, len(person)).astype(int), end)
    end = np.maximum(np.minimum(end, register.closed[enterprise]), begin + 1)
    end = np.where(end >= plan.days, NEVER, end)
    return Jobs(person, enterprise, _posts(len(person), chance), begin, end)


def _where(home: Column, begin: Column, register: Register, chance: np.random.Generator) -> Column:
    """Near where somebody lives, mostly; in a large place rather than in a small one; in one that is open."""
    found = _near(home, register, register.size, chance)
    soon = register.closed[found] < begin + 40
    lasting = np.where(register.closed == NEVER, register.size, 0)
    found[soon] = _near(home[soon], register, lasting, chance)
    return found


def _near(home: Column, register: Register, size: Column, chance: np.random.Generator) -> Column:
    upto = np.concatenate([[0.0], np.cumsum(size)])
    edges = np.searchsorted(register.county, np.arange(len(register.county_pks) + 1))
    away = chance.random(len(home)) > HOME
    low = np.where(away, 0.0, upto[edges[home]])
    high = np.where(away, upto[-1], upto[edges[home + 1]])
    at = np.searchsorted(upto, low + chance.random(len(home)) * (high - low), side="right") - 1
    return np.asarray(np.clip(at, 0, len(size) - 1))


def _posts(count: int, chance: np.random.Generator) -> Column:
    return chance.choice(len(POSTS), count, p=list(POSTS.values()))


def _promoted(jobs: Jobs, plan: Plan, chance: np.random.Generator) -> Jobs:
    """Some get another post where they are: one membership ends as the next begins."""
    last = np.minimum(jobs.end, plan.days - 1)
    rises = (chance.random(len(jobs.person)) < PROMOTED) & (last - np.maximum(jobs.begin, 0) > 200)
    at = (np.maximum(jobs.begin, 0) + (last - np.maximum(jobs.begin, 0)) * 0.6).astype(int)
    before = Jobs(jobs.person, jobs.enterprise, jobs.post, jobs.begin, np.where(rises, at, jobs.end))
    risen = jobs.among(rises)
    after = Jobs(risen.person, risen.enterprise, (risen.post + 1) % len(POSTS), at[rises], risen.end)
    return _together([before, after])


def _second(jobs: Jobs, plan: Plan, register: Register, chance: np.random.Generator) -> list[Jobs]:
    """A few work in two places at a time."""
    of = jobs.among(chance.random(len(jobs.person)) < SECOND)
    enterprise = _where(register.county[of.enterprise], of.begin, register, chance)
    end = np.minimum(of.end, register.closed[enterprise])
    other = Jobs(of.person, enterprise, _posts(len(of.person), chance), of.begin, end)
    # where somebody works already is no second place
    worked = set(zip(jobs.person.tolist(), jobs.enterprise.tolist(), strict=True))
    fits = [pair not in worked for pair in zip(of.person.tolist(), enterprise.tolist(), strict=True)]
    return [other.among(np.array(fits, bool) & (end > of.begin))]


def _together(parts: list[Jobs]) -> Jobs:
    names = ("person", "enterprise", "post", "begin", "end")
    return Jobs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _memberships(plan: Plan, register: Register, pks: Column, jobs: Jobs) -> Iterator[tuple[Any, ...]]:
    posts = np.array(list(register.posts.values()))
    morning = int(plan.midnights[0]) + 9 * 3600
    columns = (pks[jobs.person], register.pks[jobs.enterprise], posts[jobs.post], jobs.begin, jobs.end)
    for user, enterprise, post, begin, end in zip(*(column.tolist() for column in columns), strict=True):
        left = None if end == NEVER else moment(morning + 86_400 * end)
        yield user, enterprise, post, moment(morning + 86_400 * begin), left


def _officials(register: Register) -> int:
    """One of the city and one of each district; the one of the city does what needs somebody who did it."""
    ensure_roles()
    group = Group.objects.get(name=STAFF)
    first = 0
    for n, district in enumerate([register.city, *register.county_pks]):
        user = User.objects.create(
            email=f"official{n}@simulated.invalid", name=f"模拟监管员{n}", password=NO_PASSWORD
        )
        user.groups.add(group)
        Jurisdiction.objects.create(user=user, district_id=district)
        first = first or user.pk
    return first


def _managers(register: Register, pks: Column, jobs: Jobs, plan: Plan) -> None:
    """In each enterprise with staff one of them keeps the list, one in charge where there is one."""
    now = jobs.among(jobs.end == NEVER)
    in_charge = np.isin(now.post, [n for n, name in enumerate(POSTS) if name in IN_CHARGE])
    order = np.lexsort([now.person, ~in_charge, now.enterprise])
    enterprises, at = np.unique(now.enterprise[order], return_index=True)
    people = now.person[order][at]
    since: datetime = moment(plan.midnights[0])
    rows = (
        (int(pks[person]), int(register.pks[enterprise]), since)
        for person, enterprise in zip(people, enterprises, strict=True)
    )
    write(EnterpriseManager, ("user", "enterprise", "since"), rows, len(people))
