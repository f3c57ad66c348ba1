"""Invitations to a staff list: a code on the wall, a text message, and who may use them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from academy.accounts import sms
from academy.accounts.models import User
from academy.accounts.sms import MemoryGateway, Sms, SmsError, SmsGateway
from academy.organisations.inviting import AGAIN, invite
from academy.organisations.managing import appoint
from academy.organisations.models import Enterprise, Invitation, JoinRequest, Membership, Post
from tests.factories import EnterpriseFactory, MembershipFactory, PostFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

PHONE = "13912345678"


class BrokenGateway(SmsGateway):
    def send(self, phone: str, text: str) -> None:
        raise SmsError("out of credit")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def outbox() -> Iterator[list[Sms]]:
    MemoryGateway.outbox.clear()
    yield MemoryGateway.outbox
    sms._loaded.cache_clear()


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
def post() -> Post:
    return PostFactory()


@pytest.fixture
def wall(kitchen: Enterprise, manager: User) -> Invitation:
    return invite(kitchen, manager)


def join_address(invitation: Invitation) -> str:
    return f"/join/{invitation.code}/"


def works_at(user: User) -> list[Enterprise]:
    return [one.enterprise for one in Membership.objects.current().filter(user=user)]


# The code on the wall


def test_a_code_is_made_printed_and_cannot_be_guessed(
    keeper: Client, kitchen: Enterprise, post: Post
) -> None:
    at = f"/enterprises/{kitchen.pk}/invitations/"
    page = keeper.get(keeper.post(at, {"days": 30, "post": post.pk}).url)
    made = Invitation.objects.get()
    assert len(made.code) == 24
    assert join_address(made) in page.text
    assert page.context["qr"].size > 20
    assert " style=" not in page.text
    keeper.post(at, {"days": 90, "post": post.pk})
    assert Invitation.objects.get().expires_at > made.expires_at
    keeper.post(at, {"days": 7})
    assert Invitation.objects.count() == 2


def test_whoever_scans_it_asks_and_is_let_in_when_confirmed(
    keeper: Client, wall: Invitation, worker: User, worker_client: Client, kitchen: Enterprise, post: Post
) -> None:
    assert kitchen.name in worker_client.get(join_address(wall)).text
    for _twice in range(2):
        worker_client.post(join_address(wall), {"name": "李桂芳", "post": post.pk})
    asked = JoinRequest.objects.get()
    assert (asked.user, asked.invitation, asked.post) == (worker, wall, post)
    assert works_at(worker) == []
    assert kitchen.name in worker_client.get("/me/").text
    assert "李桂芳" in keeper.get(f"/enterprises/{kitchen.pk}/requests/").text
    for _twice in range(2):
        keeper.post(f"/enterprises/{kitchen.pk}/requests/{asked.pk}/accept/")
    assert works_at(worker) == [kitchen]
    assert worker.memberships.count() == 1


def test_a_stranger_signs_in_first_and_comes_back_to_it(wall: Invitation, outbox: list[Sms]) -> None:
    client = Client()
    there = join_address(wall)
    assert client.get(there).url == f"/accounts/login/?next={there}"
    client.post("/accounts/login/code/", {"phone": PHONE, "next": there})
    code = re.search(r"\d{6}", outbox[-1].text)
    assert code
    assert client.post("/accounts/login/code/confirm/", {"code": code.group(), "next": there}).url == there


def test_the_post_of_the_code_comes_before_any_other(
    kitchen: Enterprise, manager: User, worker: User, worker_client: Client, post: Post
) -> None:
    wall = invite(kitchen, manager, post=post)
    worker_client.post(join_address(wall), {"name": "李桂芳", "post": PostFactory(name="负责人").pk})
    assert JoinRequest.objects.get().post == post


@pytest.mark.parametrize("code", ["x", "%00", "。", "a" * 24, "a" * 3000])
def test_a_code_that_is_none_gets_the_same_answer(worker_client: Client, code: str) -> None:
    answer = worker_client.get(f"/join/{code}/")
    assert answer.status_code == 404
    pages = (answer, worker_client.get("/join/"))
    assert len({BeautifulSoup(page.content, "lxml").select_one(".empty").text for page in pages}) == 1


def test_what_has_run_out_or_was_taken_back_lets_nobody_in(
    keeper: Client, kitchen: Enterprise, wall: Invitation, worker: User, worker_client: Client, post: Post
) -> None:
    keeper.post(f"/enterprises/{kitchen.pk}/invitations/{wall.pk}/revoke/")
    over = Invitation.objects.create(
        enterprise=kitchen,
        code="over",
        made_by=wall.made_by,
        expires_at=timezone.now() - timedelta(seconds=1),
    )
    for one in (wall, over):
        assert worker_client.get(join_address(one)).status_code == 404
        assert worker_client.post(join_address(one), {"name": "李桂芳", "post": post.pk}).status_code == 404
    assert not JoinRequest.objects.exists()
    assert keeper.get(f"/enterprises/{kitchen.pk}/invitations/{wall.pk}/").status_code == 200
    assert join_address(wall) not in keeper.get(f"/enterprises/{kitchen.pk}/invitations/{wall.pk}/").text


def test_nobody_but_a_manager_ends_a_code_on_the_wall(wall: Invitation, worker_client: Client) -> None:
    worker_client.post(f"{join_address(wall)}no/")
    wall.refresh_from_db()
    assert wall.is_open


def test_a_code_of_an_enterprise_that_nobody_keeps_any_more_lets_in_at_once(
    wall: Invitation, kitchen: Enterprise, worker: User, worker_client: Client, post: Post
) -> None:
    kitchen.managers.update(until=timezone.now())
    worker_client.post(join_address(wall), {"name": "李桂芳", "post": post.pk})
    assert works_at(worker) == [kitchen]


# The text message


def by_phone(keeper: Client, kitchen: Enterprise, post: Post, phone: str = PHONE, **more: Any) -> Any:
    data = {"phone": phone, "name": "李桂芳", "post": post.pk, **more}
    return keeper.post(f"/enterprises/{kitchen.pk}/invitations/phone/", data, follow=True)


def test_known_and_unknown_numbers_are_answered_alike_and_nobody_is_on_the_list_yet(
    keeper: Client, kitchen: Enterprise, post: Post, outbox: list[Sms]
) -> None:
    known = UserFactory(phone="13800000001", name="张三丰")
    pages = []
    for phone in (known.phone, "13800000002"):
        page = by_phone(keeper, kitchen, post, phone).text
        pages.append(re.sub(r'value="[^"]*"|invitations/\d+', "", page).replace(phone[-4:], "…"))
        Invitation.objects.all().delete()
    assert pages[0] == pages[1]
    assert "张三丰" not in pages[0]
    assert [one.phone for one in outbox] == [known.phone, "13800000002"]
    assert not Membership.objects.exists()
    assert not User.objects.filter(phone="13800000002").exists()


def test_the_owner_of_the_number_is_let_in_when_they_confirm(
    keeper: Client, kitchen: Enterprise, post: Post, outbox: list[Sms]
) -> None:
    by_phone(keeper, kitchen, post)
    made = Invitation.objects.get()
    assert made.code in outbox[-1].text
    owner = UserFactory(phone=PHONE, name="")
    client = client_of(owner)
    assert made.code in client.get("/me/").text
    page = client.get(join_address(made))
    assert 'value="李桂芳"' in page.text
    for _twice in range(2):
        assert client.post(join_address(made), {"name": "李桂芬"}).url == "/me/"
    owner.refresh_from_db()
    made.refresh_from_db()
    assert (owner.name, works_at(owner), made.outcome) == ("李桂芬", [kitchen], "accepted")
    assert owner.memberships.count() == 1
    assert not JoinRequest.objects.exists()


def test_nobody_else_may_use_it_not_even_with_the_link(
    keeper: Client, kitchen: Enterprise, post: Post, worker: User, worker_client: Client
) -> None:
    by_phone(keeper, kitchen, post)
    made = Invitation.objects.get()
    unproven = client_of(UserFactory(phone=PHONE, phone_verified=False))
    for client in (worker_client, keeper, unproven):
        page = client.get(join_address(made))
        assert page.status_code == 404
        assert kitchen.name not in page.text
        assert client.post(join_address(made), {"name": "李桂芳"}).status_code == 404
        client.post(f"{join_address(made)}no/")
    made.refresh_from_db()
    assert made.is_open
    assert not Membership.objects.exists()


def test_the_owner_may_decline(keeper: Client, kitchen: Enterprise, post: Post) -> None:
    by_phone(keeper, kitchen, post)
    made, client = Invitation.objects.get(), client_of(UserFactory(phone=PHONE))
    client.post(f"{join_address(made)}no/")
    made.refresh_from_db()
    assert made.outcome == "declined"
    assert client.get(join_address(made)).status_code == 404
    assert made.code not in client.get("/me/").text


def test_used_once_it_does_not_let_in_again(keeper: Client, kitchen: Enterprise, post: Post) -> None:
    by_phone(keeper, kitchen, post)
    owner = UserFactory(phone=PHONE)
    client, made = client_of(owner), Invitation.objects.get()
    client.post(join_address(made), {"name": "李桂芳"})
    owner.memberships.update(left_at=timezone.now())
    assert client.post(join_address(made), {"name": "李桂芳"}).status_code == 404
    assert works_at(owner) == []


def test_sent_twice_it_is_one_invitation_and_one_message(
    keeper: Client, kitchen: Enterprise, post: Post, outbox: list[Sms]
) -> None:
    for _twice in range(2):
        by_phone(keeper, kitchen, post)
    assert Invitation.objects.count() == len(outbox) == 1
    Invitation.objects.update(sent_at=timezone.now() - AGAIN)
    by_phone(keeper, kitchen, post)
    assert len(outbox) == 2


def test_a_number_is_not_flooded(
    keeper: Client, kitchen: Enterprise, post: Post, outbox: list[Sms], settings: Any
) -> None:
    settings.INVITATION_LIMITS = {"manager": "2/day", "phone": "1/day"}
    by_phone(keeper, kitchen, post, "13900000001")
    Invitation.objects.update(sent_at=None)
    by_phone(keeper, kitchen, post, "13900000001")
    assert len(outbox) == 1
    by_phone(keeper, kitchen, post, "13900000002")
    assert len(outbox) == 1


def test_a_broken_gateway_is_told_and_the_invitation_kept(
    keeper: Client, kitchen: Enterprise, post: Post, settings: Any
) -> None:
    settings.SMS_GATEWAY = f"{__name__}.BrokenGateway"
    sms._loaded.cache_clear()
    page = by_phone(keeper, kitchen, post)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert Invitation.objects.get().sent_at is None


def test_a_wrong_number_is_said_and_nothing_lost(keeper: Client, kitchen: Enterprise, post: Post) -> None:
    page = by_phone(keeper, kitchen, post, "139 1234 567")
    assert page.status_code == 422
    assert "139 1234 567" in page.text
    assert not Invitation.objects.exists()


# Saying oneself where one works


def says_so(client: Client, kitchen: Enterprise, post: Post) -> Any:
    return client.post("/me/work/", {"name": "李桂芳", "enterprise": kitchen.pk, "post": post.pk})


def test_where_somebody_keeps_the_list_it_is_asked_and_where_nobody_does_it_is_so(
    worker: User, worker_client: Client, kitchen: Enterprise, manager: User, post: Post
) -> None:
    for _twice in range(2):
        says_so(worker_client, kitchen, post)
    assert JoinRequest.objects.get().user == worker
    assert works_at(worker) == []
    elsewhere = EnterpriseFactory()
    says_so(worker_client, elsewhere, post)
    assert works_at(worker) == [elsewhere]


def test_another_post_there_is_asked_for_and_the_same_one_is_not(
    worker_client: Client, worker: User, kitchen: Enterprise, manager: User, post: Post
) -> None:
    MembershipFactory(user=worker, enterprise=kitchen, post=post)
    says_so(worker_client, kitchen, post)
    assert not JoinRequest.objects.exists()
    says_so(worker_client, kitchen, PostFactory(name="食品安全员"))
    assert JoinRequest.objects.get().post.name == "食品安全员"
    assert Membership.objects.current().get(user=worker).post == post


def test_whoever_keeps_the_list_needs_nobodys_word(
    keeper: Client, manager: User, kitchen: Enterprise, post: Post
) -> None:
    says_so(keeper, kitchen, post)
    assert works_at(manager) == [kitchen]


def test_whoever_waits_is_not_asked_again_where_they_work(
    outbox: list[Sms], kitchen: Enterprise, manager: User, post: Post
) -> None:
    user = UserFactory()
    says_so(client_of(user), kitchen, post)
    client = Client()
    client.post("/accounts/login/code/", {"phone": user.phone})
    code = re.search(r"\d{6}", outbox[-1].text)
    assert code
    assert client.post("/accounts/login/code/confirm/", {"code": code.group()}).url == "/me/"


def test_a_refusal_has_a_reason_that_the_worker_reads(
    worker_client: Client, keeper: Client, kitchen: Enterprise, post: Post
) -> None:
    says_so(worker_client, kitchen, post)
    asked, at = JoinRequest.objects.get(), f"/enterprises/{kitchen.pk}/requests/"
    refused = keeper.post(f"{at}{asked.pk}/decline/", {"reason": ""})
    assert refused.status_code == 422
    assert refused.context["form"].errors["reason"]
    keeper.post(f"{at}{asked.pk}/decline/", {"reason": "没见过这个人"})
    assert "没见过这个人" in worker_client.get("/me/").text
    keeper.post(f"{at}{asked.pk}/accept/")
    assert not Membership.objects.exists()


def test_a_request_is_withdrawn_by_whoever_made_it(
    worker_client: Client, worker: User, keeper: Client, kitchen: Enterprise, post: Post
) -> None:
    says_so(worker_client, kitchen, post)
    asked = JoinRequest.objects.get()
    there = f"/me/requests/{asked.pk}/withdraw/"
    assert client_of(UserFactory()).post(there).status_code == 404
    assert keeper.post(there).status_code == 404
    assert Client().post(there).status_code == 302
    for _twice in range(2):
        worker_client.post(there)
    asked.refresh_from_db()
    assert asked.is_withdrawn
    keeper.post(f"/enterprises/{kitchen.pk}/requests/{asked.pk}/accept/")
    assert not Membership.objects.exists()
    says_so(worker_client, kitchen, post)
    assert JoinRequest.objects.undecided().count() == 1


def test_a_request_is_settled_by_the_invitation_that_comes_after_it(
    worker: User, worker_client: Client, keeper: Client, kitchen: Enterprise, post: Post
) -> None:
    says_so(worker_client, kitchen, post)
    by_phone(keeper, kitchen, post, worker.phone)
    worker_client.post(join_address(Invitation.objects.get()), {"name": "李桂芳"})
    assert JoinRequest.objects.get().accepted
    assert works_at(worker) == [kitchen]


def test_whoever_has_left_the_other_places_leaves_them_when_it_is_confirmed(
    worker: User, worker_client: Client, keeper: Client, kitchen: Enterprise, post: Post
) -> None:
    before = MembershipFactory(user=worker).enterprise
    data = {"name": "李桂芳", "enterprise": kitchen.pk, "post": post.pk, "how": "moved"}
    worker_client.post("/me/work/", data)
    assert works_at(worker) == [before]
    keeper.post(f"/enterprises/{kitchen.pk}/requests/{JoinRequest.objects.get().pk}/accept/")
    assert works_at(worker) == [kitchen]
