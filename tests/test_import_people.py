"""Rosters come in as sheets: who works where, at what post, since when; and what is somebody's own stays theirs."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.imports import beginning
from academy.organisations.models import (
    District,
    Enterprise,
    EnterpriseManager,
    Invitation,
    Membership,
    RegisterImport,
)
from tests.factories import (
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
)
from tests.registers import PEOPLE, apply, client_of, code, official, problems, send, states, undo, xlsx

pytestmark = pytest.mark.django_db
PHONE = "13900000001"
LONG_AGO = timezone.make_aware(datetime(2024, 5, 1, 9))


@pytest.fixture
def east(db: Any) -> District:
    PostFactory(name="厨师")
    PostFactory(name="切配")
    return DistrictFactory(name="东关区")


@pytest.fixture
def client(east: District) -> Client:
    return client_of(official(east))


@pytest.fixture
def place(east: District) -> Enterprise:
    return EnterpriseFactory(credit_code=code(1), district=east)


def row(phone: str = PHONE, n: int = 1, **said: Any) -> list[Any]:
    cells = {"统一社会信用代码": code(n), "手机号": phone, "姓名": "张三", "岗位": "厨师"} | said
    return [cells.get(head, "") for head in PEOPLE]


def roster(*rows: list[Any]) -> bytes:
    return xlsx(PEOPLE, rows)


def at_work(phone: str = PHONE) -> list[tuple[str, str]]:
    found = Membership.objects.current().filter(user__phone=phone).order_by("enterprise")
    return [(one.enterprise.credit_code, one.post.name) for one in found]


def test_who_is_new_gets_an_account_that_nobody_has_signed_in_to(client: Client, place: Enterprise) -> None:
    data = roster(row(起始日期="2025-03-01"), row("139 0000 0002", 姓名="李四"))
    batch = send(client, "people", data)
    assert states(batch) == ["new", "new"]
    assert not User.objects.filter(phone=PHONE).exists()
    apply(client, batch)
    user = User.objects.get(phone=PHONE)
    assert (user.name, user.phone_verified, user.has_usable_password()) == ("张三", False, False)
    membership = Membership.objects.get(user=user)
    assert timezone.localdate(membership.joined_at) == date(2025, 3, 1)
    assert states(send(client, "people", data)) == ["unchanged", "unchanged"]


def test_somebody_may_work_in_two_places_and_is_one_person(
    client: Client, place: Enterprise, east: District
) -> None:
    EnterpriseFactory(credit_code=code(2), district=east)
    data = roster(row(), row(n=2, 岗位="切配"), row())
    batch = send(client, "people", data)
    assert states(batch) == ["new", "new", "wrong"]
    apply(client, batch, only_good=True)
    assert at_work() == [(code(1), "厨师"), (code(2), "切配")]
    assert User.objects.filter(phone=PHONE).count() == 1
    assert states(send(client, "people", data)) == ["unchanged", "unchanged", "wrong"]


def test_another_post_ends_the_old_one(client: Client, place: Enterprise) -> None:
    known = MembershipFactory(
        user=UserFactory(phone=PHONE, name="张三"), enterprise=place, joined_at=LONG_AGO
    )
    data = roster(row(岗位="切配", 起始日期="2026-02-01"))
    batch = send(client, "people", data)
    assert batch.rows.get().changes["岗位"] == ["厨师", "切配"]
    apply(client, batch)
    known.refresh_from_db()
    assert timezone.localdate(known.left_at) == date(2026, 2, 1)
    assert at_work() == [(code(1), "切配")]
    assert states(send(client, "people", data)) == ["unchanged"]
    undo(client, batch)
    assert at_work() == [(code(1), "厨师")]
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("since", ["2024-05-01", "2024-01-01"])
def test_another_post_needs_another_day(client: Client, place: Enterprise, since: str) -> None:
    MembershipFactory(user=UserFactory(phone=PHONE, name="张三"), enterprise=place, joined_at=LONG_AGO)
    batch = send(client, "people", roster(row(岗位="切配", 起始日期=since)))
    assert problems(batch)[2][0].startswith("起始日期")


def test_who_left_is_ended_on_that_day_and_may_come_back(client: Client, place: Enterprise) -> None:
    MembershipFactory(user=UserFactory(phone=PHONE, name="张三"), enterprise=place, joined_at=LONG_AGO)
    data = roster(row(离职日期="2026-01-31"))
    batch = apply(client, send(client, "people", data))
    assert at_work() == []
    assert timezone.localdate(Membership.objects.get().left_at) == date(2026, 1, 31)
    assert states(send(client, "people", data)) == ["unchanged"]
    assert states(send(client, "people", roster(row(起始日期="2025-01-01")))) == ["wrong"]
    back = apply(client, send(client, "people", roster(row(起始日期="2026-03-01"))))
    assert at_work() == [(code(1), "厨师")]
    undo(client, batch)
    assert batch.journal.get().kept
    undo(client, back)
    assert at_work() == []


@pytest.mark.parametrize(
    ("said", "head"),
    [
        ({"手机号": "1.38E+10"}, "手机号"),
        ({"手机号": "1390000000"}, "手机号"),
        ({"手机号": ""}, "手机号"),
        ({"姓名": ""}, "姓名"),
        ({"姓名": "=1+1"}, "姓名"),
        ({"岗位": "厨子"}, "岗位"),
        ({"岗位": ""}, "岗位"),
        ({"起始日期": "2999-01-01"}, "起始日期"),
        ({"起始日期": "去年"}, "起始日期"),
        ({"离职日期": "2026-01-01"}, "离职日期"),
        ({"统一社会信用代码": ""}, "统一社会信用代码"),
        ({"统一社会信用代码": code(99)}, "统一社会信用代码"),
        ({"起始日期": "清空"}, "起始日期"),
    ],
)
def test_a_bad_cell_is_named(client: Client, place: Enterprise, said: dict[str, str], head: str) -> None:
    batch = send(client, "people", roster(row(**said)))
    assert [words.split("：")[0] for words in problems(batch)[2]] == [head]


def test_the_enterprises_of_others_are_as_if_they_were_not_there(client: Client, place: Enterprise) -> None:
    EnterpriseFactory(credit_code=code(2), district=DistrictFactory(name="西川区"))
    batch = send(client, "people", roster(row(n=2), row(n=3)))
    theirs, none = problems(batch).values()
    assert theirs == none


def test_a_phone_number_tells_nobodys_name(client: Client, place: Enterprise) -> None:
    """Somebody who works elsewhere, somebody who has signed in, and an official keep their names."""
    elsewhere = UserFactory(name="王秘密", phone="13900000005")
    signed_in = UserFactory(name="赵自己", phone="13900000006", last_login=timezone.now())
    MembershipFactory(user=signed_in, enterprise=place)
    batch = send(client, "people", roster(row(elsewhere.phone), row(signed_in.phone, 姓名="张四")))
    assert states(batch) == ["wrong", "wrong"]
    page = client.get(f"/staff/imports/{batch.pk}/").content.decode()
    assert "王秘密" not in page
    assert "王秘密" not in str(problems(batch))
    right = send(client, "people", roster(row(elsewhere.phone, 姓名="王秘密")))
    assert states(right) == ["new"]


def test_a_name_is_put_right_for_who_works_here_and_has_not_signed_in(
    client: Client, place: Enterprise
) -> None:
    user = UserFactory(name="张散", phone=PHONE)
    MembershipFactory(user=user, enterprise=place)
    batch = send(client, "people", roster(row()))
    assert batch.rows.get().changes == {"姓名": ["张散", "张三"]}
    apply(client, batch)
    user.refresh_from_db()
    assert user.name == "张三"
    undo(client, batch)
    user.refresh_from_db()
    assert user.name == "张散"


def test_one_number_with_two_names_is_wrong(client: Client, place: Enterprise, east: District) -> None:
    EnterpriseFactory(credit_code=code(2), district=east)
    batch = send(client, "people", roster(row(), row(n=2, 姓名="李四")))
    assert states(batch) == ["new", "wrong"]


def test_whoever_an_account_turned_out_to_be_works_there(client: Client, place: Enterprise) -> None:
    user = UserFactory(phone="13900000009", name="张三")
    old = UserFactory(phone=PHONE, name="张三", merged_into=user)
    MembershipFactory(user=old, enterprise=place)
    assert states(send(client, "people", roster(row(), row(user.phone)))) == ["unchanged", "wrong"]


def test_undone_accounts_go_where_nothing_has_come_of_them(client: Client, place: Enterprise) -> None:
    rows = [row(f"1390000000{n}", 姓名=f"人{n}", 起始日期="2025-01-01") for n in range(4)]
    batch = apply(client, send(client, "people", roster(*rows)))
    User.objects.filter(phone="13900000001").update(last_login=timezone.now())
    learned = User.objects.get(phone="13900000002")
    CompletionFactory(user=learned, **learned.memberships.get().snapshot())
    CompletionFactory(user=User.objects.get(phone="13900000003"))
    undo(client, batch)
    left = dict(User.objects.filter(phone__startswith="1390000000").values_list("phone", "name"))
    assert set(left) == {"13900000001", "13900000002", "13900000003"}
    assert Membership.objects.get().user == learned
    assert not Membership.objects.current().exists()


def test_a_manager_brings_in_their_own_staff_only(east: District, place: Enterprise) -> None:
    """One door for all: the scope says what may be touched. Whoever is new is invited: nobody is on a list by somebody
    else's word alone."""
    manager = UserFactory()
    EnterpriseManager.objects.create(user=manager, enterprise=place)
    EnterpriseFactory(credit_code=code(2), district=east)
    rows = [row(), row("13900000002", n=2), row("13900000003", 统一社会信用代码="")]
    batch = beginning.bring("people", "名单.xlsx", roster(*rows), manager, place)
    batch.refresh_from_db()
    assert states(batch) == ["new", "wrong", "new"]
    beginning.move(batch, (RegisterImport.State.CHECKED,), RegisterImport.State.APPLYING, only_good=True)
    assert not Membership.objects.current().filter(enterprise=place).exists()
    assert Invitation.objects.open().filter(enterprise=place).count() == 2
    other = beginning.bring("people", "名单.xlsx", roster(row()), UserFactory(), place)
    assert states(other) == ["wrong"]


def test_rosters_are_judged_and_written_by_the_batch(
    client: Client, place: Enterprise, django_assert_max_num_queries: Any
) -> None:
    for n in range(100, 120):
        user = UserFactory(phone=f"13900000{n}", name="旧人")
        MembershipFactory(user=user, enterprise=place, joined_at=timezone.now() - timedelta(days=50))
    rows = [row(f"13900000{n}", 岗位="切配", 姓名="旧人" if n < 120 else "新人") for n in range(100, 500)]
    with django_assert_max_num_queries(40):
        batch = send(client, "people", roster(*rows))
    with django_assert_max_num_queries(60):
        apply(client, batch)
    assert Membership.objects.current().filter(post__name="切配").count() == 400
