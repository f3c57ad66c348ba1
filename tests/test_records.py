from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import ProtectedError

from academy.accounts.models import User
from academy.organisations.models import Membership
from academy.records.completing import complete
from academy.records.models import Completion
from tests.factories import CompletionFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def completed(user: User, **fields: Any) -> Completion:
    course = {"course_key": "course:7", "course_title": "烧熟煮透", "edition": 1, "hours": Decimal("1.5")}
    return complete(user, **{**course, **fields})


def test_completing_the_same_edition_twice_counts_once_and_keeps_the_first_score() -> None:
    user = UserFactory()
    first = completed(user, score=80)
    again = completed(user, score=100)
    assert again.pk == first.pk
    assert Completion.objects.get().score == 80


def test_a_new_edition_is_a_new_completion_and_the_old_one_stays() -> None:
    user = UserFactory()
    completed(user, edition=1)
    completed(user, edition=2, course_title="烧熟煮透（新版）")
    assert list(user.completions.order_by("edition").values_list("edition", "course_title")) == [
        (1, "烧熟煮透"),
        (2, "烧熟煮透（新版）"),
    ]


def test_a_record_keeps_its_words_when_everything_it_names_is_renamed() -> None:
    place = MembershipFactory()
    completion = completed(place.user)
    enterprise = place.enterprise
    before = (place.user.name, enterprise.name, enterprise.district.name, place.post.name)
    for named in (place.user, enterprise, enterprise.district, enterprise.business_type, place.post):
        named.name = "改了名"
        named.save()
    completion.refresh_from_db()
    after = (
        completion.person_name,
        completion.enterprise_name,
        completion.district_name,
        completion.post_name,
    )
    assert after == before
    assert completion.business_type_name == "社会餐饮"


def test_a_record_survives_leaving_and_deleting_the_enterprise() -> None:
    place = MembershipFactory()
    enterprise, name = place.enterprise, place.enterprise.name
    completion = completed(place.user)
    Membership.objects.all().delete()
    enterprise.delete()
    completion.refresh_from_db()
    assert completion.enterprise_name == name


def test_somebody_without_an_enterprise_can_complete_a_course() -> None:
    completion = completed(UserFactory())
    assert (completion.enterprise_name, completion.district_name) == ("", "")


def test_a_person_with_records_cannot_be_deleted_but_may_be_deactivated() -> None:
    completion = CompletionFactory()
    with pytest.raises(ProtectedError):
        completion.user.delete()
    completion.user.is_active = False
    completion.user.save()
    assert Completion.objects.get().user.is_active is False


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    before = CompletionFactory(completed_at=datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC))
    after = CompletionFactory(completed_at=datetime(2026, 3, 31, 16, 0, 0, tzinfo=UTC))
    first_of_april = date(2026, 4, 1)
    assert before.completed_on == date(2026, 3, 31)
    assert after.completed_on == first_of_april
    assert list(Completion.objects.since(first_of_april)) == [after]
    assert list(Completion.objects.before(first_of_april)) == [before]
