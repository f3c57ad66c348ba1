"""Signing in to an event: by the code on the wall with a phone, and at the door with a tablet that has no network."""

import io
import json
import re

import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import RunningSite, Visit, say_where_one_works, sign_in_by_phone

RUNNING = """
from datetime import timedelta
from decimal import Decimal
from django.utils import timezone
from academy.accounts.models import User
from academy.events.models import Event, Invited
from academy.organisations.models import District, Jurisdiction
staff, city = User.objects.get(email="staff@example.org"), District.objects.get(parent=None)
Jurisdiction.objects.get_or_create(user=staff, defaults={{"district": city}})
begins = timezone.now() - timedelta(minutes=20)
event = Event.objects.create(title={title!r}, kind="training", district=city, place="二楼", hours=Decimal(2),
    begins_at=begins, ends_at=begins + timedelta(hours=2), organiser=staff, signs_out=True)
for n in (1, 2, 3):
    user = User.objects.get(phone=f"1380000000{{n}}")
    Invited.objects.create(event=event, user=user, person_name=user.name)
print(event.pk)
"""
WHO = """
import json
from academy.events.models import SignIn
rows = SignIn.objects.filter(event={pk}).order_by("pk")
print(json.dumps([[one.user.phone, one.how, bool(one.signature), one.typed] for one in rows]))
"""


def running(site: RunningSite, title: str) -> int:
    return int(site.run(RUNNING.format(title=title)))


def who(site: RunningSite, pk: int) -> list[list[str]]:
    found: list[list[str]] = json.loads(site.run(WHO.format(pk=pk)))
    return found


def staff_page(visit: Visit, address: str, width: int) -> Page:
    page = visit(f"/accounts/login/?next={address}", width)
    page.get_by_text("用邮箱和密码登录").click()
    page.get_by_label("邮箱").fill("staff@example.org")
    page.get_by_label("密码", exact=True).fill("shian-demo-2026")
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(re.compile(address))
    return page


def code_on(page: Page) -> str:
    """What a phone reads off the wall; a picture taken while the code changes has none."""
    for _attempt in range(5):
        read = zxingcpp.read_barcode(Image.open(io.BytesIO(page.screenshot())))
        if read:
            return read.text
    raise AssertionError("no code on the screen")


def test_a_phone_signs_in_by_the_code_on_the_wall(visit: Visit, site: RunningSite) -> None:
    pk = running(site, "秋季培训")
    wall = staff_page(visit, f"/staff/events/{pk}/", 1280)
    wall.locator(f"form[action='/staff/events/{pk}/screen/'] button").click()
    expect(wall.locator("#code svg")).to_be_visible()
    first = code_on(wall)
    assert first.startswith(f"{site.url}/events/{pk}/code/")
    phone = visit(first.removeprefix(site.url))
    sign_in_by_phone(phone, site, "13700008001")
    say_where_one_works(phone)
    phone.wait_for_url(re.compile(f"/events/{pk}/here/"))
    phone.locator("main form button").click()
    phone.wait_for_url(re.compile(f"/events/{pk}/$"))
    expect(wall.locator(".ev-n b")).to_have_text("1")
    assert who(site, pk) == [["13700008001", "code", False, ""]]

    shown = {first}
    while len(shown) < 4:
        drawn = wall.locator("#code path").get_attribute("d")
        wall.wait_for_function("d => document.querySelector('#code path').getAttribute('d') !== d", arg=drawn)
        shown.add(code_on(wall))
    late = visit("/")
    assert late.request.get(first).status == 410
    wall.context.set_offline(True)
    expect(wall.locator("#stale")).to_be_visible(timeout=60_000)
    expect(wall.locator("#code svg")).to_be_hidden()


def test_the_door_goes_on_without_a_network(visit: Visit, site: RunningSite) -> None:
    pk = running(site, "地下室培训")
    address = f"/staff/events/{pk}/desk/"
    page = staff_page(visit, address, 390)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    expect(page.locator("#people li")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.set_offline(True)

    page.locator("#people li").nth(0).locator("[data-enter]").click()
    page.locator("#people li").nth(1).locator("[data-signs]").click()
    field = page.locator("#pad").bounding_box()
    assert field
    page.mouse.move(field["x"] + 20, field["y"] + 20)
    page.mouse.down()
    page.mouse.move(field["x"] + 200, field["y"] + 90, steps=8)
    page.mouse.up()
    page.locator("#signed").click()
    page.locator("#newcomer [name=phone]").fill("137 0000 8002")
    page.locator("#newcomer [name=name]").fill("没在名单上的小陈")
    page.locator("#newcomer [data-signs]").click()
    page.locator("#typed").fill("没在名单上的小陈")
    page.locator("#signed").click()
    expect(page.locator("#there")).to_have_text("3")
    expect(page.locator("#undelivered")).to_be_visible()
    page.wait_for_function("document.querySelector('#undelivered b').textContent.includes('3')")

    page.reload()
    expect(page.locator("#there")).to_have_text("3")
    expect(page.locator("#undelivered b")).to_contain_text("3")
    assert who(site, pk) == []
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#undelivered")).to_be_hidden()
    assert sorted(who(site, pk)) == [
        ["13700008002", "signature", False, "没在名单上的小陈"],
        ["13800000001", "signature", True, ""],
        ["13800000002", "list", False, ""],
    ]
    page.locator("#people li").nth(0).locator("[data-leave]").click()
    expect(page.locator("#people li").nth(0).locator("[data-leave]")).to_be_hidden()
    page.reload()
    expect(page.locator("#there")).to_have_text("3")


def test_the_pages_of_events_can_be_read_and_used_by_everybody(visit: Visit, site: RunningSite) -> None:
    pk = running(site, "无障碍")
    page = staff_page(visit, f"/staff/events/{pk}/", 1280)
    page.locator(f"form[action='/staff/events/{pk}/screen/'] button").click()
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        for part in ("", "desk/", "list/", "list/print/", "invite/", "edit/", "close/", "cancel/", "screen/"):
            page.goto(f"{site.url}/staff/events/{pk}/{part}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (width, part)
            if width != 320:
                found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
                assert found.violations_count == 0, (width, part, found.generate_report())
    page.goto(f"{site.url}/staff/events/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
