from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from academy.core import limiting
from academy.records import codes
from academy.records.certifying import revoke
from academy.records.completing import complete
from academy.records.models import Certificate
from academy.records.names import masked
from tests.factories import MembershipFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


def certificate(name: str = "王小梅", ago: int = 0, months: int = 12) -> Certificate:
    place = MembershipFactory(user=UserFactory(name=name))
    completion = complete(
        place.user,
        course_key="course:7",
        course_title="烧熟煮透",
        edition=3,
        hours=Decimal("1.5"),
        score=97,
        completed_at=timezone.now() - timedelta(days=ago),
        validity_months=months,
    )
    return completion.certificates.get()


def page(client: Client, url: str, status: int = 200) -> BeautifulSoup:
    response = client.get(url)
    assert response.status_code == status
    return BeautifulSoup(response.content, "lxml")


def verdict(client: Client, url: str, status: int = 200) -> str:
    return page(client, url, status).select_one(".verdict .m").get_text()


def test_a_stranger_learns_that_it_holds_and_little_else(client: Client) -> None:
    found = certificate()
    place = found.user.memberships.get()
    shown = page(client, f"/verify/{found.code}/")
    words = shown.get_text(" ", strip=True)
    assert shown.select_one(".verdict .m.green").get_text() == "真"
    for said in ("王*梅", "烧熟煮透", "3", found.number, str(timezone.localdate().year)):
        assert said in words
    for kept in ("王小梅", place.enterprise.name, place.post.name, found.user.phone, "97", "1.5"):
        assert kept not in words


def test_the_three_states_are_told_in_words_and_colour(client: Client) -> None:
    valid, expired, revoked = certificate(), certificate(ago=400), certificate()
    revoke(revoked, StaffFactory(), "考试请人代考")
    assert verdict(client, f"/verify/{valid.code}/") == "真"
    assert verdict(client, f"/verify/{expired.code}/") == "期"
    assert verdict(client, f"/verify/{revoked.code}/") == "销"
    assert "考试请人代考" not in page(client, f"/verify/{revoked.code}/").get_text()


def test_every_unknown_code_gets_one_and_the_same_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate()
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    unknown = codes.new_code()
    urls = (
        f"/verify/{unknown}/",
        "/verify/1/",
        "/verify/SA-2026-000001/",
        "/verify/a/b/c/",
        "/verify/%00%3Cscript%3E/",
        f"/verify/{'A' * 500}/",
    )
    answers = {client.get(url).content for url in urls}
    assert len(answers) == 1
    assert {client.get(url).status_code for url in urls} == {404}
    assert verdict(client, urls[0], 404) == "无"


def test_small_letters_dashes_and_full_width_are_forgiven(client: Client) -> None:
    code = certificate().code
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in code)
    for typed in (codes.grouped(code), code.lower(), codes.grouped(code).lower(), full_width):
        assert verdict(client, f"/verify/{typed}/") == "真"
        response = client.get("/verify/", {"code": f" {typed} "})
        assert response.status_code == 302
        assert response["Location"] == f"/verify/{code}/"


def test_the_form_works_without_a_script_and_says_when_it_is_empty(client: Client) -> None:
    shown = page(client, "/verify/")
    assert shown.select_one("form[method=get][action='/verify/'] input[name=code]")
    assert page(client, "/verify/?code=").select_one(".fld.bad .msg")
    assert page(client, "/verify/?code=。。。").select_one(".fld.bad .msg")


def test_it_loads_nothing_but_its_style_and_is_kept_nowhere(client: Client) -> None:
    found = certificate()
    for url, status in (("/verify/", 200), (f"/verify/{found.code}/", 200), ("/verify/x/", 404)):
        response = client.get(url)
        assert response.status_code == status
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Cache-Control"] == "no-store"
        assert not response.cookies
        shown = BeautifulSoup(response.content, "lxml")
        assert not shown.select("script, img, iframe, nav")
        assert [link["href"] for link in shown.select("link[rel=stylesheet]")] == [
            "/static/academy/academy.css"
        ]
        assert [link["href"] for link in shown.select("link:not([rel=stylesheet])")] == ["data:,"]


def test_one_question_to_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    code = certificate().code
    with django_assert_num_queries(1):
        client.get(f"/verify/{code}/")


def test_only_looking_is_allowed(client: Client) -> None:
    assert client.post(f"/verify/{certificate().code}/").status_code == 405


@pytest.fixture
def _counted_anew() -> Iterator[None]:
    limiting.limiter.cache_clear()
    yield
    limiting.limiter.cache_clear()


@pytest.mark.usefixtures("_counted_anew")
def test_whoever_walks_through_the_codes_is_slowed_down_by_address(client: Client, settings: Any) -> None:
    settings.VERIFY_LIMIT = "3/minute"
    code = certificate().code
    for _try in range(3):
        assert client.get("/verify/nothing/").status_code == 404
    assert client.get(f"/verify/{code}/").status_code == 429
    assert client.get(f"/verify/{code}/", REMOTE_ADDR="203.0.113.9").status_code == 200
    assert client.get("/verify/").status_code == 200


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王梅", "王*"),
        ("王小梅", "王*梅"),
        ("王 小 梅", "王*梅"),
        ("欧阳修", "欧阳*"),
        ("欧阳娜娜", "欧阳*娜"),
        ("欧阳", "欧*"),
        ("爱新觉罗溥仪", "爱****仪"),
        ("䶮㛃", "䶮*"),
        ("王", "王*"),
        ("阿依古丽·买买提", "阿***·买**"),
        ("Maria Schmidt-Li", "M**** S******-L*"),
        ("", "*"),
    ],
)
def test_a_name_is_masked_but_recognised_by_who_knows_it(name: str, shown: str) -> None:
    assert masked(name) == shown


@given(st.text(min_size=2, max_size=20))
def test_no_name_is_ever_shown_whole(name: str) -> None:
    assert masked(name) != name or not name.strip(" ·•．.-\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029")
