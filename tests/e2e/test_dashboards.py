"""The pages of numbers: their charts, under the strict policy, and their width on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import RunningSite

Visit = Callable[..., Page]


@pytest.fixture
def staff(visit: Visit) -> Page:
    page = visit("/accounts/login/?next=/staff/", 1280)
    page.get_by_text("用邮箱和密码登录").click()
    page.get_by_label("邮箱").fill("staff@example.org")
    page.get_by_label("密码", exact=True).fill("shian-demo-2026")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator(".tiles a").first).to_be_visible()
    return page


def test_charts_are_drawn_and_nothing_is_refused(staff: Page) -> None:
    said: list[Any] = []
    staff.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    staff.reload()
    # a funnel that nobody has entered is left out
    plots = staff.locator(".plot").count()
    assert plots
    expect(staff.locator(".plot canvas")).to_have_count(plots)
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
