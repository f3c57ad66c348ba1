"""The staff list of an enterprise: who may open it, what it says of people, and how it is changed."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.managing import appoint, dismiss
from academy.organisations.models import Enterprise, EnterpriseManager, Invitation, JoinRequest, Membership
from academy.records.certifying import certify, revoke
from academy.records.completing import complete
from academy.records.models import Certificate
from tests.factories import (
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PostFactory,
    StaffFactory,
    UserFactory,
)
from tests.test_scope import official

pytestmark = pytest.mark.django_db


def client_of(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def kitchen() -> Enterprise:
    return EnterpriseFactory(name="老街面馆")


@pytest.fixture
def manager(kitchen: Enterprise) -> User:
    return appoint(UserFactory(name="孙店长"), kitchen, StaffFactory()).user


@pytest.fixture
def keeper(manager: User) -> Client:
    return client_of(manager)


@pytest.fixture
def cook(kitchen: Enterprise) -> Membership:
    since = timezone.now() - timedelta(days=100)
    return MembershipFactory(enterprise=kitchen, user__name="陈桂香", joined_at=since)


def certified(user: User, *, days: int = 0, months: int = 12, course: str = "course:1") -> Certificate:
    """Completed so many days ago."""
    at = timezone.now() - timedelta(days=days)
    done = complete(
        user,
        course_key=course,
        course_title=f"课程{course[-1]}",
        edition=1,
        hours=Decimal(2),
        score=87,
        completed_at=at,
    )
    return certify(done, months, at=at)


# Who may open what


def addresses(kitchen: Enterprise, cook: Membership) -> list[tuple[str, str]]:
    """Every address under one enterprise, with what it is asked by."""
    by, post = kitchen.managers.first().user, PostFactory()
    asked = JoinRequest.objects.create(user=UserFactory(), enterprise=kitchen, post=post)
    wall = Invitation.objects.create(
        enterprise=kitchen, code="wall", made_by=by, expires_at=timezone.now() + timedelta(days=1)
    )
    at = f"/enterprises/{kitchen.pk}/"
    return [
        ("get", at),
        ("get", f"{at}?format=csv"),
        ("get", f"{at}former/"),
        ("get", f"{at}former/?format=xlsx"),
        ("get", f"{at}people/{cook.pk}/"),
        ("post", f"{at}people/{cook.pk}/post/"),
        ("post", f"{at}people/{cook.pk}/end/"),
        ("get", f"{at}requests/"),
        ("post", f"{at}requests/{asked.pk}/accept/"),
        ("post", f"{at}requests/{asked.pk}/decline/"),
        ("get", f"{at}invitations/"),
        ("post", f"{at}invitations/"),
        ("post", f"{at}invitations/phone/"),
        ("get", f"{at}invitations/{wall.pk}/"),
        ("post", f"{at}invitations/{wall.pk}/revoke/"),
    ]


def state() -> tuple[Any, ...]:
    models = (Membership, JoinRequest, Invitation, EnterpriseManager)
    return tuple(list(model.objects.order_by("pk").values()) for model in models)


def strangers(kitchen: Enterprise) -> list[User]:
    """Somebody else's manager, one who was dismissed, a worker there and elsewhere, staff of another district."""
    other = EnterpriseFactory(district=DistrictFactory(name="西川区"))
    gone = appoint(UserFactory(), kitchen, StaffFactory())
    dismiss(gone, StaffFactory())
    return [
        appoint(UserFactory(), other, StaffFactory()).user,
        gone.user,
        MembershipFactory(enterprise=kitchen).user,
        MembershipFactory(enterprise=other).user,
        official(other.district),
        official(None),
    ]


def test_to_whoever_does_not_keep_it_a_staff_list_is_not_there(
    kitchen: Enterprise, manager: User, cook: Membership
) -> None:
    there = addresses(kitchen, cook)
    people = strangers(kitchen)
    before = state()
    data = {"post": cook.post_id, "last_day": "2026-11-01", "reason": "x", "phone": "13800001111", "days": 30}
    for user in people:
        client = client_of(user)
        for method, address in there:
            assert getattr(client, method)(address, data if method == "post" else None).status_code == 404, (
                address
            )
    assert state() == before


def test_a_stranger_is_sent_to_sign_in(kitchen: Enterprise, manager: User, cook: Membership) -> None:
    for method, address in addresses(kitchen, cook):
        answer = getattr(Client(), method)(address)
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/")


def test_nothing_of_another_enterprise_is_reached_through_the_own(
    keeper: Client, kitchen: Enterprise, cook: Membership
) -> None:
    other = appoint(UserFactory(), EnterpriseFactory(), StaffFactory()).enterprise
    theirs = addresses(other, MembershipFactory(enterprise=other))
    before = state()
    numbered = [
        (method, address)
        for method, address in theirs
        if any(map(str.isdigit, address[13 + len(str(other.pk)) :]))
    ]
    assert len(numbered) == 7
    for method, address in numbered:
        through = address.replace(f"/enterprises/{other.pk}/", f"/enterprises/{kitchen.pk}/")
        assert getattr(keeper, method)(through, {"post": cook.post_id, "reason": "x"}).status_code == 404
    assert state() == before


def test_managers_and_the_supervising_staff_of_the_district_open_it(
    kitchen: Enterprise, manager: User, cook: Membership
) -> None:
    there = [address for method, address in addresses(kitchen, cook) if method == "get"]
    for user in (manager, official(kitchen.district), official(kitchen.district.parent)):
        client = client_of(user)
        assert {client.get(address).status_code for address in there} == {200}


def test_of_one_enterprise_the_list_of_lists_leads_there(
    keeper: Client, kitchen: Enterprise, manager: User
) -> None:
    assert keeper.get("/enterprises/").url == f"/enterprises/{kitchen.pk}/"
    second = EnterpriseFactory(name="江边酒楼")
    appoint(manager, second, StaffFactory())
    assert "江边酒楼" in keeper.get("/enterprises/").text
    assert kitchen.name in keeper.get("/me/").text
    assert client_of(UserFactory()).get("/enterprises/").status_code == 200


# What it says


def test_it_says_who_works_here_what_holds_and_what_is_still_to_learn(
    keeper: Client, kitchen: Enterprise, cook: Membership
) -> None:
    certified(cook.user)
    certified(cook.user, days=400, course="course:2")
    officer = MembershipFactory(enterprise=kitchen, user__name="林安全", post=PostFactory(name="食品安全员"))
    page = keeper.get(f"/enterprises/{kitchen.pk}/")
    rows = {row[0]["text"]: [cell["text"] for cell in row] for row in page.context["rows"]}
    assert "1" in rows["陈桂香"][4]
    assert rows["陈桂香"][5].count("课程2") == 1
    assert "课程1" not in rows["陈桂香"][5]
    assert "40" in rows["林安全"][5]
    assert officer.user.phone not in page.text
    assert officer.user.masked_phone in page.text


def test_no_score_is_told(keeper: Client, kitchen: Enterprise, cook: Membership) -> None:
    certificate = certified(cook.user)
    page = keeper.get(f"/enterprises/{kitchen.pk}/people/{cook.pk}/")
    shown = BeautifulSoup(page.content, "lxml").main.get_text()
    assert certificate.course_title in shown
    assert "87" not in shown.replace(cook.user.masked_phone, "")
    assert client_of(UserFactory()).get(certificate.get_absolute_url()).status_code == 404


def test_a_certificate_earned_elsewhere_counts_and_a_revoked_or_renewed_one_does_not(
    keeper: Client, kitchen: Enterprise, cook: Membership
) -> None:
    revoke(certified(cook.user), StaffFactory(), "抄袭")
    page = keeper.get(f"/enterprises/{kitchen.pk}/", {"state": "none"})
    assert "陈桂香" in page.text
    certified(cook.user, course="course:2")
    assert "陈桂香" in keeper.get(f"/enterprises/{kitchen.pk}/", {"state": "valid"}).text
    assert "陈桂香" not in keeper.get(f"/enterprises/{kitchen.pk}/", {"state": "none"}).text


@pytest.mark.parametrize("query", [{"q": "陈桂"}, {"post": "厨师"}, {"q": "", "state": "none"}])
def test_the_list_is_filtered(
    keeper: Client, kitchen: Enterprise, cook: Membership, query: dict[str, str]
) -> None:
    if "post" in query:
        query = {"post": str(cook.post_id)}
    MembershipFactory(enterprise=kitchen, user__name="别人", post=PostFactory(name="服务员"))
    certified(User.objects.get(name="别人"))
    page = keeper.get(f"/enterprises/{kitchen.pk}/", query).text
    assert "陈桂香" in page
    assert "别人" not in page


def test_the_list_costs_the_same_for_many(
    keeper: Client, kitchen: Enterprise, cook: Membership, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        certified(MembershipFactory(enterprise=kitchen).user, course=f"course:{n}")
    with django_assert_max_num_queries(15):
        keeper.get(f"/enterprises/{kitchen.pk}/")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_list_is_a_file_too(
    keeper: Client, kitchen: Enterprise, cook: Membership, file_format: str
) -> None:
    User.objects.filter(pk=cook.user_id).update(name="=1+1")
    answer = keeper.get(f"/enterprises/{kitchen.pk}/", {"format": file_format})
    content = b"".join(answer)
    assert answer.status_code == 200
    assert content
    if file_format == "csv":
        assert "'=1+1" in content.decode()
        assert cook.user.phone not in content.decode()


# How it is changed


def test_another_post_is_another_membership(keeper: Client, kitchen: Enterprise, cook: Membership) -> None:
    post = PostFactory(name="食品安全员")
    for _twice in range(2):
        keeper.post(f"/enterprises/{kitchen.pk}/people/{cook.pk}/post/", {"post": post.pk})
    assert Membership.objects.current().get(user=cook.user, enterprise=kitchen).post == post
    assert cook.user.memberships.count() == 2


def test_an_end_has_a_day_and_a_reason(
    keeper: Client, kitchen: Enterprise, cook: Membership, manager: User
) -> None:
    zone = timezone.get_default_timezone()
    day = timezone.localdate(timezone=zone) - timedelta(days=3)
    said = {"last_day": day.isoformat(), "reason": "去了分店"}
    for _twice in range(2):
        answer = keeper.post(f"/enterprises/{kitchen.pk}/people/{cook.pk}/end/", said)
        assert answer.url == f"/enterprises/{kitchen.pk}/former/"
        said = {**said, "reason": "再说一次"}
    cook.refresh_from_db()
    after = timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()), zone)
    assert (cook.left_at, cook.reason, cook.ended_by) == (after, "去了分店", manager)
    page = keeper.get(f"/enterprises/{kitchen.pk}/former/").text
    assert "陈桂香" in page
    assert "去了分店" in page
    assert "陈桂香" not in keeper.get(f"/enterprises/{kitchen.pk}/").text


@pytest.mark.parametrize("days", [1, -200])
def test_a_day_that_cannot_be_the_last_is_refused(
    keeper: Client, kitchen: Enterprise, cook: Membership, days: int
) -> None:
    day = timezone.localdate(timezone=timezone.get_default_timezone()) + timedelta(days=days)
    answer = keeper.post(
        f"/enterprises/{kitchen.pk}/people/{cook.pk}/end/", {"last_day": day.isoformat(), "reason": "走了"}
    )
    assert answer.status_code == 422
    assert answer.context["end_form"].errors["last_day"]
    cook.refresh_from_db()
    assert cook.left_at is None


def test_without_a_reason_nobody_is_taken_off(keeper: Client, kitchen: Enterprise, cook: Membership) -> None:
    today = timezone.localdate().isoformat()
    answer = keeper.post(
        f"/enterprises/{kitchen.pk}/people/{cook.pk}/end/", {"last_day": today, "reason": " "}
    )
    assert answer.status_code == 422
    cook.refresh_from_db()
    assert cook.left_at is None


def test_who_came_back_is_not_among_the_former(keeper: Client, kitchen: Enterprise) -> None:
    user, now = UserFactory(name="回来的人"), timezone.now()
    MembershipFactory(
        user=user, enterprise=kitchen, joined_at=now - timedelta(days=9), left_at=now - timedelta(days=5)
    )
    assert "回来的人" in keeper.get(f"/enterprises/{kitchen.pk}/former/").text
    MembershipFactory(user=user, enterprise=kitchen)
    assert "回来的人" not in keeper.get(f"/enterprises/{kitchen.pk}/former/").text


# Who appoints


def test_the_supervising_staff_appoint_and_dismiss(kitchen: Enterprise, cook: Membership) -> None:
    boss = official(kitchen.district)
    client, at = client_of(boss), f"/staff/enterprises/{kitchen.pk}/managers/"
    for _twice in range(2):
        assert client.post(at, {"person": cook.user_id}).status_code == 302
    client.post(at, {"phone": "138 9999 0000", "name": "老板"})
    current = EnterpriseManager.objects.current().filter(enterprise=kitchen)
    assert {one.user for one in current} == {cook.user, User.objects.get(phone="13899990000")}
    assert {one.appointed_by for one in current} == {boss}
    assert cook.user.name in client.get(at).text
    one = current.get(user=cook.user)
    for _twice in range(2):
        assert client.post(f"{at}{one.pk}/dismiss/").status_code == 302
    one.refresh_from_db()
    assert (one.until is not None, one.dismissed_by) == (True, boss)
    assert kitchen.changes.filter(by=boss).count() == 3
    assert client_of(cook.user).get(f"/enterprises/{kitchen.pk}/").status_code == 404


@pytest.mark.parametrize("data", [{}, {"phone": "12"}, {"person": "999999"}])
def test_who_is_to_be_manager_must_be_said(kitchen: Enterprise, data: dict[str, str]) -> None:
    client = client_of(official(kitchen.district))
    assert client.post(f"/staff/enterprises/{kitchen.pk}/managers/", data).status_code == 422
    assert not EnterpriseManager.objects.exists()


def test_nobody_else_appoints(kitchen: Enterprise, manager: User, cook: Membership) -> None:
    at = f"/staff/enterprises/{kitchen.pk}/managers/"
    one = EnterpriseManager.objects.get()
    for user in [manager, *strangers(kitchen)]:
        client = client_of(user)
        for address in (at, f"{at}{one.pk}/dismiss/"):
            assert client.post(address, {"person": cook.user_id}).status_code in (403, 404)
    assert client_of(None).get(at).status_code == 302
    assert list(EnterpriseManager.objects.current().filter(enterprise=kitchen)) == [one]
