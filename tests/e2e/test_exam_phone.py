"""An exam on a phone that loses its network, keeps nothing, shows old pages, or changes hands."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.e2e.conftest import RunningSite, Visit, give_a_name, sign_in_by_phone

MAKE = """
from decimal import Decimal
from academy.courses.models import CourseIndexPage, CoursePage
from academy.exams.models import Choice, Paper, PaperQuestion, Question
questions = [Question(kind=kind, stem=f"手机上的第{n}题") for n, kind in enumerate(("single", "single", "short"), 1)]
for question in questions:
    texts = ["七十度"] if question.kind == "short" else ["对的", "错的", "也错"]
    question.choices = [Choice(text=text, correct=n == 0, sort_order=n) for n, text in enumerate(texts)]
    question.save()
paper = Paper(title="手机卷", pass_mark=60, minutes=30, shuffle_questions=False, shuffle_choices=False)
paper.entries = [PaperQuestion(question=question, sort_order=n) for n, question in enumerate(questions)]
paper.save()
CourseIndexPage.objects.get().add_child(instance=CoursePage(
    title="手机上的考试", slug="phone", outcome="管得好一家店", hours=Decimal(2), paper=paper, validity_months=12
))
"""
SAVED = """
import json
from academy.exams.models import Attempt
attempt = Attempt.objects.get(user__phone={phone!r}, submitted_at=None)
keys = [question["key"] for question in attempt.questions]
print(json.dumps([attempt.answers.get(key) for key in keys]))
"""
LATER = """
from uuid import uuid4
from django.utils import timezone
from academy.exams import sitting
from academy.exams.models import Attempt
attempt = Attempt.objects.get(user__phone={phone!r}, submitted_at=None)
question = attempt.questions[0]
sitting.answer(attempt, question["key"], [question["options"][2]["key"]], timezone.now(), key=uuid4())
"""
# as when the page is gone before the browser's database has written
NOTHING_IS_WRITTEN = "void (IDBObjectStore.prototype.add = function () { this.transaction.abort(); })"
NOTHING_IS_KEPT = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"


@pytest.fixture(scope="module", autouse=True)
def paper(site: RunningSite) -> None:
    site.run(MAKE)


def begun(page: Page, site: RunningSite, phone: str) -> Page:
    sign_in_by_phone(page, site, phone)
    page.wait_for_url(re.compile("/me/"))
    give_a_name(site, phone)
    page.goto(f"{site.url}/courses/phone/")
    page.get_by_role("link", name=re.compile("考试")).first.click()
    page.get_by_role("button", name="开始").click()
    expect(page.locator("#answer")).to_be_visible()
    # by then its script is there
    page.wait_for_load_state()
    return page


def choose(page: Page, nth: int) -> None:
    page.locator("#answer label.opt").nth(nth).click()


def everything_arrives(page: Page, answered: int) -> None:
    """The count first: before the script has seen an answer none waits either."""
    expect(page.locator("#answered")).to_have_text(str(answered))
    expect(page.locator(".sheet .w")).to_have_count(0)


def let_the_worker_take_over(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    # the page says who is there, then it is kept
    page.wait_for_function("caches.match('/person', { cacheName: 'meta' }).then((it) => it && it.text())")
    page.reload()


def saved(site: RunningSite, phone: str) -> list[Any]:
    return list(json.loads(site.run(SAVED.format(phone=phone))))


def without_a_network(page: Page, site: RunningSite, phone: str) -> None:
    """The first question is answered and has arrived, the page is kept, and the network gone."""
    begun(page, site, phone)
    choose(page, 1)
    everything_arrives(page, 1)
    let_the_worker_take_over(page)
    page.wait_for_function(f"caches.match({page.url!r}, {{ ignoreSearch: true, ignoreVary: true }})")
    page.locator("#next").click()
    page.context.set_offline(True)


def back_on_the_network(page: Page) -> None:
    page.context.set_offline(False)
    page.wait_for_function("fetch('/healthz').then(({ ok }) => ok, () => false)")


def seconds(page: Page) -> int:
    minutes, rest = page.locator("#clock span").inner_text().split(":")
    return int(minutes) * 60 + int(rest)


def test_a_page_that_was_kept_goes_on_where_the_phone_was(visit: Visit, site: RunningSite) -> None:
    phone = "13700009101"
    page = visit("/accounts/login/?next=/me/")
    without_a_network(page, site, phone)
    choose(page, 0)
    expect(page.locator("#undelivered")).to_be_visible()
    before = seconds(page)
    page.reload()
    expect(page.locator("#where")).to_contain_text("2")
    expect(page.locator("#answered")).to_have_text("2")
    assert seconds(page) <= before
    cells = page.locator(".sheet").last.locator("a")
    expect(cells.nth(0)).to_have_attribute("aria-label", "第1题, 答上了")
    expect(cells.nth(1)).to_have_attribute("aria-label", "第2题, 已选，还没送到")
    # another phone answers the first question while this one is ahead by the second
    site.run(LATER.format(phone=phone))
    back_on_the_network(page)
    expect(page.locator(".sheet .w")).to_have_count(0)
    page.goto(re.sub(r"\?.*", "?q=1", page.url))
    expect(page.locator("#answer input[type=radio]").nth(2)).to_be_checked()
    expect(page.locator("#answered")).to_have_text("2")
    assert [bool(one) for one in saved(site, phone)] == [True, True, False]


def test_what_the_outbox_lost_is_sent_from_memory(visit: Visit, site: RunningSite) -> None:
    phone = "13700009107"
    page = visit("/accounts/login/?next=/me/")
    without_a_network(page, site, phone)
    page.evaluate(NOTHING_IS_WRITTEN)
    choose(page, 0)
    page.reload()
    cells = page.locator(".sheet").last.locator("a")
    expect(cells.nth(1)).to_have_attribute("aria-label", "第2题, 已选，还没送到")
    back_on_the_network(page)
    expect(cells.nth(1)).to_have_attribute("aria-label", "第2题, 答上了")
    assert [bool(one) for one in saved(site, phone)] == [True, True, False]


def test_what_is_kept_for_one_is_not_shown_to_the_next(visit: Visit, site: RunningSite) -> None:
    page = begun(visit("/accounts/login/?next=/me/"), site, "13700009102")
    let_the_worker_take_over(page)
    exam = page.url
    page.goto(f"{site.url}/me/")
    # the session runs out
    page.context.clear_cookies()
    page.goto(f"{site.url}/accounts/login/?next=/me/")
    sign_in_by_phone(page, site, "13700009103")
    page.wait_for_url(re.compile("/me/"))
    page.wait_for_function(
        "caches.keys().then((names) => names.every((name) => !/^pages-./.test(name) || name.endsWith(document.documentElement.dataset.person)))"
    )
    page.context.set_offline(True)
    page.goto(exam)
    expect(page.locator("h1")).to_have_text("现在没有网")
    page.context.set_offline(False)


def test_a_flag_is_sent_without_the_answer(visit: Visit, site: RunningSite) -> None:
    page = begun(visit("/accounts/login/?next=/me/", service_workers="block"), site, "13700009104")
    choose(page, 1)
    everything_arrives(page, 1)
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.locator("#flag").click()
    assert answered.value.status == 302
    assert [request.post_data for request in sent] == ["go=flag&only=flag"]
    expect(page.locator(".sheet").last.locator("a").first).to_have_attribute(
        "aria-label", "第1题, 答上了, 做了记号"
    )


def test_a_short_answer_is_saved_while_it_is_typed_where_nothing_is_kept(
    visit: Visit, site: RunningSite
) -> None:
    phone = "13700009105"
    page = visit("/accounts/login/?next=/me/", service_workers="block")
    page.add_init_script(NOTHING_IS_KEPT)
    begun(page, site, phone)
    choose(page, 0)
    everything_arrives(page, 1)
    page.locator(".drawer summary").click()
    page.locator(".drawer .sheet a").nth(2).click()
    assert page.evaluate("document.activeElement.tagName") == "FIELDSET"
    page.locator("#answer input.inp").press_sequentially("七十度")
    everything_arrives(page, 2)
    assert [bool(one) for one in saved(site, phone)] == [True, False, True]


def test_an_answer_that_the_server_fails_over_holds_up_no_other(browser: Browser, site: RunningSite) -> None:
    phone = "13700009106"
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    page = context.new_page()
    page.goto(f"{site.url}/accounts/login/?next=/me/")
    begun(page, site, phone)
    poison = page.locator("#answer .item").get_attribute("data-key")
    failed = []

    def fail_over_the_first(route: Route) -> None:
        if json.loads(route.request.post_data or "{}")["question"] != poison:
            return route.continue_()
        failed.append(1)
        return route.fulfill(status=503)

    page.route("**/answers/", fail_over_the_first)
    choose(page, 0)
    page.locator("#next").click()
    choose(page, 0)
    for _again in range(9):
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(200)
    assert [bool(one) for one in saved(site, phone)] == [False, True, False]
    assert len(failed) >= 8
    page.locator(".drawer summary").click()
    page.locator(".drawer").get_by_role("button", name="交卷").click()
    expect(page.locator("#undelivered")).to_contain_text("1题还没送到")
    expect(page.locator(".drawer").get_by_role("button", name="交卷")).to_be_visible()
    page.unroute("**/answers/")
    page.locator(".drawer").get_by_role("button", name="交卷").click()
    expect(page.locator("h2")).to_contain_text("还有1题没答")
    context.close()
