"""A worker's first day, from the home page to being counted, on a phone and on a desk."""

import re

import pytest
from playwright.sync_api import Page, expect

from academy.demo.content import read
from tests.e2e.conftest import RunningSite, Visit, say_where_one_works, sign_in_by_phone

ADDRESSES = [
    "/", "/handbooks/", "/handbooks/kitchen/", "/handbooks/kitchen/temperature/", "/cases/", "/cases/not-salt/",
    "/regulations/", "/courses/", "/courses/anti-waste/", "/ask/", "/faq/", "/search/?q=留样", "/accounts/login/",
    "/styleguide/", "/no-such-page/",
]  # fmt: skip


def ask(page: Page, question: str) -> None:
    page.get_by_label("厨房里遇到事").fill(question)
    page.get_by_role("button", name="提问").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(question)


def answer_checks(page: Page) -> None:
    """Every question of the lesson, right at once, by what the demo says of it."""
    blocks = [block for lesson in read("course")["lessons"] for block in lesson["body"]]
    known = {block["check"]["stem"]: block["check"] for block in blocks if "check" in block}
    while (check := page.locator(".lesson .check:has(form)")).count():
        stem = check.first.locator(".stem").inner_text()
        asked = next(known[one] for one in known if one in stem)
        key = check.first.get_attribute("id")
        page.evaluate(PUT, [key, asked["kind"], asked["options"]])
        check.first.get_by_role("button", name="作答").click()
        expect(page.locator(f"#{key} form")).to_have_count(0)


# Puts the answer into the form's own fields, whatever stands over them
PUT = """([id, kind, options]) => {
  const box = document.getElementById(id);
  const said = (input) => input.closest("label, li").textContent;
  if (kind === "short") box.querySelector("input[name=chosen]").value = options[0].text;
  if (kind === "faults") {
    const cells = new Set(options.map(({ cells }) => cells.split(" ")[0]));
    for (const input of box.querySelectorAll("input[name=chosen]")) input.checked = cells.has(input.value);
  }
  if (kind === "single" || kind === "truefalse") {
    const right = options.find(({ correct }) => correct).text;
    for (const input of box.querySelectorAll("input[name=chosen]")) input.checked = said(input).includes(right);
  }
  for (const select of box.querySelectorAll("select")) {
    const index = options.findIndex(({ text }) => select.closest("li").textContent.includes(text));
    if (kind === "order") select.value = String(index + 1);
    if (kind === "match") {
      select.value = [...select.options].find((one) => one.textContent === options[index].pair).value;
    }
  }
}"""


def sit_the_exam(page: Page) -> None:
    right = {
        question["stem"].strip(): {str(o["text"]) for o in question["options"] if o.get("correct")}
        for question in read("course")["quiz"]["questions"]
    }
    page.get_by_role("button", name="开始").click()
    for _question in right:
        legend = page.locator("fieldset.question legend").inner_text()
        stem = next(stem for stem in right if stem in legend)
        for option in page.locator("label.opt").all():
            if any(option.inner_text().strip().endswith(text) for text in right[stem]):
                option.click()
        page.locator("form#answer .act button.btn[value=next]:visible").click()
    # the one on the page that asks once more, not the one beside the last question
    expect(page).to_have_url(re.compile("/hand-in/$"))
    page.get_by_role("button", name="交卷").click()


@pytest.mark.parametrize(("width", "phone"), [(390, "13900000390"), (1280, "13900001280")])
def test_a_worker_learns_and_is_counted(visit: Visit, site: RunningSite, width: int, phone: str) -> None:
    page = visit("/", width)
    page.get_by_role("link", name=re.compile("看温度，也看时间")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("看温度，也看时间")

    page.goto(f"{site.url}/ask/")
    ask(page, "留样要留多少，留多久？")
    expect(page.locator(".ans")).to_contain_text("125克")
    expect(page.locator(".ans")).to_contain_text("48小时")
    page.locator(".srcs a").first.click()
    expect(page.locator(":target")).to_be_in_viewport()
    expect(page.locator("article")).to_contain_text("每个品种留125克以上")

    page.goto(f"{site.url}/courses/anti-waste/")
    page.goto(f"{site.url}/accounts/login/?next=/courses/anti-waste/")
    sign_in_by_phone(page, site, phone)
    say_where_one_works(page)
    expect(page).to_have_url(f"{site.url}/courses/anti-waste/")

    page.get_by_role("link", name=re.compile("第1课")).first.click()
    for _lesson in range(3):
        answer_checks(page)
        page.get_by_role("button", name=re.compile("学完")).click()
    page.get_by_role("link", name=re.compile("考试")).first.click()
    sit_the_exam(page)
    expect(page.locator("main")).to_contain_text("合格")

    page.goto(f"{site.url}/me/")
    expect(page.locator("main")).to_contain_text("反食品浪费（餐饮服务）")

    staff = visit("/accounts/login/?next=/staff/", width)
    staff.get_by_text("用邮箱和密码登录").click()
    staff.get_by_label("邮箱").fill("staff@example.org")
    staff.get_by_label("密码", exact=True).fill("shian-demo-2026")
    staff.get_by_role("button", name="登录", exact=True).click()
    expect(staff.locator("main")).to_contain_text("参训人数")
    staff.goto(f"{site.url}/staff/completions/?q={phone}")
    expect(staff.locator("main")).to_contain_text("新来的小王")


def test_no_page_scrolls_sideways(visit: Visit, site: RunningSite) -> None:
    page = visit("/", 320)
    for address in ADDRESSES[:-1]:
        page.goto(site.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_asking_works_without_javascript(visit: Visit) -> None:
    page = visit("/ask/", java_script_enabled=False)
    ask(page, "切过生海鲜的砧板能切熟菜吗")
    expect(page.locator(".srcs li").first).to_be_visible()


def test_a_wrong_code_says_what_to_do(visit: Visit, site: RunningSite) -> None:
    page = visit("/accounts/login/")
    page.get_by_label("手机号").fill("13900000001")
    page.get_by_role("button", name="获取验证码").click()
    code = site.code_for("13900000001")
    page.locator("input[name=code]").fill("000000" if code != "000000" else "111111")
    page.locator("form:has(input[name=code]) button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("验证码")
    expect(page.locator("input[name=code]")).to_be_visible()


def test_every_page_can_be_reached_by_keyboard(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
