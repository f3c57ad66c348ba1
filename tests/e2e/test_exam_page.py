"""A paper drawn from the official bank, on a phone with a slow network that breaks down: from the start to the certificate."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.conftest import RunningSite, Visit, give_a_name, sign_in_by_phone

EXAM = Path(__file__).resolve().parents[3] / "shared" / "exam"
BANK = EXAM / "食品安全管理人员题库.xlsx"
# bytes a second and milliseconds: a phone in a cold store
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
HOUR = 300_000

MAKE = f"""
from decimal import Decimal
from pathlib import Path
from django.utils import timezone
from taggit.models import Tag
from academy.accounts.models import User
from academy.courses.models import CourseIndexPage, CoursePage
from academy.exams.exchange import read_file, take_in
from academy.exams.models import Paper, PaperDraw
editor, now, path = User.objects.get(email="editor@example.org"), timezone.now(), Path({str(BANK)!r})
batch = read_file(path.name, path.read_bytes(), editor, now, tags=["官方"], difficulty=2)
print(take_in(batch, editor, False, now))
paper = Paper(title="官方题库抽题", pass_mark=60, minutes=30)
tag = Tag.objects.get(name="官方")
paper.draws = [PaperDraw(tag=tag, kind=kind, count=n) for kind, n in (("single", 3), ("multiple", 2), ("truefalse", 3))]
paper.save()
CourseIndexPage.objects.get().add_child(instance=CoursePage(
    title="食品安全管理人员考试", slug="official", outcome="管得好一家店", hours=Decimal(2), paper=paper, validity_months=12
))
"""
RIGHT = """
import json
from academy.exams.models import Attempt
attempt = Attempt.objects.get(user__phone={phone!r})
print(json.dumps([[o["text"] for o in q["options"] if o["correct"]] for q in attempt.questions]))
"""


@pytest.fixture(scope="module")
def official(site: RunningSite) -> None:
    if not BANK.exists():
        pytest.skip("the official question bank is not beside this checkout")
    assert site.run(MAKE).splitlines()[-1] == "337"


def sitter(visit: Visit, site: RunningSite, phone: str, **options: Any) -> Page:
    page = visit("/accounts/login/?next=/me/", 390, **options)
    sign_in_by_phone(page, site, phone)
    page.wait_for_url(re.compile("/me/"))
    return page


def choose(page: Page, texts: list[str]) -> None:
    for option in page.locator("#answer label.opt").all():
        if any(option.inner_text().strip().endswith(text) for text in texts):
            option.click()


def go_on(page: Page) -> None:
    page.locator("#next").click()


@pytest.mark.usefixtures("official")
def test_a_paper_is_sat_over_a_bad_network_up_to_the_certificate(visit: Visit, site: RunningSite) -> None:
    phone = "13700009001"
    page = sitter(visit, site, phone)
    give_a_name(site, phone)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW)
    page.goto(f"{site.url}/courses/official/")
    page.get_by_role("link", name=re.compile("考试")).first.click()
    page.get_by_role("button", name="开始").click()
    expect(page.locator("#answer")).to_be_visible()
    right = json.loads(site.run(RIGHT.format(phone=phone)))

    for texts in right[:3]:
        choose(page, texts)
        go_on(page)
    expect(page.locator("#answered")).to_have_text("3")
    expect(page.locator(".sheet .w")).to_have_count(0)
    network.send("Network.emulateNetworkConditions", {**SLOW, "offline": True})
    for texts in right[3:6]:
        choose(page, texts)
        go_on(page)
    expect(page.locator("#undelivered")).to_contain_text("3题还没送到")
    network.send("Network.emulateNetworkConditions", SLOW)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#undelivered")).to_be_hidden()

    other = visit("/me/", 390, storage_state=page.context.storage_state())
    other.goto(page.url)
    expect(other.locator("#answered")).to_have_text("6")
    for n, texts in enumerate(right[6:], 7):
        other.goto(re.sub(r"\?q=\d+", f"?q={n}", page.url))
        choose(other, texts)
        expect(other.locator("#answered")).to_have_text(str(n))
        expect(other.locator(".sheet .w")).to_have_count(0)
    other.locator("#answer .act #next").click()
    other.get_by_role("button", name="交卷").click()
    expect(other.locator("main")).to_contain_text("合格")

    other.goto(f"{site.url}/me/")
    other.locator("a[href^='/certificates/']").first.click()
    expect(other.locator("main")).to_contain_text("食品安全管理人员考试")
    code = zxingcpp.read_barcode(Image.open(io.BytesIO(other.screenshot(full_page=True))))
    assert code is not None
    pdf = pypdfium2.PdfDocument(other.request.get(f"{other.url}certificate.pdf").body())
    assert len(pdf) == 1
    assert pdf[0].get_textpage().search("欧阳小梅").get_next()
    anybody = visit(code.text.removeprefix(site.url))
    expect(anybody.locator("main")).to_contain_text("有效")
    expect(anybody.locator("main")).not_to_contain_text("欧阳小梅")


@pytest.mark.usefixtures("official")
def test_a_course_and_its_exam_cost_a_phone_little(visit: Visit, site: RunningSite) -> None:
    """Everything but pictures and films, for a worker who opens the site for the first time."""
    page = sitter(visit, site, "13700009002", service_workers="block")
    give_a_name(site, "13700009002")
    page.context.clear_cookies(name="csrftoken")
    network, received = page.context.new_cdp_session(page), []
    network.send("Network.enable")
    network.send("Network.clearBrowserCache")
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(f"{site.url}/courses/anti-waste/")
    for link in page.locator("ol.toc a").evaluate_all("all => all.map(one => one.href)"):
        page.goto(link)
    page.goto(f"{site.url}/courses/official/")
    page.get_by_role("link", name=re.compile("考试")).first.click()
    page.get_by_role("button", name="开始").click()
    expect(page.locator("#answer")).to_be_visible()
    assert 0 < sum(received) < HOUR


def test_pages_that_were_open_are_read_without_a_network(visit: Visit, site: RunningSite) -> None:
    page = visit("/courses/anti-waste/ordering/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    title = page.locator("h1").inner_text()
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_have_text(title)
    page.goto(f"{site.url}/handbooks/kitchen/")
    expect(page.locator("h1")).to_have_text("现在没有网")
    expect(page.locator("#kept")).to_contain_text("帮客人点得刚好")
    page.context.set_offline(False)


def test_the_site_can_be_installed(visit: Visit, site: RunningSite) -> None:
    page = visit("/")
    address = page.locator("link[rel=manifest]").get_attribute("href")
    manifest = page.request.get(f"{site.url}{address}").json()
    assert (manifest["start_url"], manifest["display"]) == ("/", "standalone")
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert sizes == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert page.request.get(f"{site.url}{icon['src']}").headers["content-type"] == "image/png"
    errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")
    assert [
        one["errorId"] for one in errors["installabilityErrors"] if one["errorId"] != "in-incognito"
    ] == []
