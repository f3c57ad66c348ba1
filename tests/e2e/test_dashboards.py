"""What a member of staff looks for, in three clicks from the first page; and the charts, under the strict policy."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import RunningSite

Visit = Callable[..., Page]
RECORDS = """
from django.contrib.auth import get_user_model
from academy.organisations.models import *
from academy.records.completing import complete
from decimal import Decimal
user = get_user_model().objects.create(name='陆师傅', phone='13900000777')
kind, _new = BusinessType.objects.get_or_create(name='学校食堂')
where = Enterprise.objects.exclude(business_type=kind).first()
Membership.objects.create(user=user, enterprise=where, post=Post.objects.first())
complete(user, course_key='course:99', course_title='留样', edition=1, hours=Decimal(1), validity_months=12)
Enterprise.objects.create(name='没人学的食堂', district=where.district, business_type=kind)
print(where.district.county.name, user.certificates.get().number)
"""


@pytest.fixture(scope="module")
def known(site: RunningSite) -> list[str]:
    """The name of a district with somebody trained, and the number of their certificate."""
    return site.run(RECORDS).split()


@pytest.fixture
def staff(visit: Visit, known: list[str]) -> Page:
    page = visit("/accounts/login/?next=/staff/", 1280)
    page.get_by_text("用邮箱和密码登录").click()
    page.get_by_label("邮箱").fill("staff@example.org")
    page.get_by_label("密码", exact=True).fill("shian-demo-2026")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".tiles a").first).to_be_visible()
    return page


def test_persons_of_a_district(staff: Page, known: list[str]) -> None:
    staff.locator(".tiles a", has_text=known[0]).click()
    expect(staff.locator("[data-stat=persons]")).to_contain_text(re.compile(r"[1-9]"))


def test_school_canteens_with_nobody_trained(staff: Page) -> None:
    staff.locator(".todo a").nth(1).click()
    expect(staff.locator("tbody")).to_contain_text("没人学的食堂")


def test_a_certificate_by_its_number(staff: Page, known: list[str]) -> None:
    staff.locator("#find-q").fill(known[1])
    staff.keyboard.press("Enter")
    expect(staff.get_by_role("heading", level=1)).to_contain_text(known[1])


def test_charts_are_drawn_and_nothing_is_refused(staff: Page) -> None:
    said: list[Any] = []
    staff.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    staff.reload()
    expect(staff.locator(".plot canvas")).to_have_count(2)
    assert not said


def test_no_page_of_numbers_scrolls_sideways(staff: Page, site: RunningSite) -> None:
    staff.set_viewport_size({"width": 390, "height": 844})
    for address in (
        "/staff/",
        "/staff/records/",
        "/staff/coverage/people/",
        "/staff/coverage/enterprises/",
        "/staff/reports/",
    ):
        staff.goto(site.url + address)
        assert staff.evaluate("document.documentElement.scrollWidth") <= 390, address
