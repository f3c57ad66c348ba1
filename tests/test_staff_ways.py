"""What staff are led to: who is missing, which period, and what they read where there is nothing."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from academy.reports import periods
from tests.factories import (
    BusinessTypeFactory,
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
)

pytestmark = pytest.mark.django_db
CANTEENS = "学校食堂"
TODAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "today", lambda: TODAY)


def soup(client: Client, url: str, **query: Any) -> BeautifulSoup:
    client.cookies["django_language"] = "en"
    return BeautifulSoup(client.get(url, query).content, "lxml")


def missing(client: Client, **query: Any) -> dict[str, tuple[str, str]]:
    rows = soup(client, "/staff/", **query).select(".todo a:has(.num)")
    return {
        row.select("span")[1].get_text(strip=True): (row.select_one(".num").get_text(strip=True), row["href"])
        for row in rows
    }


def test_how_many_are_missing_is_as_many_as_the_list_behind_it_has(staff_client: Client) -> None:
    district = DistrictFactory()
    canteens, shops = BusinessTypeFactory(name=CANTEENS), BusinessTypeFactory(name="小餐饮")
    for kind, trained in ((canteens, True), (canteens, False), (canteens, False), (shops, False)):
        place = MembershipFactory(enterprise=EnterpriseFactory(district=district, business_type=kind))
        if trained:
            CompletionFactory(user=place.user)
    found = missing(staff_client)
    assert {words: n for words, (n, _url) in found.items()} == {
        "enterprises with nobody trained": "3",
        "school canteens with nobody trained": "2",
        "places of work whose holder is not trained": "3",
    }
    for n, url in found.values():
        page = soup(staff_client, url)
        assert len(page.select("main tbody tr")) == int(n)
    canteen_page = soup(staff_client, found["school canteens with nobody trained"][1])
    assert canteen_page.h1.string == "Enterprises with nobody trained"
    assert canteen_page.h2.string == f"{CANTEENS}: 2"


def test_where_nobody_is_missing_the_empty_list_says_so(staff_client: Client) -> None:
    empty = DistrictFactory(name="西渚县")
    place = MembershipFactory(enterprise__business_type=BusinessTypeFactory(name=CANTEENS))
    CompletionFactory(user=place.user)
    url = missing(staff_client)["school canteens with nobody trained"][1]
    assert "None is missing" in soup(staff_client, url).main.get_text()
    nowhere = soup(staff_client, "/staff/coverage/enterprises/", district=empty.pk)
    assert "None is missing" not in nowhere.main.get_text()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("quarter", "Quarter 4 of 2026"),
        ("last-month", "October 2026"),
        ("last-quarter", "Quarter 3 of 2026"),
        ("last-half", "First half of 2026"),
        ("last-year", "The year 2025"),
    ],
)
def test_a_period_is_one_choice(staff_client: Client, name: str, said: str) -> None:
    page = soup(staff_client, "/staff/", period=name)
    assert said in page.select_one(".asof").get_text()
    assert page.select_one("select[name=period] option[selected]")["value"] == name


@pytest.mark.parametrize("url", ["/staff/events/987654/", "/staff/nothing/", "/staff/certificates/SA-1/"])
def test_a_page_that_is_not_there_keeps_staff_in_their_frame(staff_client: Client, url: str) -> None:
    response = staff_client.get(url)
    page = BeautifulSoup(response.content, "lxml")
    assert response.status_code == 404
    assert page.select_one("main form[role=search]")["action"] == "/staff/find/"
    assert page.select_one("nav.main a[href='/staff/events/']")


def test_a_stranger_sees_the_public_one(client: Client) -> None:
    response = client.get("/staff/nothing/")
    assert response.status_code == 404
    assert b"/staff/find/" not in response.content


def test_an_edition_that_nobody_named_leads_to_the_editions(staff_client: Client) -> None:
    assert staff_client.get("/staff/handbooks/edition/")["Location"] == "/staff/handbooks/"


def test_filters_that_are_set_are_not_folded_away(staff_client: Client) -> None:
    DistrictFactory()
    BusinessTypeFactory(name=CANTEENS)
    plain = soup(staff_client, "/staff/", period="year").select_one("details.fold")
    assert plain.has_attr("data-fold")
    assert not soup(staff_client, "/staff/", business_type=CANTEENS).select_one("details.fold[data-fold]")
