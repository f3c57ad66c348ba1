"""The simulated city: believable, the same for the same seed, and never to be taken for a real one."""

from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F, Q
from django.test import Client
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.phones import clean_phone
from academy.courses.models import Enrolment
from academy.exams.measuring import figures
from academy.organisations import credit_codes
from academy.organisations.models import (
    BusinessType,
    District,
    Enterprise,
    EnterpriseManager,
    Jurisdiction,
    Membership,
)
from academy.organisations.scope import scope_of
from academy.records.codes import is_code
from academy.records.models import Attendance, Certificate, CertificateSeries, Completion, TrainingHours
from academy.reports.columns import current
from academy.reports.loading import load
from academy.reports.models import Month
from tests.factories import MembershipFactory, UserFactory

UNTIL = date(2026, 11, 20)


def simulate(**options: Any) -> str:
    out = StringIO()
    given = {"workers": 600, "years": 2, "seed": 7, "until": UNTIL, **options}
    call_command("simulate", stdout=out, **given)
    return out.getvalue()


@pytest.fixture
def city(db: None) -> str:
    return simulate()


@pytest.mark.usefixtures("city")
def test_it_has_what_was_asked_for() -> None:
    assert User.objects.filter(phone__startswith="120").count() == 600
    assert District.objects.filter(parent__parent=None, parent__isnull=False).count() == 9
    assert BusinessType.objects.count() == 12
    assert Enterprise.objects.count() == 90
    assert Completion.objects.count() + Attendance.objects.count() == 1440
    assert Attendance.objects.exists()
    assert TrainingHours.objects.filter(source="course").count() == Completion.objects.count()
    assert Membership.objects.filter(left_at__isnull=False).exists()
    assert sum(Month.objects.values_list("count", flat=True)) == len(current()) == len(load())


@pytest.mark.usefixtures("city")
def test_what_it_says_is_valid() -> None:
    for enterprise in Enterprise.objects.all():
        credit_codes.validate(enterprise.credit_code)
        enterprise.full_clean()
    assert all(is_code(code) for code in Certificate.objects.values_list("code", flat=True))
    for series in CertificateSeries.objects.all():
        numbers = Certificate.objects.filter(number__startswith=f"SA-{series.year}-").values_list(
            "number", flat=True
        )
        assert sorted(numbers) == [f"SA-{series.year}-{n:06d}" for n in range(1, series.last + 1)]
    assert not Certificate.objects.filter(expires_on__lt=F("starts_on")).exists()
    assert Certificate.objects.exclude(renews=None).exists()


@pytest.mark.usefixtures("city")
def test_records_stand_where_somebody_worked_that_day() -> None:
    ends = timezone.now()
    for record in Completion.objects.all():
        there = Membership.objects.filter(
            Q(left_at=None) | Q(left_at__gte=record.completed_at - timedelta(days=1)),
            user=record.user_id,
            enterprise=record.enterprise_key,
            joined_at__lt=record.completed_at + timedelta(days=1),
        )
        assert there.exists()
        assert record.completed_at <= record.stored_at <= ends
    assert not Completion.objects.filter(completed_at__date__gte=UNTIL).exists()


@pytest.mark.usefixtures("city")
def test_nobody_can_be_taken_for_somebody() -> None:
    phone = User.objects.filter(phone__isnull=False).values_list("phone", flat=True)[0]
    with pytest.raises(Exception, match="13"):
        clean_phone(str(phone))
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert {code[2:4] for code in Enterprise.objects.values_list("credit_code", flat=True)} == {"99"}
    assert "模拟" in Certificate.objects.values_list("issuer", flat=True)[0]


@pytest.mark.usefixtures("city")
def test_its_officials_and_managers_see_their_own() -> None:
    sees = [scope_of(one.user).whole for one in Jurisdiction.objects.order_by("pk")]
    assert Counter(sees) == {True: 1, False: 9}
    manages = EnterpriseManager.objects.values("enterprise").annotate(n=Count("pk"))
    assert all(row["n"] == 1 for row in manages)
    assert all(
        Membership.objects.current().filter(user=one.user_id, enterprise=one.enterprise_id).exists()
        for one in EnterpriseManager.objects.all()
    )


@pytest.mark.usefixtures("city")
def test_its_questions_have_figures() -> None:
    found = figures()
    assert len(found) == 60
    assert sum(one.answered for one in found) == 10 * (Completion.objects.count() // 10)


def test_the_same_seed_gives_the_same_city(db: None) -> None:
    assert _print_of(7) == _print_of(7)
    assert _print_of(7) != _print_of(8)


def _print_of(seed: int) -> str:
    with transaction.atomic():
        simulate(seed=seed, workers=200, years=1)
        said = [
            list(User.objects.filter(phone__startswith="120").order_by("pk").values_list("name", "phone")),
            list(
                Enterprise.objects.order_by("pk").values_list(
                    "name", "credit_code", "closed_on", "risk_level"
                )
            ),
            list(
                Completion.objects.order_by("pk").values_list(
                    "person_name", "course_title", "completed_at", "post_name"
                )
            ),
            list(Certificate.objects.order_by("pk").values_list("number", "code", "expires_on")),
            list(Attendance.objects.order_by("pk").values_list("person_name", "event_title", "attended_at")),
        ]
        transaction.set_rollback(True)
    return sha256(repr(said).encode()).hexdigest()


@pytest.mark.django_db
def test_it_stays_away_from_real_people() -> None:
    MembershipFactory(user=UserFactory(phone="13900001111"))
    with pytest.raises(CommandError, match="real"):
        simulate()
    assert not Completion.objects.exists()
    assert "completions" in simulate(force=True, workers=100, years=1)
    with pytest.raises(CommandError, match="already"):
        simulate(force=True)


@pytest.mark.usefixtures("city")
def test_what_guards_the_records_is_still_there() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE records_certificate SET number = 'X'")


@pytest.mark.usefixtures("city")
def test_whoever_completed_a_course_had_begunit_and_some_only_began() -> None:
    began = {(one.user_id, one.course_key, one.edition): one.began_at for one in Enrolment.objects.all()}
    done = {(one.user_id, one.course_key, one.edition): one.completed_at for one in Completion.objects.all()}
    assert all(began[it] < at for it, at in done.items())
    client = Client()
    client.force_login(
        User.objects.get(email="official0@simulated.invalid"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    page = client.get("/staff/", {"from": "2024-11", "to": "2026-11"})
    begun, learned, passed, certified = page.context["figures"].funnel
    assert begun > learned > passed > certified > 0
