"""A list that was kept on paper is copied in, line by line."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from academy.accounts.models import User
from academy.events.models import Event, SignIn
from academy.events.paper import lines
from tests.factories import EventFactory, MembershipFactory
from tests.gatherings import client_of, official

pytestmark = pytest.mark.django_db
LIST = """序号\t姓名\t电话
1\t王师傅\t13800138001
2\t李师傅\t138 0013 8002
３，赵师傅，１３８００１３８００３
陈师傅 +86 13800138004 东门酒楼
"""


@pytest.fixture
def event() -> Event:
    begins = timezone.now() - timedelta(hours=1)
    made: Event = EventFactory(begins_at=begins, ends_at=begins + timedelta(hours=2))
    return made


@pytest.fixture
def client(event: Event) -> Client:
    return client_of(official(event.district))


def send(client: Client, event: Event, people: str) -> BeautifulSoup:
    response = client.post(f"/staff/events/{event.pk}/desk/paper/", {"people": people}, follow=True)
    return BeautifulSoup(response.content, "lxml")


def names(event: Event) -> list[str]:
    return list(event.sign_ins.standing().order_by("pk").values_list("person_name", flat=True))


def test_as_it_is_copied(client: Client, event: Event) -> None:
    known = MembershipFactory(
        user__phone="13800138001", user__name="王大力", enterprise__district=event.district
    ).user
    send(client, event, LIST)
    assert names(event) == ["王大力", "李师傅", "赵师傅", "陈师傅"]
    assert event.sign_ins.get(user=known).how == SignIn.How.LIST
    assert User.objects.filter(phone="13800138004", phone_verified=True).count() == 0


def test_sent_again_it_changes_nothing(client: Client, event: Event) -> None:
    for _often in range(2):
        send(client, event, LIST)
    assert len(names(event)) == 4


def test_what_is_wrong_stays_in_the_field_with_why(client: Client, event: Event) -> None:
    found = send(client, event, "王师傅 13800138001\n李师傅 1380013\n13800138003\n没有号码")
    assert names(event) == ["王师傅"]
    assert found.textarea.text.strip().splitlines() == ["李师傅 1380013", "13800138003", "没有号码"]
    assert len(found.select("[role=alert] li .meta")) == 3


def test_nothing_and_too_much_are_said(client: Client, event: Event) -> None:
    assert send(client, event, "").select_one("#id_people_error, .msg")
    many = "\n".join(f"员工{n} 138{n:08}" for n in range(201))
    assert send(client, event, many).select_one(".msg")
    assert names(event) == []


def test_a_closed_list_takes_nobody(client: Client, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(state="cancelled", reason="停电")
    send(client, event, LIST)
    assert names(event) == []


def test_names_and_numbers_in_any_order() -> None:
    read = [(one.name, one.phone) for one in lines("13800138000,Li Ming\n2|张三|东门酒楼|13900139000")]
    assert read == [("Li Ming", "13800138000"), ("张三", "13900139000")]
