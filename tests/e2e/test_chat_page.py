"""Asking on a phone and on a desk: in place, by keyboard, without scripts, over a bad line, and for a screen reader."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import RunningSite, Visit

QUESTION = "豆角要焯多久"
ANSWER = re.compile(r"10\s*分钟以上")


def ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#question-asked")).to_have_text(question)


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
def test_the_answer_comes_in_place_and_its_source_opens_at_the_words(visit: Visit, width: int) -> None:
    page = visit("/ask/", width)
    assert_accessible(page)
    ask(page, QUESTION)
    expect(page.locator(".say").first).to_have_text(ANSWER)
    assert_accessible(page)
    page.locator(".srcs a").first.click()
    expect(page.locator("main")).to_contain_text(ANSWER)
    assert "#" in page.url
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(QUESTION)


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_of_the_chat_is_accessible(visit: Visit, site: RunningSite, width: int) -> None:
    page = visit("/ask/", width)
    for question in ("怎么炒股票能赚钱", "有人吃了豆角一直吐"):
        ask(page, question)
        assert_accessible(page)
    for summary in page.locator(".vote summary").all():
        summary.click()
    assert_accessible(page)
    page.goto(f"{site.url}/ask/history/")
    expect(page.get_by_role("link", name=re.compile("怎么炒股票"))).to_be_visible()
    assert_accessible(page)
    page.goto(f"{site.url}/handbooks/kitchen/natural-toxins/")
    assert_accessible(page)


def test_everything_can_be_done_by_keyboard(visit: Visit) -> None:
    page = visit("/ask/")
    ask(page, QUESTION)
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "helped":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#vote")).to_contain_text("你说过：有用")


def test_a_screen_reader_hears_the_answer_once_when_it_is_complete(visit: Visit) -> None:
    page = visit("/ask/")
    page.evaluate(
        """() => {
          window.heard = [];
          const region = document.querySelector('[role=status]');
          new MutationObserver(() => window.heard.push(region.textContent)).observe(region, {childList: true});
        }"""
    )
    ask(page, QUESTION)
    expect(page.locator("[role=status]")).to_have_text(ANSWER)
    heard = page.evaluate("window.heard")
    assert len(heard) == 1
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_a_follow_up_stays_in_the_conversation(visit: Visit) -> None:
    page = visit("/ask/")
    ask(page, QUESTION)
    ask(page, "那豆浆呢")
    expect(page.locator(".q")).to_contain_text("豆浆")
    expect(page.locator(".say").first).to_have_text(re.compile(r"5\s*分钟"))
    expect(page.locator(".onward")).to_contain_text(QUESTION)


def test_an_answer_that_takes_long_can_be_stopped(visit: Visit) -> None:
    page = visit("/ask/")
    page.route("**/ask/stream", lambda _route: None)
    page.locator("#question").fill(QUESTION)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="停下").click()
    expect(page.locator("#question")).to_have_value(QUESTION)
    expect(page.locator("#question")).to_be_focused()
    page.unroute("**/ask/stream")
    ask(page, QUESTION)


def test_when_the_line_breaks_the_same_question_brings_the_answer(visit: Visit) -> None:
    page = visit("/ask/")
    tries: list[str] = []

    def break_once(route: Route) -> None:
        tries.append(route.request.post_data or "")
        route.continue_() if len(tries) > 1 else route.fulfill(body="event: sources\ndata: {}\n\n")

    page.route("**/ask/stream", break_once)
    ask(page, QUESTION)
    keys = [re.search(r'name="key"\s+(\S+)', data)[1] for data in tries]
    assert len(keys) == 2
    assert keys[0] == keys[1]


@pytest.mark.parametrize("width", [390, 1280])
def test_without_scripts_the_form_brings_the_same_answer(visit: Visit, width: int) -> None:
    page = visit("/ask/", width, java_script_enabled=False)
    page.locator("#question").fill(QUESTION)
    page.get_by_role("button", name="提问").click()
    expect(page.locator(".say").first).to_have_text(ANSWER)
    page.get_by_text("数字或出处不对").click()
    page.locator("#wrong").fill("应该更久")
    page.get_by_role("button", name="送出").last.click()
    expect(page.locator("#vote")).to_contain_text("你说过：数字或出处不对")


def test_a_chapter_answers_from_itself(visit: Visit) -> None:
    page = visit("/handbooks/kitchen/natural-toxins/")
    page.locator(".about #question").fill("要烫多久")
    page.keyboard.press("Enter")
    expect(page.locator("#question-asked")).to_have_text("要烫多久")
    expect(page.locator(".say").first).to_have_text(ANSWER)


def test_in_english_the_page_speaks_english(visit: Visit, site: RunningSite) -> None:
    page = visit("/ask/")
    page.get_by_role("button", name="English").click()
    page.goto(f"{site.url}/ask/")
    ask(page, QUESTION)
    expect(page.locator("main")).to_contain_text("In the source's own words")
    assert_accessible(page)
