"""What somebody who is new among staff looks for is found by what they read, in three clicks from the first page.

Typing into a field and sending it is one click, and so is choosing a filter.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import RunningSite, Visit

CITY, DISTRICT = "staff@example.org", "dongguan@example.org"
RECORDS = """
from decimal import Decimal
from academy.accounts.models import User
from academy.organisations.models import *
from academy.records.completing import complete
canteens, _new = BusinessType.objects.get_or_create(name="学校食堂")
where = Enterprise.objects.filter(district__name="文昌街道").exclude(business_type=canteens).first()
for n in (1, 2):
    user = User.objects.create(name=f"陆师傅{n}", phone=f"1390000077{n}")
    Membership.objects.create(user=user, enterprise=where, post=Post.objects.first())
    complete(user, course_key="course:99", course_title="留样", edition=1, hours=Decimal(1), validity_months=12)
Enterprise.objects.create(name="没人学的食堂", district=where.district, business_type=canteens)
print(user.certificates.get().number)
"""
COUNTED = """
from academy.organisations.models import District
from academy.records.models import Attendance, Completion
from academy.reports.periods import half, today
from academy.records.models import midnight
keys = [one.pk for one in District.objects.within(District.objects.get(name={name!r}))]
since = midnight(half(today(), today()).first)
people = {{one.user_id for one in Completion.objects.filter(district_key__in=keys, completed_at__gte=since)}}
people |= {{one.user_id for one in Attendance.objects.filter(district_key__in=keys, attended_at__gte=since)}}
print(len(people))
"""


@dataclass
class Newcomer:
    """Follows what is to be read on the screen, from the first page on, and counts how often."""

    page: Page
    clicks: int = 0

    def begin(self) -> None:
        self.page.goto(re.sub("(?<=/staff/).*", "", self.page.url))
        self.clicks = 0

    def follow(self, words: str | re.Pattern[str]) -> None:
        self._do(self.page.locator("main").get_by_role("link", name=words).first)

    def choose(self, label: str, option: str) -> None:
        # filters apply at once when their script is there, and has gone over what came with the choice before
        self.page.wait_for_load_state()
        self.page.wait_for_function(
            "!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
        )
        self.page.get_by_role("combobox", name=label, exact=True).select_option(label=option)
        self.clicks += 1

    def search(self, label: str, words: str) -> None:
        self.page.get_by_label(label).fill(words)
        self._do(self.page.get_by_role("button", name="搜索"))

    def _do(self, what: Locator) -> None:
        what.click()
        self.clicks += 1


@pytest.fixture(scope="module")
def certificate(site: RunningSite) -> str:
    return site.run(RECORDS)


def signed_in(visit: Visit, email: str, width: int) -> Page:
    page = visit("/accounts/login/?next=/staff/", width)
    page.get_by_text("用邮箱和密码登录").click()
    page.get_by_label("邮箱").fill(email)
    page.get_by_label("密码", exact=True).fill("shian-demo-2026")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("培训总览")
    return page


def number(words: Locator) -> int:
    found = re.search(r"[\d,]+", words.inner_text())
    assert found
    return int(found[0].replace(",", ""))


@pytest.mark.parametrize(("email", "width"), [(CITY, 1280), (CITY, 390), (DISTRICT, 1280), (DISTRICT, 390)])
def test_a_newcomer_finds_four_things(
    visit: Visit, site: RunningSite, certificate: str, email: str, width: int
) -> None:
    newcomer = Newcomer(signed_in(visit, email, width))
    find_persons_of_a_district(newcomer, site)
    assert newcomer.clicks <= 3
    newcomer.begin()
    find_canteens_with_nobody_trained(newcomer)
    assert newcomer.clicks <= 3
    newcomer.begin()
    find_a_sign_in_list(newcomer)
    assert newcomer.clicks <= 3
    newcomer.begin()
    newcomer.search("查证书编号、姓名、手机号或经营主体", certificate)
    expect(newcomer.page.get_by_role("heading", level=1)).to_have_text(f"证书 {certificate}")
    assert newcomer.clicks <= 3


def find_persons_of_a_district(newcomer: Newcomer, site: RunningSite) -> None:
    """By its square, this half-year being what the first page counts; then the people behind the number."""
    page = newcomer.page
    # the squares of a district's officer are its parts
    square = page.get_by_role("link", name=re.compile("^(东关区|文昌街道)"))
    name = square.first.inner_text().split()[0]
    newcomer.follow(re.compile(f"^{name}"))
    expect(page.get_by_text(re.compile(rf"^{name}，\d+年[上下]半年"))).to_be_visible()
    persons = number(page.locator("[data-stat=persons]"))
    assert persons == int(site.run(COUNTED.format(name=name)))
    newcomer.follow(re.compile("^参训人数"))
    expect(page.get_by_role("heading", level=2, name=f"{persons}人", exact=True)).to_be_visible()


def find_canteens_with_nobody_trained(newcomer: Newcomer) -> None:
    page = newcomer.page
    words = re.compile("家学校食堂没人参训")
    missing = number(page.get_by_role("link", name=words))
    newcomer.follow(words)
    expect(page.get_by_role("heading", level=1)).to_have_text("没人参训的经营主体")
    expect(page.get_by_role("heading", level=2, name=f"学校食堂{missing}家")).to_be_visible()
    expect(page.get_by_role("link", name="没人学的食堂")).to_be_visible()


def find_a_sign_in_list(newcomer: Newcomer) -> None:
    page = newcomer.page
    newcomer.follow("线下培训和签到名单")
    newcomer.follow("秋季食品安全培训（示例）")
    newcomer.follow("签到名单")
    expect(page.get_by_role("heading", level=1)).to_have_text("签到名单")
    expect(page.locator("main tbody").get_by_role("row")).to_have_count(3)


def test_a_period_and_a_district_are_chosen_by_filters(visit: Visit, certificate: str) -> None:
    newcomer = Newcomer(signed_in(visit, CITY, 390))
    page = newcomer.page
    newcomer.choose("时间", "上个季度")
    expect(page.get_by_text(re.compile(r"\d+年第[1-4]季度：记录数据到"))).to_be_visible()
    newcomer.choose("时间", "本半年")
    expect(page.get_by_text(re.compile(r"\d+年[上下]半年：记录数据到"))).to_be_visible()
    newcomer.choose("辖区", "　　文昌街道")
    expect(page.get_by_text(re.compile("^文昌街道，"))).to_be_visible()
    assert newcomer.clicks <= 3
