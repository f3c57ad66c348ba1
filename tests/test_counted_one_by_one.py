"""Cities made at random, with everything awkward in them: what the site counts is what counting one by one counts, for
whoever looks and whatever is chosen."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.models import Enrolment, LessonProgress
from academy.events.models import Guidance
from academy.exams.models import Attempt
from academy.organisations.models import District, Enterprise, Membership
from academy.organisations.scope import Scope
from academy.records.models import Attendance, Certificate, Completion, Revocation
from academy.reports.behind import Guided, Held, Persons
from academy.reports.coverage import CoverageFilters, Enterprises, People
from academy.reports.entries import Entries
from academy.reports.figures import Figures
from academy.reports.filters import Filters
from academy.reports.learners import ExamFilters, ExamList, PathFilters, PathList
from academy.reports.rollup import differences, refresh
from academy.reports.rosters import Share
from academy.reports.tables import Tables
from tests.factories import (
    BusinessTypeFactory,
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
    make_course,
)
from tests.one_by_one import Asked, OneByOne, tally

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 15, 2, tzinfo=UTC)
# moments at which days, months and years change in Shanghai, and in Greenwich
EDGES = [datetime(2025, 12, 31, 16, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC), datetime(2026, 6, 30, 16, tzinfo=UTC), datetime(2025, 6, 30, 16, tzinfo=UTC)]  # fmt: skip
TYPES, POSTS = ("学校食堂", "社会餐饮", "小餐饮"), ("厨师", "切配", "服务员")
PERIODS = [(date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 7, 31)), (date(2025, 1, 1), date(2026, 12, 31)), (date(2026, 3, 1), date(2026, 3, 31))]  # fmt: skip


class RandomCity:
    def __init__(self, home: Page, seed: int) -> None:
        self.any = random.Random(seed)
        top = CityFactory()
        self.districts = [DistrictFactory(name=name) for name in ("东关区", "西关区", "南关区")]
        self.districts += [DistrictFactory(name=f"街道{n}", parent=self.districts[n % 2]) for n in range(3)]
        self.places = [self._place(n, [*self.districts, top]) for n in range(12)]
        self.people = UserFactory.create_batch(16)
        self.courses = [make_course(home, lessons=1, title=f"课{n}", slug=f"c{n}").key for n in range(3)]
        self.events = [EventFactory(kind=kind, district=self.any.choice(self.districts)) for kind in ("training", "talk", "guidance", "guidance")]  # fmt: skip
        self.staff = StaffFactory()
        for make, times in ((self._job, 24), (self._learn, 40), (self._attend, 40), (self._guide, 14), (self._begin, 20), (self._sit, 24)):  # fmt: skip
            for _time in range(times):
                make()
        self._merge()

    def _place(self, n: int, districts: list[District]) -> Enterprise:
        return EnterpriseFactory(
            name=f"店{n}",
            district=self.any.choice(districts),
            business_type=BusinessTypeFactory(name=self.any.choice(TYPES)),
            closed_on=date(2026, 5, 1) if self.any.random() < 0.15 else None,
        )

    def _merge(self) -> None:
        for model, rows in ((User, self.people), (Enterprise, self.places)):
            for merged, kept in ((0, 1), (2, 1), (3, 4)):
                if self.any.random() < 0.7:
                    model._default_manager.filter(pk=rows[merged].pk).update(merged_into=rows[kept].pk)
        User.objects.filter(pk=self.people[5].pk).update(is_active=False)

    def _moment(self) -> datetime:
        if self.any.random() < 0.5:
            return self.any.choice(EDGES) + timedelta(seconds=self.any.choice([-1, 0, 1]))
        return NOW - timedelta(minutes=self.any.randrange(800_000))

    def _words(self) -> dict[str, Any]:
        if self.any.random() < 0.15:
            return {}
        place = self.any.choice(self.places)
        return {
            "enterprise_key": place.pk,
            "enterprise_name": place.name,
            # it may have moved since
            "district_key": self.any.choice(self.districts).pk
            if self.any.random() < 0.2
            else place.district_id,
            "business_type_name": self.any.choice([*TYPES, place.business_type.name]),
            "post_name": self.any.choice(["", *POSTS]),
        }

    def _job(self) -> None:
        left = NOW if self.any.random() < 0.25 else None
        said = {"user": self.any.choice(self.people), "enterprise": self.any.choice(self.places)}
        if not Membership.objects.current().filter(**said).exists():
            Membership.objects.create(**said, post=PostFactory(name=self.any.choice(POSTS)), joined_at=NOW - timedelta(days=900), left_at=left)  # fmt: skip

    def _learn(self) -> None:
        known = {"user": self.any.choice(self.people), "course_key": self.any.choice(self.courses), "edition": self.any.choice([1, 1, 2])}  # fmt: skip
        if Completion.objects.filter(**known).exists():
            return
        at = self._moment()
        made = Completion.objects.create(**known, course_title="课", hours=Decimal(self.any.randrange(0, 40)) / 10, completed_at=at, stored_at=at, **self._words())  # fmt: skip
        if self.any.random() < 0.8:
            self._certify(made, None)

    def _certify(self, made: Completion, renews: Certificate | None) -> None:
        ends = timezone.localdate(NOW) + timedelta(days=self.any.choice([-400, -1, 0, 1, 59, 60, 61, 300]))
        n = Certificate.objects.count()
        one = Certificate.objects.create(
            completion=made, occasion=f"{n}", user=made.user, renews=renews, number=f"N{n}", code=f"C{n}", issuer="局",
            course_key=made.course_key, **made.placing(), course_title="课", edition=made.edition, hours=made.hours, issued_at=made.completed_at, starts_on=date(2020, 1, 1), expires_on=None if self.any.random() < 0.1 else ends,
        )  # fmt: skip
        if self.any.random() < 0.2:
            Revocation.objects.create(certificate=one, reason="代考", by=self.staff)
        if renews is None and self.any.random() < 0.3:
            self._certify(made, one)

    def _attend(self) -> None:
        event, user, at = self.any.choice(self.events), self.any.choice(self.people), self._moment()
        # whoever is put on a list anew is put there after having been taken off, which the rows say by their times
        if Attendance.objects.filter(user=user, event_key=event.key).exists():
            return
        withdrawn = NOW if self.any.random() < 0.2 else None
        Attendance.objects.create(user=user, event_key=event.key, event_title=event.title, kind=event.kind, hours=Decimal(1), attended_at=at, stored_at=at, withdrawn_at=withdrawn, **self._words())  # fmt: skip

    def _guide(self) -> None:
        event, place = self.any.choice(self.events[2:]), self.any.choice(self.places)
        if not Guidance.objects.filter(event=event, enterprise=place, withdrawn_at=None).exists():
            gone = {"withdrawn_at": NOW, "reason": "错了"} if self.any.random() < 0.2 else {}
            words = {name: words for name, words in self._words().items() if name in ("district_key", "business_type_name")}  # fmt: skip
            Guidance.objects.create(event=event, enterprise=place, enterprise_key=place.pk, at=self._moment(), **words, **gone)  # fmt: skip

    def _begin(self) -> None:
        said = {"user": self.any.choice(self.people), "course_key": self.any.choice(self.courses), "edition": self.any.choice([1, 1, 2])}  # fmt: skip
        if not Enrolment.objects.filter(**said).exists():
            Enrolment.objects.create(**said, began_at=self._moment())
            if self.any.random() < 0.5:
                LessonProgress.objects.create(**said, lesson_key=f"lesson:{said['course_key']}", done_at=NOW)

    def _sit(self) -> None:
        at = self._moment()
        purpose = f"{self.any.choice(self.courses)}:{self.any.choice([1, 2])}"
        Attempt.objects.create(user=self.any.choice(self.people), purpose=purpose, pass_mark=60, drawn=[], started_at=at, submitted_at=at, passed=self.any.random() < 0.5)  # fmt: skip


def a_choice(city: RandomCity, counting: OneByOne) -> tuple[Asked, dict[str, Any], Scope]:
    """The same thing asked for in words of the test, and of an address."""
    some, (first, last) = city.any, city.any.choice(PERIODS)
    asked, query = Asked(first, last), {"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}"}
    scope = Scope(whole=True)
    if some.random() < 0.5:
        top = some.choice(city.districts[:3]).pk
        asked.own = {key for key in counting.parent if counting.within(key, top)}
        scope = Scope(districts=frozenset(asked.own))
    if some.random() < 0.3:
        asked.district = some.choice(sorted(asked.own or {one.pk for one in city.districts}))
        query["district"] = str(asked.district)
    if some.random() < 0.2:
        asked.apart, query["apart"] = True, "True"
    for name, words in (("business_type", TYPES), ("post", ["", *POSTS]), ("kind", ("course", "event", "guidance")), ("subject", [*city.courses, *(one.key for one in city.events)])):  # fmt: skip
        if some.random() < 0.2:
            word = some.choice(words)
            setattr(asked, name, word)
            query[name] = word or "-"
    return asked, query, scope


def said(value: Any) -> Any:
    return (value.part, value.whole) if isinstance(value, Share) else value


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_chosen(home: Page, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    city = RandomCity(home, seed)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    if seed % 2:
        refresh(NOW - timedelta(days=30))
    assert list(differences()) == []
    counting = OneByOne(date(2026, 7, 15), {(key, 1): 1 for key in city.courses})
    for _time in range(25):
        asked, query, scope = a_choice(city, counting)
        address = QueryDict(mutable=True)
        address.update(query)
        filters = CoverageFilters(address, scope)
        known, wrong = _known(filters, asked), filters.errors.as_data()
        if not known:
            # a word that nothing here has is said to be wrong, and left out
            assert wrong
            continue
        assert not wrong, (query, wrong)
        figures = Figures(filters.choice, filters.snapshot)
        true = counting.figures(asked)
        assert {name: said(value) for name, value in figures.values.items()} == true, query
        assert list(figures.funnel) == counting.funnel(asked), query
        _check_tables(Tables(filters, figures), counting, asked)
        _check_lists(address, scope, true)


def _known(filters: Filters, asked: Asked) -> bool:
    return all(
        str(value) in {key for key, _name in filters.fields[name].choices}  # type: ignore[attr-defined]
        for name in ("business_type", "post", "subject", "district")
        if (value := {"": "-"}.get(getattr(asked, name), getattr(asked, name))) is not None
    )


def _check_tables(tables: Tables, counting: OneByOne, asked: Asked) -> None:
    """Every line, of whichever group: persons, person-times, hours, enterprises guided, and both shares."""
    records, guided = counting.counted(asked), counting.guided(asked)
    places, jobs = counting.staff(asked)
    covered = {job.enterprise for job, is_trained in jobs if is_trained}
    for row in (shown := tables.district()).lines:
        key = next((k for k in counting.rows_of(asked) if tables.filters.tree.names[k] == row.label), None)
        rows = counting.rows_of(asked)

        def here(district: int | None, key: int | None = key, rows: list[int] = rows) -> bool:
            if key is None:
                return not any(counting.within(district, one) for one in rows)
            return counting.within(district, key)

        assert row.tally._asdict() == tally([one for one in records if here(one.district)])
        assert row.guided == len({one[0] for one in guided if here(one[2])})
        mine = [key for key, district, _kind in places if here(district)]
        assert said(row.enterprises) == (len(covered.intersection(mine)), len(mine))
        work = [is_trained for job, is_trained in jobs if here(job.district)]
        assert said(row.posts) == (sum(work), len(work))
    assert shown.total.tally._asdict() == tally(records)
    for name, table in (("business_type", tables.business_type()), ("post", tables.post()), ("kind", tables.kind()), ("subject", tables.subject())):  # fmt: skip
        groups = {getattr(one, name) for one in records}
        counted = [tally([one for one in records if getattr(one, name) == word]) for word in groups]
        lines = [line.tally._asdict() for line in table.lines if line.tally.person_times]
        assert sorted(tuple(one.values()) for one in lines) == sorted(tuple(one.values()) for one in counted)
    for line in tables.business_type().lines:
        word = "" if "business_type=-" in line.query else line.label
        assert line.guided == len({one[0] for one in guided if one[3] == word})
        mine = [key for key, _district, kind in places if kind == word]
        assert said(line.enterprises) == (len(covered.intersection(mine)), len(mine))
    for line in tables.post().lines:
        work = [is_trained for job, is_trained in jobs if job.post == line.label]
        assert said(line.posts) == (sum(work), len(work))
    names = dict(Enterprise.objects.values_list("pk", "name"))
    there = {one.enterprise for one in records} - {None}
    assert {line.label: line.tally._asdict() for line in tables.enterprise().lines} == {
        names[key or 0]: tally([one for one in records if one.enterprise == key]) for key in there
    }
    for month, counted_then in tables.trend.items():
        then = Asked(**{**vars(asked), "first": month, "last": min(_end(month), date(2026, 7, 15))})
        assert counted_then._asdict() == tally(counting.counted(then))


def _check_lists(address: QueryDict, scope: Scope, true: dict[str, Any]) -> None:
    filters = CoverageFilters(address, scope)
    yes = address.copy()
    yes["trained"], yes["stage"], yes["passed"] = "yes", "passed", "yes"
    trained, first = CoverageFilters(yes, scope), yes.copy()
    first["first"] = "on"
    found = {
        "person_times": Entries(filters.choice),
        "persons": Persons(filters),
        "held": Held(filters),
        "guided": Guided(filters),
        "enterprises": Enterprises(trained),
        "posts": People(trained),
        "completion": PathList(PathFilters(yes, scope)),
        "all_pass": ExamList(ExamFilters(yes, scope)),
        "first_pass": ExamList(ExamFilters(first, scope)),
    }
    for name, rows in found.items():
        number = true[name][0] if isinstance(true[name], tuple) else true[name]
        assert (len(rows), len(list(rows))) == (number, number), name
    assert sum(one.hours for one in found["person_times"]) == true["hours"]
    assert sum(row[-1][3] for row in found["persons"]) == true["hours"]


def _end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
