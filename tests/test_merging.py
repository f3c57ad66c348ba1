"""Two accounts of one person, an enterprise entered twice: what is seen afterwards, who may do it, and how it is undone."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.accounts.sms import MemoryGateway, Sms
from academy.courses.learning import progress
from academy.organisations.managing import appoint
from academy.organisations.models import Enterprise, EnterpriseManager, JoinRequest, Jurisdiction, Membership
from academy.organisations.requests import come
from academy.organisations.scope import scope_of
from academy.records.attending import attend
from academy.records.certifying import certify
from academy.records.completing import complete
from academy.records.hours import year_of
from academy.records.merging import merge_enterprises, merge_people, undo
from academy.records.models import Attendance, Completion, EnterpriseMerge, PersonMerge, Statement, Verb
from academy.records.refusals import RefusedError
from academy.records.reminding import remind
from academy.reports.loading import load
from tests.factories import (
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
    make_course,
)
from tests.test_scope import official

pytestmark = pytest.mark.django_db
COURSE: dict[str, Any] = {"course_key": "course:1", "course_title": "留样", "edition": 1, "hours": Decimal(2)}
WHY = "同一个人换了手机号"


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def by() -> User:
    return StaffFactory()


@pytest.fixture
def old() -> User:
    return UserFactory(name="王梅")


@pytest.fixture
def new() -> User:
    return UserFactory(name="王梅")


def works_at(user: User) -> set[Enterprise]:
    return {one.enterprise for one in Membership.objects.current().filter(user=user)}


# What it comes to


def test_no_record_moves_and_the_person_is_counted_once(old: User, new: User, by: User) -> None:
    for user in (old, new):
        complete(user, **COURSE)
    before = list(Completion.objects.order_by("pk").values())
    assert load().tally()[:2] == (2, 2)
    merge_people(old, new, by=by, reason=WHY)
    assert list(Completion.objects.order_by("pk").values()) == before
    assert load().tally()[:2] == (1, 2)


def test_whoever_signs_in_sees_the_records_of_both(old: User, new: User, by: User) -> None:
    complete(old, **COURSE, validity_months=12)
    complete(new, **{**COURSE, "course_key": "course:2", "course_title": "晨检"}, validity_months=12)
    merge_people(old, new, by=by, reason=WHY)
    client = client_of(new)
    page = client.get("/me/").text
    numbers = [one.number for one in old.certificates.all()] + [one.number for one in new.certificates.all()]
    assert all(f"/certificates/{number}/" in page for number in numbers)
    assert "留样" in page
    assert "晨检" in page
    assert {client.get(f"/certificates/{number}/").status_code for number in numbers} == {200}
    assert year_of(new, timezone.localdate().year).total == 4
    assert "留样" in client.get("/me/hours/").text
    staff = client_of(by)
    assert f'href="/staff/people/{new.pk}/"' in staff.get(f"/staff/people/{old.pk}/").text
    assert "留样" in staff.get(f"/staff/people/{new.pk}/").text


def test_somebody_elses_records_are_not_seen(old: User, new: User, by: User) -> None:
    other = certify(CompletionFactory(), 12)
    merge_people(old, new, by=by, reason=WHY)
    assert client_of(new).get(f"/certificates/{other.number}/").status_code == 404


def test_what_was_completed_under_the_other_account_is_completed(
    home: Page, old: User, new: User, by: User
) -> None:
    course = make_course(home, lessons=1)
    done = complete(
        old, course_key=course.key, course_title=course.title, edition=course.edition, hours=Decimal(1)
    )
    attended = attend(
        old, event_key="event:1", event_title="约谈", kind="talk", hours=Decimal(1), at=timezone.now()
    )
    assert progress(new, course).completion is None
    merge_people(old, new, by=by, reason=WHY)
    new.refresh_from_db()
    assert progress(new, course).completion == done
    again = complete(
        new, course_key=course.key, course_title=course.title, edition=course.edition, hours=Decimal(1)
    )
    assert again == done
    assert (
        attend(new, event_key="event:1", event_title="约谈", kind="talk", hours=Decimal(1), at=timezone.now())
        == attended
    )
    assert Completion.objects.count() == Attendance.objects.count() == 1


def test_what_was_under_way_and_ends_later_counts_for_the_place_of_the_kept_account(
    old: User, new: User, by: User
) -> None:
    place = MembershipFactory(user=old)
    merge_people(old, new, by=by, reason=WHY)
    old.refresh_from_db()
    late = complete(old, **COURSE)
    assert (late.user, late.enterprise_name) == (old, place.enterprise.name)
    assert load().tally().persons == 1


def test_places_and_staff_lists_pass_to_the_kept_account(old: User, new: User, by: User) -> None:
    shared, own = EnterpriseFactory(), EnterpriseFactory()
    for user, place in ((old, shared), (new, shared), (old, own)):
        MembershipFactory(user=user, enterprise=place)
    appoint(old, own, by)
    JoinRequest.objects.create(user=old, enterprise=EnterpriseFactory(), post=PostFactory())
    merge_people(old, new, by=by, reason=WHY)
    assert works_at(new) == {shared, own}
    assert works_at(old) == set()
    assert Membership.objects.current().filter(enterprise=shared).count() == 1
    assert scope_of(new).enterprises == {own.pk}
    assert not JoinRequest.objects.undecided().exists()


def test_it_is_in_the_log_of_both_and_can_be_traced(old: User, new: User, by: User) -> None:
    undo(merge_people(old, new, by=by, reason=WHY), by)
    for user, other in ((old, new), (new, old)):
        said = Statement.objects.filter(user=user, object_key=f"person:{other.pk}").as_stored()
        assert [one.verb for one in said] == [Verb.MERGED, Verb.UNMERGED]
        assert said[0].evidence["by"] == by.pk
        assert said[0].evidence["reason"] == WHY


def test_said_twice_it_is_done_once(old: User, new: User, by: User) -> None:
    first = merge_people(old, new, by=by, reason=WHY)
    assert merge_people(old, new, by=by, reason="又一次") == first
    assert undo(first, by).undone_at == undo(first, by).undone_at
    assert Statement.objects.filter(verb=Verb.UNMERGED).count() == 2


def test_who_holds_a_certificate_of_either_is_reminded_once_under_the_number_in_use(
    old: User, new: User, by: User, outbox: list[Sms]
) -> None:
    issued = timezone.now() - timedelta(days=350)
    certificate = certify(CompletionFactory(user=old, completed_at=issued), 12, at=issued)
    assert certificate.ends_soon
    merge_people(old, new, by=by, reason=WHY)
    remind()
    remind()
    assert [one.phone for one in outbox] == [new.phone]


# Signing in


@pytest.fixture
def outbox() -> list[Sms]:
    MemoryGateway.outbox.clear()
    return MemoryGateway.outbox


def sign_in(phone: str | None, outbox: list[Sms]) -> str | None:
    client = Client()
    client.post("/accounts/login/code/", {"phone": phone})
    code = re.search(r"\d{6}", outbox[-1].text)
    assert code
    client.post("/accounts/login/code/confirm/", {"code": code.group()})
    return client.session.get("_auth_user_id")


def test_both_numbers_sign_in_to_the_kept_account(old: User, new: User, by: User, outbox: list[Sms]) -> None:
    phones = (old.phone, new.phone)
    made = merge_people(old, new, by=by, reason=WHY)
    assert [sign_in(phone, outbox) for phone in phones] == [str(new.pk)] * 2
    for user, phone in zip((old, new), phones, strict=True):
        user.refresh_from_db()
        assert user.phone == phone
    undo(made, by)
    assert [sign_in(phone, outbox) for phone in phones] == [str(old.pk), str(new.pk)]


def test_whoever_is_signed_in_to_the_other_account_has_to_sign_in_again(
    old: User, new: User, by: User
) -> None:
    client = client_of(old)
    assert client.get("/me/").status_code == 200
    merge_people(old, new, by=by, reason=WHY)
    assert client.get("/me/").status_code == 302


def test_a_number_that_was_given_up_begins_an_account_of_its_own(
    old: User, new: User, by: User, outbox: list[Sms]
) -> None:
    phone = old.phone
    made = merge_people(old, new, by=by, reason=WHY, number_is_theirs=False)
    stranger = sign_in(phone, outbox)
    assert stranger not in (str(old.pk), str(new.pk))
    undo(made, by)
    old.refresh_from_db()
    assert (old.phone, old.merged_into) == (None, None)
    assert User.objects.get(phone=phone).pk == int(stranger or 0)


def test_a_number_that_nobody_took_comes_back(old: User, new: User, by: User) -> None:
    phone = old.phone
    undo(merge_people(old, new, by=by, reason=WHY, number_is_theirs=False), by)
    old.refresh_from_db()
    assert (old.phone, old.is_active) == (phone, True)


# What is refused


def test_nobody_is_merged_twice_or_into_who_is_merged(old: User, new: User, by: User) -> None:
    third = UserFactory()
    merge_people(old, new, by=by, reason=WHY)
    for merged, kept in ((third, old), (new, old), (old, third), (new, new)):
        with pytest.raises(RefusedError):
            merge_people(merged, kept, by=by, reason=WHY)
    merge_people(third, new, by=by, reason=WHY)
    assert set(same_person(new).values_list("pk", flat=True)) == {old.pk, new.pk, third.pk}


def test_two_that_others_were_merged_into_are_joined_though_it_is_long_ago(
    old: User, new: User, by: User
) -> None:
    """Each way one step: whatever pointed to the one that is merged points on."""
    other, third = UserFactory(), UserFactory()
    first = merge_people(old, new, by=by, reason=WHY)
    merge_people(other, third, by=by, reason=WHY)
    PersonMerge.objects.update(at=timezone.now() - timedelta(days=200))
    made = merge_people(new, third, by=by, reason=WHY)
    everybody = {old.pk, new.pk, other.pk, third.pk}
    for user in User.objects.filter(pk__in=everybody):
        assert set(same_person(user).values_list("pk", flat=True)) == everybody
    PersonMerge.objects.filter(pk=first.pk).update(at=timezone.now())
    with pytest.raises(RefusedError):
        undo(PersonMerge.objects.get(pk=first.pk), by)
    undo(made, by)
    found = dict(User.objects.filter(pk__in=everybody).values_list("pk", "merged_into"))
    assert found == {old.pk: new.pk, new.pk: None, other.pk: third.pk, third.pk: None}
    undo(PersonMerge.objects.get(pk=first.pk), by)
    old.refresh_from_db()
    assert old.merged_into is None


def rights(user: User, kind: str) -> None:
    if kind == "group":
        user.groups.add(Group.objects.create(name="食堂读者"))
    elif kind == "jurisdiction":
        Jurisdiction.objects.create(user=user, district=DistrictFactory())
    else:
        User.objects.filter(pk=user.pk).update(**{kind: True})


@pytest.mark.parametrize("kind", ["is_staff", "is_superuser", "group", "jurisdiction"])
@pytest.mark.parametrize("which", [0, 1])
def test_an_account_with_rights_is_not_merged(old: User, new: User, by: User, kind: str, which: int) -> None:
    rights((old, new)[which], kind)
    with pytest.raises(RefusedError):
        merge_people(old, new, by=by, reason=WHY)
    old.refresh_from_db()
    assert old.merged_into is None


def test_without_a_reason_nothing_is_merged(old: User, new: User, by: User) -> None:
    MembershipFactory(user=old)
    with pytest.raises(RefusedError):
        merge_people(old, new, by=by, reason="  ")
    assert works_at(old)
    assert not PersonMerge.objects.exists()


def test_after_thirty_days_it_stays(old: User, new: User, by: User) -> None:
    made = merge_people(old, new, by=by, reason=WHY)
    late = mock.patch("django.utils.timezone.now", return_value=made.at + timedelta(days=30, seconds=1))
    with late, pytest.raises(RefusedError):
        undo(made, by)
    with mock.patch("django.utils.timezone.now", return_value=made.at + timedelta(days=30)):
        undo(made, by)
    assert made.merged.merged_into_id == new.pk
    old.refresh_from_db()
    assert old.merged_into is None


def test_a_merge_that_another_rests_on_is_undone_after_it(by: User) -> None:
    here = EnterpriseFactory()
    first, second, kept = (UserFactory() for _ in range(3))
    for user in (first, second):
        MembershipFactory(user=user, enterprise=here)
    one = merge_people(first, kept, by=by, reason=WHY)
    two = merge_people(second, kept, by=by, reason=WHY)
    with pytest.raises(RefusedError):
        undo(one, by)
    undo(two, by)
    undo(one, by)
    assert [works_at(user) for user in (first, second, kept)] == [{here}, {here}, set()]


def test_who_left_meanwhile_has_left(old: User, new: User, by: User) -> None:
    place = MembershipFactory(user=old)
    made = merge_people(old, new, by=by, reason=WHY)
    gone = timezone.now()
    Membership.objects.current().filter(user=new).update(left_at=gone)
    undo(made, by)
    place.refresh_from_db()
    assert place.left_at == gone
    assert not new.memberships.exists()


# Enterprises


def test_an_enterprise_entered_twice_is_one(by: User) -> None:
    twice, kept = EnterpriseFactory(), EnterpriseFactory()
    mover, both, boss = (UserFactory() for _ in range(3))
    for user, place in ((mover, twice), (both, twice), (both, kept)):
        MembershipFactory(user=user, enterprise=place)
    appoint(boss, twice, by)
    JoinRequest.objects.create(user=UserFactory(), enterprise=twice, post=PostFactory())
    complete(mover, **COURSE)
    before = list(Completion.objects.values())
    made = merge_enterprises(twice, kept, by=by, reason="登记了两次")
    assert {works_at(user) == {kept} for user in (mover, both)} == {True}
    assert scope_of(boss).enterprises == {kept.pk, twice.pk}
    assert scope_of(boss).records(Completion.objects.all()).count() == 1
    assert set(load().enterprise.tolist()) == {kept.pk}
    assert list(Completion.objects.values()) == before
    assert not JoinRequest.objects.undecided().exists()
    assert kept in Enterprise.objects.in_business()
    assert twice not in Enterprise.objects.in_business()
    undo(made, by)
    assert works_at(mover) == {twice}
    assert works_at(both) == {twice, kept}
    assert scope_of(boss).enterprises == {twice.pk}
    assert JoinRequest.objects.undecided().count() == 1


def test_who_keeps_the_list_of_one_is_led_from_the_other(by: User) -> None:
    twice, kept = EnterpriseFactory(), EnterpriseFactory()
    boss = appoint(UserFactory(), twice, by).user
    merge_enterprises(twice, kept, by=by, reason="登记了两次")
    assert client_of(boss).get(f"/enterprises/{kept.pk}/").status_code == 200
    assert client_of(boss).get(f"/enterprises/{twice.pk}/").status_code == 404
    come(UserFactory(), twice, PostFactory())
    assert JoinRequest.objects.get().enterprise == kept


def test_a_code_that_is_taken_meanwhile_is_said(by: User) -> None:
    twice, kept = EnterpriseFactory(credit_code="91350100M000100Y43"), EnterpriseFactory()
    made = merge_enterprises(twice, kept, by=by, reason="登记了两次")
    Enterprise.objects.filter(pk=kept.pk).update(credit_code=twice.credit_code)
    with pytest.raises(RefusedError):
        undo(made, by)
    Enterprise.objects.filter(pk=kept.pk).update(credit_code="")
    undo(made, by)


def test_enterprises_neither_twice_nor_into_what_has_closed(by: User) -> None:
    one, two, three = (EnterpriseFactory() for _ in range(3))
    closed = EnterpriseFactory(closed_on=timezone.localdate())
    merge_enterprises(one, two, by=by, reason="登记了两次")
    for merged, kept in ((three, one), (two, one), (one, three), (two, two), (three, closed)):
        with pytest.raises(RefusedError):
            merge_enterprises(merged, kept, by=by, reason="登记了两次")


def test_enterprises_that_others_were_merged_into_are_joined(by: User) -> None:
    one, two, three = (EnterpriseFactory() for _ in range(3))
    at_work = MembershipFactory(enterprise=one)
    merge_enterprises(one, two, by=by, reason="登记了两次")
    made = merge_enterprises(two, three, by=by, reason="登记了两次")
    one.refresh_from_db()
    assert one.merged_into == three
    assert works_at(at_work.user) == {three}
    undo(made, by)
    one.refresh_from_db()
    assert one.merged_into == two
    assert works_at(at_work.user) == {two}


# The pages


@pytest.fixture
def east() -> Enterprise:
    return EnterpriseFactory(district=DistrictFactory(name="东关区"))


@pytest.fixture
def west() -> Enterprise:
    return EnterpriseFactory(district=DistrictFactory(name="西川区"))


@pytest.fixture
def officer(east: Enterprise) -> User:
    return official(east.district)


def merges(client: Client, one: User, other: User, **more: str) -> Any:
    data = {"with": other.pk, "keep": other.pk, "number": "theirs", "reason": WHY, **more}
    return client.post(f"/staff/people/{one.pk}/merge/", data)


def test_staff_look_compare_are_asked_and_merge(
    officer: User, east: Enterprise, old: User, new: User
) -> None:
    for user in (old, new):
        MembershipFactory(user=user, enterprise=east)
    complete(old, **COURSE)
    client, at = client_of(officer), f"/staff/people/{old.pk}/merge/"
    assert f"?with={new.pk}" in client.get(at).text
    assert f"?with={new.pk}" in client.get(at, {"q": new.phone[-4:]}).text
    assert f"?with={new.pk}" not in client.get(at, {"q": "李"}).text
    page = client.get(at, {"with": new.pk})
    assert ("1", "0", "1") in [line[1:] for line in page.context["lines"]]
    assert all(line.label in page.text for line in page.context["lines"])
    asked = merges(client, old, new)
    assert asked.context["asked"]
    assert not PersonMerge.objects.exists()
    for _twice in range(2):
        assert merges(client, old, new, sure="1").status_code == 302
    made = PersonMerge.objects.get()
    assert (made.merged, made.kept, made.by, made.reason) == (old, new, officer, WHY)
    assert client.get(at).url == f"/staff/people/{new.pk}/merge/"
    page = client.get(f"/staff/people/{new.pk}/merge/").text
    assert WHY in page
    for _twice in range(2):
        client.post(f"/staff/people/{new.pk}/merge/{made.pk}/undo/")
    old.refresh_from_db()
    assert old.merged_into is None
    assert works_at(old) == works_at(new) == {east}


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"keep": "0"}, {"number": ""}])
def test_what_is_missing_is_said(
    officer: User, east: Enterprise, old: User, new: User, wrong: dict[str, str]
) -> None:
    for user in (old, new):
        MembershipFactory(user=user, enterprise=east)
    answer = merges(client_of(officer), old, new, sure="1", **wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == set(wrong)
    assert not PersonMerge.objects.exists()


def test_only_within_the_own_district_on_both_sides(
    officer: User, east: Enterprise, west: Enterprise, old: User, new: User
) -> None:
    MembershipFactory(user=old, enterprise=east)
    MembershipFactory(user=new, enterprise=west)
    client = client_of(officer)
    assert f"?with={new.pk}" not in client.get(f"/staff/people/{old.pk}/merge/", {"q": new.phone}).text
    assert client.get(f"/staff/people/{old.pk}/merge/", {"with": new.pk}).status_code == 404
    assert client.get(f"/staff/people/{new.pk}/merge/").status_code == 404
    assert merges(client, old, new, sure="1").status_code == 404
    assert merges(client, new, old, sure="1").status_code == 404
    MembershipFactory(user=new, enterprise=east)
    assert merges(client, old, new, sure="1").status_code == 422
    assert not PersonMerge.objects.exists()
    city = client_of(official(east.district.parent))
    assert merges(city, old, new, sure="1").status_code == 302
    assert (
        client.post(f"/staff/people/{new.pk}/merge/{PersonMerge.objects.get().pk}/undo/").status_code == 302
    )
    assert PersonMerge.objects.standing().exists()


def outsiders(east: Enterprise, west: Enterprise) -> list[User | None]:
    """A manager there, a worker, staff of another district, an official of nothing; and nobody."""
    keeper = appoint(UserFactory(), east, StaffFactory()).user
    return [keeper, MembershipFactory(enterprise=east).user, official(west.district), official(None), None]


def test_nobody_else_merges_or_undoes(
    east: Enterprise, west: Enterprise, old: User, new: User, by: User
) -> None:
    for user in (old, new):
        MembershipFactory(user=user, enterprise=east)
    third, twice = UserFactory(), EnterpriseFactory(district=east.district)
    people = merge_people(third, new, by=by, reason=WHY)
    places = merge_enterprises(twice, east, by=by, reason=WHY)
    one, other = EnterpriseFactory(district=east.district), EnterpriseFactory(district=east.district)
    there = [
        (f"/staff/people/{old.pk}/merge/", {"with": new.pk}),
        (f"/staff/people/{new.pk}/merge/{people.pk}/undo/", {}),
        (f"/staff/enterprises/{one.pk}/merge/", {"with": other.pk}),
        (f"/staff/enterprises/{east.pk}/merge/{places.pk}/undo/", {}),
    ]
    for user in outsiders(east, west):
        for address, data in there:
            sent = {**data, "keep": new.pk, "number": "theirs", "reason": WHY, "sure": "1"}
            answer = client_of(user).post(address, sent)
            assert answer.status_code in ((302,) if user is None else (403, 404)), address
            assert user is not None or answer.url.startswith("/accounts/login/")
    assert PersonMerge.objects.standing().get() == people
    assert EnterpriseMerge.objects.standing().get() == places


def test_enterprises_are_merged_on_their_page(officer: User, east: Enterprise, west: Enterprise) -> None:
    twice = EnterpriseFactory(name=east.name, district=east.district)
    MembershipFactory(enterprise=twice)
    client, at = client_of(officer), f"/staff/enterprises/{twice.pk}/merge/"
    page = client.get(at).text
    assert f"?with={east.pk}" in page
    assert client.get(at, {"with": west.pk}).status_code == 404
    assert client.get(at, {"with": "9" * 30}).status_code == 404
    data = {"with": east.pk, "keep": east.pk, "reason": "登记了两次"}
    page = client.get(at, {"with": east.pk})
    assert all(line.label in page.text for line in page.context["lines"])
    assert client.post(at, data).context["asked"]
    for _twice in range(2):
        assert client.post(at, {**data, "sure": "1"}).url == f"/staff/enterprises/{east.pk}/merge/"
    made = EnterpriseMerge.objects.get()
    assert (made.merged, made.kept, made.by) == (twice, east, officer)
    assert client.get(at).url == f"/staff/enterprises/{east.pk}/merge/"
    assert twice.changes.get().what == [["merged_into", "", east.name]]
    client.post(f"/staff/enterprises/{east.pk}/merge/{made.pk}/undo/")
    assert not EnterpriseMerge.objects.standing().exists()


def test_two_codes_are_warned_of(officer: User, east: Enterprise) -> None:
    Enterprise.objects.filter(pk=east.pk).update(credit_code="91350100M000100Y43")
    other = EnterpriseFactory(district=east.district, credit_code="91110000600037341L")
    page = client_of(officer).get(f"/staff/enterprises/{other.pk}/merge/", {"with": east.pk})
    assert page.context["two_codes"]


def test_the_comparison_costs_the_same_for_many_records(
    officer: User, east: Enterprise, old: User, new: User, django_assert_max_num_queries: Any
) -> None:
    for user in (old, new):
        MembershipFactory(user=user, enterprise=east)
    for edition in range(20):
        CompletionFactory(user=old, edition=edition)
    client = client_of(officer)
    with django_assert_max_num_queries(40):
        client.get(f"/staff/people/{old.pk}/merge/", {"with": new.pk})


def test_managers_pass_on_and_come_back(old: User, new: User, by: User, east: Enterprise) -> None:
    appoint(old, east, by)
    before = list(EnterpriseManager.objects.values())
    undo(merge_people(old, new, by=by, reason=WHY), by)
    assert list(EnterpriseManager.objects.values()) == before
