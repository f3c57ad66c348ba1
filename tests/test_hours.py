from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries as AtMost

from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.records.completing import complete
from academy.records.hours import Source, balance, correct, credit, year_of, years_of
from academy.records.models import Statement, TrainingHours
from academy.records.models.append_only import WrittenOnce
from academy.records.refusals import RefusedError
from tests.conftest import AtOnce
from tests.factories import CompletionFactory, MembershipFactory, PostFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
THIS_YEAR = timezone.localdate().year


def credited(user: User, hours: str = "4", key: str = "event:1", on: date | None = None) -> TrainingHours:
    day = on or timezone.localdate()
    return credit(
        user, source=Source.EVENT, source_key=key, title="夏季培训", hours=Decimal(hours), earned_on=day
    )


class TestCredit:
    def test_one_entry_for_what_was_learned_however_often_it_is_said(self) -> None:
        user = UserFactory()
        assert credited(user) == credited(user, hours="9")
        credited(user, key="event:2")
        credited(UserFactory())
        assert year_of(user, THIS_YEAR).total == 8
        assert Statement.objects.filter(user=user, verb="credited").count() == 2

    def test_a_course_counts_on_the_shanghai_day_it_was_completed(self) -> None:
        user = UserFactory()
        moment = datetime.fromisoformat("2026-01-01T00:00:00+08:00")
        course = {"course_key": "course:1", "course_title": "烧熟煮透", "edition": 1, "hours": Decimal("1.5")}
        complete(user, **course, completed_at=moment)
        entry = TrainingHours.objects.get()
        assert (entry.earned_on, entry.source_key, entry.title) == (
            date(2026, 1, 1),
            "course:1:1",
            "烧熟煮透",
        )
        assert year_of(user, 2025).total == 0
        assert year_of(user, 2026).total == Decimal("1.5")

    def test_the_database_takes_no_hours_away_but_by_a_correction_with_its_reason(self) -> None:
        user = UserFactory()
        wrong = {"user": user, "earned_on": timezone.localdate(), "title": "x", "hours": Decimal(-1)}
        for fields in ({"source": "course", "source_key": "a"}, {"source": "correction", "source_key": "b"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                TrainingHours.objects.create(**wrong, **fields)

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_said_eight_times_at_once_it_is_one_entry(self, at_once: AtOnce) -> None:
        user = UserFactory()
        assert len(set(at_once(lambda: credited(user).pk, 8))) == 1


class TestCorrect:
    def test_it_is_an_entry_of_its_own_in_the_year_of_what_it_corrects(self) -> None:
        user, by = UserFactory(), StaffFactory()
        entry = credited(user, on=date(2025, 6, 1))
        correction = correct(user, Decimal("-1.5"), reason="提前离场", by=by, corrects=entry)
        again = correct(user, Decimal("0.5"), reason="其实半小时后回来了", by=by, corrects=correction)
        assert (correction.corrects, again.corrects) == (entry, entry)
        assert correction.earned_on == date(2025, 6, 1)
        assert balance(entry) == 3
        assert year_of(user, 2025).total == 3
        assert Statement.objects.filter(user=user, verb="corrected").count() == 2

    def test_what_is_corrected_never_comes_to_less_than_nothing(self) -> None:
        user, by = UserFactory(), StaffFactory()
        entry = credited(user)
        correct(user, Decimal(-4), reason="没有来", by=by, corrects=entry)
        with pytest.raises(RefusedError):
            correct(user, Decimal("-0.1"), reason="再扣", by=by, corrects=entry)
        with pytest.raises(RefusedError):
            correct(user, Decimal(-1), reason="凭空扣", by=by)
        assert year_of(user, THIS_YEAR).total == 0

    def test_it_needs_a_reason_hours_and_an_entry_of_the_same_person(self) -> None:
        user, by = UserFactory(), StaffFactory()
        others = credited(UserFactory())
        for wrong in (
            {"hours": Decimal(1), "reason": " "},
            {"hours": Decimal(0), "reason": "没有"},
            {"hours": Decimal(1), "reason": "别人的", "corrects": others},
        ):
            with pytest.raises(RefusedError):
                correct(user, by=by, **wrong)
        assert TrainingHours.objects.count() == 1

    def test_sent_twice_with_one_key_it_counts_once(self) -> None:
        user, by = UserFactory(), StaffFactory()
        said = {"reason": "外地学的", "by": by, "key": uuid4().hex}
        assert correct(user, Decimal(2), **said) == correct(user, Decimal(2), **said)
        assert year_of(user, THIS_YEAR).total == 2

    @pytest.mark.django_db(transaction=True, serialized_rollback=True)
    def test_two_who_take_away_the_last_hours_at_once_take_them_once(self, at_once: AtOnce) -> None:
        user, by = UserFactory(), StaffFactory()
        entry = credited(user)
        results = at_once(lambda: correct(user, Decimal(-3), reason="没有来", by=by, corrects=entry).pk, 4)
        assert len([result for result in results if isinstance(result, RefusedError)]) == 3
        assert at_once(lambda: balance(entry), 1) == [Decimal(1)]


class TestWrittenOnce:
    def test_nothing_is_changed_or_deleted(self) -> None:
        entry = credited(UserFactory())
        for act in (entry.save, entry.delete, TrainingHours.objects.all().delete):
            with pytest.raises(WrittenOnce):
                act()
        with pytest.raises(WrittenOnce):
            TrainingHours.objects.update(hours=9)
        with pytest.raises(WrittenOnce):
            TrainingHours.objects.bulk_update([entry], ["hours"])
        forged = TrainingHours(pk=entry.pk, user=entry.user, hours=9, earned_on=entry.earned_on, title="x")
        forged.source, forged.source_key = "event", "event:9"
        with pytest.raises(IntegrityError), transaction.atomic():
            forged.save()

    def test_nor_past_the_models(self) -> None:
        credited(UserFactory())
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE records_traininghours SET hours = 9")
        assert TrainingHours.objects.get().hours == 4


class TestYear:
    def test_the_target_is_the_posts_and_what_is_missing_never_negative(self) -> None:
        place = MembershipFactory(post=PostFactory(name="食品安全员"))
        credited(place.user, "38.5")
        year = year_of(place.user, THIS_YEAR)
        assert (year.total, year.target, year.missing, year.percent) == (
            Decimal("38.5"),
            40,
            Decimal("1.5"),
            96,
        )
        credited(place.user, "10", key="event:2")
        year = year_of(place.user, THIS_YEAR)
        assert (year.missing, year.percent) == (0, 100)

    def test_a_cook_has_no_target_nor_has_a_year_before_the_post(self) -> None:
        cook = MembershipFactory(post=PostFactory(name="厨师"))
        officer = MembershipFactory(post=PostFactory(name="食品安全总监"))
        assert year_of(cook.user, THIS_YEAR).target is None
        assert year_of(officer.user, THIS_YEAR - 1).target is None
        Membership.objects.filter(pk=officer.pk).update(left_at=timezone.now())
        assert year_of(officer.user, THIS_YEAR).target is None

    def test_every_year_with_an_entry_and_the_running_one(self) -> None:
        user = UserFactory()
        credited(user, on=date(2024, 12, 31))
        assert [year.year for year in years_of(user)] == [THIS_YEAR, 2024]


class LedgerTest(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 2), st.decimals(-6, 6, places=1), st.booleans()), max_size=12),
    )
    def test_no_entry_is_ever_below_nothing_and_the_year_is_their_sum(self, acts: list[Any]) -> None:
        user, by = UserFactory(), StaffFactory()
        for which, hours, is_correction in acts:
            entry = credited(user, str(abs(hours)), key=f"event:{which}")
            if is_correction:
                try:
                    correct(user, hours, reason="更正", by=by, corrects=entry)
                except RefusedError:
                    assert hours == 0 or balance(entry) + hours < 0
        firsts = list(TrainingHours.objects.filter(corrects=None))
        assert all(balance(entry) >= 0 for entry in firsts)
        assert year_of(user, THIS_YEAR).total == sum(map(balance, firsts))


def test_what_was_completed_before_there_was_a_ledger_stands_in_it() -> None:
    """What the migration does, on rows that it would find."""
    moment = datetime.fromisoformat("2025-12-31T23:59:59+08:00")
    completion = CompletionFactory(hours=Decimal("1.5"), completed_at=moment)
    import_module("academy.records.migrations.0003_certificates_and_hours").credit_completions(apps, None)
    entry = TrainingHours.objects.get()
    assert (entry.user, entry.hours, entry.earned_on) == (completion.user, Decimal("1.5"), date(2025, 12, 31))
    assert entry.source_key == "course:1:1"
    complete(
        completion.user,
        course_key="course:1",
        course_title="x",
        edition=1,
        hours=Decimal(9),
        completed_at=moment,
    )
    assert TrainingHours.objects.count() == 1


class TestPages:
    def test_the_entries_stand_behind_the_number(self, worker_client: Client, worker: User) -> None:
        MembershipFactory(user=worker, post=PostFactory(name="食品安全员"))
        entry = credited(worker, "6")
        correct(worker, Decimal(-2), reason="提前离场", by=StaffFactory(), corrects=entry)
        credited(worker, "3", key="event:2", on=date(THIS_YEAR - 1, 5, 1))
        credited(UserFactory(), "9")
        home = BeautifulSoup(worker_client.get("/me/").content, "lxml").main
        year = home.select_one("section[aria-labelledby=hours]").get_text(" ", strip=True)
        assert "4" in year
        assert "36" in year
        page = BeautifulSoup(worker_client.get("/me/hours/").content, "lxml").main
        rows = [
            [cell.get_text(strip=True) for cell in row.select("th,td")] for row in page.select("tbody tr")
        ]
        assert sorted(row[4] for row in rows) == ["-2", "6"]
        assert "提前离场" in page.get_text()
        last_year = BeautifulSoup(worker_client.get(f"/me/hours/?year={THIS_YEAR - 1}").content, "lxml").main
        assert len(last_year.select("tbody tr")) == 1
        assert worker_client.get("/me/hours/?year=nonsense").status_code == 200
        assert Client().get("/me/hours/").status_code == 302

    @pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
    def test_they_are_a_file_as_well(self, worker_client: Client, worker: User) -> None:
        credited(worker, "6")
        text = b"".join(worker_client.get("/me/hours/?format=csv")).decode("utf-8-sig")  # type: ignore[arg-type]
        assert "夏季培训" in text.splitlines()[1]
        assert worker_client.get("/me/hours/?format=xlsx").status_code == 200
        assert worker_client.get("/me/hours/?format=pdf").status_code == 404

    def test_staff_correct_on_a_persons_page_and_lose_nothing_when_it_is_wrong(
        self, staff_client: Client
    ) -> None:
        user = UserFactory()
        entry = credited(user)
        page = BeautifulSoup(staff_client.get(f"/staff/people/{user.pk}/").content, "lxml").main
        key = page.select_one("input[name=key]")["value"]
        url = f"/staff/people/{user.pk}/hours/"
        wrong = staff_client.post(url, {"key": key, "entry": entry.pk, "hours": "-9", "reason": "提前离场"})
        assert wrong.status_code == 422
        shown = BeautifulSoup(wrong.content, "lxml").main
        assert shown.select_one(".err")
        assert shown.select_one("input[name=reason]")["value"] == "提前离场"
        for _twice in range(2):
            sent = staff_client.post(
                url, {"key": key, "entry": entry.pk, "hours": "-1.5", "reason": "提前离场"}
            )
            assert sent.status_code == 302
        assert year_of(user, THIS_YEAR).total == Decimal("2.5")
        for missing in ({"hours": "x"}, {"reason": ""}, {"entry": credited(UserFactory()).pk}):
            said = {"key": uuid4(), "entry": entry.pk, "hours": "1", "reason": "补录", **missing}
            assert staff_client.post(url, said).status_code == 422
        assert TrainingHours.objects.filter(user=user).count() == 2

    def test_a_worker_corrects_nothing(self, worker_client: Client, worker: User) -> None:
        said = {"key": uuid4(), "hours": "40", "reason": "自己加"}
        assert worker_client.post(f"/staff/people/{worker.pk}/hours/", said).status_code == 403
        assert not TrainingHours.objects.exists()

    def test_a_persons_page_asks_as_many_questions_for_many_as_for_few(
        self, staff_client: Client, django_assert_max_num_queries: AtMost
    ) -> None:
        user = UserFactory()
        for n in range(30):
            course = {"course_key": f"course:{n}", "course_title": "课", "edition": 1, "hours": Decimal(1)}
            complete(user, **course, validity_months=12)
        with django_assert_max_num_queries(16):
            staff_client.get(f"/staff/people/{user.pk}/")


def test_hours_of_the_last_second_of_a_year_are_that_years() -> None:
    user = UserFactory()
    course = {"course_key": "course:1", "course_title": "课", "edition": 1, "hours": Decimal(1)}
    end = datetime.fromisoformat("2026-12-31T23:59:59+08:00")
    complete(user, **course, completed_at=end)
    complete(user, **{**course, "edition": 2}, completed_at=end + timedelta(seconds=1))
    assert [year_of(user, year).total for year in (2026, 2027)] == [1, 1]
