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
    assert f"/events/{pk}/late/" in late.request.get(first).url
    assert who(site, pk) == [["13700008001", "code", False, ""]]
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


CONFIRM = """
from django.utils import timezone
from academy.accounts.models import User
from academy.events.models import Event
from academy.events.scans import confirm
for scan in Event.objects.get(pk={pk}).scans.undecided():
    confirm(scan, User.objects.get(email="staff@example.org"), timezone.now())
"""
CLAIMED = """
from academy.events.models import Event
print([[one.user.phone, (one.stored_at - one.shown_at).total_seconds() > 600] for one in Event.objects.get(pk={pk}).scans.all()])
"""
CODE = """
from datetime import timedelta
from django.utils import timezone
from academy.events import codes
from academy.events.models import Event
print(codes.current(Event.objects.get(pk={pk}), timezone.now() - timedelta(minutes={ago})))
"""


def test_a_phone_scans_without_a_network_and_sends_it_within_the_hour(
    visit: Visit, site: RunningSite
) -> None:
    pk = running(site, "防空洞里的培训")
    # as the network had it: the code was on the wall twenty minutes before it came in
    code = site.run(CODE.format(pk=pk, ago=20))
    phone = visit("/accounts/login/?next=/me/")
    sign_in_by_phone(phone, site, "13800000001")
    phone.wait_for_url(re.compile("/me/"))
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.wait_for_function("navigator.serviceWorker.controller !== null")
    phone.reload()
    phone.wait_for_function("caches.match('/person', { cacheName: 'meta' }).then((said) => said?.text())")
    phone.context.set_offline(True)
    phone.goto(f"{site.url}/events/{pk}/code/{code}/")
    expect(phone.locator("#kept [data-known]").first).to_be_visible()
    # pressed again, and in another tab: still once
    other = phone.context.new_page()
    other.goto(f"{site.url}/events/{pk}/code/{code}/")
    expect(other.locator("#kept [data-known]").first).to_be_visible()
    assert site.run(CLAIMED.format(pk=pk)) == "[]"
    phone.context.set_offline(False)
    for page in (phone, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_for_url(re.compile(f"/events/{pk}/(late/)?$"))
    phone.goto(f"{site.url}/events/{pk}/")
    expect(phone.locator("main .vs")).to_be_visible()
    assert site.run(CLAIMED.format(pk=pk)) == "[['13800000001', True]]"
    assert who(site, pk) == []
    site.run(CONFIRM.format(pk=pk))
    assert who(site, pk) == [["13800000001", "code", False, ""]]


def test_the_network_goes_between_the_scan_and_the_press(visit: Visit, site: RunningSite) -> None:
    pk = running(site, "信号不好的培训")
    phone = visit("/accounts/login/?next=/me/")
    sign_in_by_phone(phone, site, "13800000002")
    phone.wait_for_url(re.compile("/me/"))
    phone.goto(f"{site.url}/events/{pk}/code/{site.run(CODE.format(pk=pk, ago=0))}/")
    if phone.url.endswith("/late/"):
        phone.goto(f"{site.url}/events/{pk}/code/{site.run(CODE.format(pk=pk, ago=0))}/")
    phone.context.set_offline(True)
    phone.locator("#arrive button").click()
    expect(phone.locator("#arrive-kept")).to_be_visible()
    phone.context.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online'))")
    phone.wait_for_url(re.compile(f"/events/{pk}/$"))
    assert site.run(CLAIMED.format(pk=pk)) == "[['13800000002', False]]"


SEEN = """
from academy.events.models import Event
print([[one.user.phone, round((one.stored_at - one.at).total_seconds() / 60), one.claimed_at is None]
       for one in Event.objects.get(pk={pk}).sign_ins.order_by("pk")])
"""


def test_the_door_an_hour_without_a_network_each_once_with_its_time(visit: Visit, site: RunningSite) -> None:
    """The device's clock is set back by what passes in the test, so that it sends an hour later by its own clock."""
    pk = running(site, "一小时没有网络")
    address = f"/staff/events/{pk}/desk/"
    page = staff_page(visit, address, 390)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    expect(page.locator("#people li")).to_have_count(3)
    page.context.set_offline(True)
    began = page.evaluate("Date.now()")
    page.clock.install(time=(began - 3_600_000) / 1000)
    page.reload()
    first = page.locator("#people li").nth(0).locator("[data-enter]")
    first.dblclick(force=True)
    page.clock.fast_forward("30:00")
    page.locator("#people li").nth(1).locator("[data-enter]").click()
    page.clock.fast_forward("30:00")
    expect(page.locator("#there")).to_have_text("2")
    # two tabs of one device have one outbox
    other = page.context.new_page()
    other.goto(f"{site.url}{address}")
    expect(other.locator("#there")).to_have_text("2")
    page.context.set_offline(False)
    for tab in (page, other):
        tab.evaluate("dispatchEvent(new Event('online'))")
    for _attempt in range(40):
        page.clock.run_for(1000)
        if len(who(site, pk)) == 2:
            break
    found = json.loads(site.run(SEEN.format(pk=pk)).replace("'", '"').replace("True", "true"))
    assert len({one[0] for one in found}) == len(found) == 2
    # an event of twenty minutes' age: what is claimed from before its doors opened is not believed, all else is
    assert [one[2] for one in found] == [True, True]
    assert found[0][1] >= 55
    assert 25 <= found[1][1] <= 40


def test_a_device_that_keeps_nothing_still_sends_everything(visit: Visit, site: RunningSite) -> None:
    """A private window whose database is refused, and no service worker."""
    pk = running(site, "无痕窗口")
    page = staff_page(visit, f"/staff/events/{pk}/", 390)
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page.goto(f"{site.url}/staff/events/{pk}/desk/")
    page.context.set_offline(True)
    for n in (0, 1):
        page.locator("#people li").nth(n).locator("[data-enter]").click()
    expect(page.locator("#undelivered b")).to_contain_text("2")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#undelivered")).to_be_hidden()
    assert len(who(site, pk)) == 2


def test_a_full_device_sends_what_it_kept_before_and_what_it_could_not_keep(
    visit: Visit, site: RunningSite
) -> None:
    pk = running(site, "存满了")
    page = staff_page(visit, f"/staff/events/{pk}/desk/", 390)
    page.context.set_offline(True)
    page.locator("#people li").nth(0).locator("[data-enter]").click()
    expect(page.locator("#undelivered b")).to_contain_text("1")
    # what a browser does when there is no room
    page.evaluate("void (IDBObjectStore.prototype.add = function () { this.transaction.abort(); })")
    page.locator("#people li").nth(1).locator("[data-enter]").click()
    expect(page.locator("#undelivered b")).to_contain_text("2")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#undelivered")).to_be_hidden()
    assert len(who(site, pk)) == 2


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
