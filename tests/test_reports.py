import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Page

from academy.accounts.models import User
from academy.core.exports import neutral
from academy.records.models import Attendance, Completion
from tests.factories import (
    BusinessTypeFactory,
    CompletionFactory,
    DistrictFactory,
    EnterpriseFactory,
    MembershipFactory,
    PostFactory,
    UserFactory,
    make_course,
)

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
STAFF, LIST = "/staff/", "/staff/records/"
SPRING = {"from": "2026-03", "to": "2026-05"}


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def soup(client: Client, url: str, **query: Any) -> BeautifulSoup:
    response = client.get(url, query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "lxml")


def figures(page: BeautifulSoup) -> list[str]:
    """Persons, person-times and hours, without their units."""
    return [
        next(page.select_one(f"[data-stat={name}]").stripped_strings)
        for name in ("persons", "person_times", "hours")
    ]


def table(page: BeautifulSoup, slug: str) -> list[list[str]]:
    rows = page.select(f"section[aria-labelledby=by-{slug}] tr")
    return [[cell.get_text(strip=True) for cell in row.select("th,td")] for row in rows]


def sheet(client: Client, url: str, **query: Any) -> list[list[str]]:
    response = client.get(url, {**query, "format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


@pytest.fixture
def districts() -> dict[str, int]:
    return {name: DistrictFactory(name=name).pk for name in ("东关区", "西关区", "南关区")}


@pytest.fixture
def records(districts: dict[str, int]) -> None:
    """Three persons, five completions: two courses, two districts, either side of a midnight in Shanghai."""
    wang, li, zhao = (UserFactory(name=name) for name in ("王芳", "李强", "赵敏"))
    east, west = districts["东关区"], districts["西关区"]
    first = {"course_key": "course:1", "course_title": "烧熟煮透", "hours": Decimal("1.5")}
    second = {"course_key": "course:2", "course_title": "反食品浪费"}
    for user, moment, district, fields in (
        (wang, "2026-03-31T23:59:59", east, first),
        (wang, "2026-04-01T00:00:00", east, second),
        (wang, "2026-04-30T12:00:00", east, {**first, "edition": 2}),
        (li, "2026-04-02T09:00:00", east, first),
        (zhao, "2026-05-03T09:00:00", west, {**second, "business_type_name": "学校食堂"}),
    ):
        CompletionFactory(user=user, completed_at=shanghai(moment), district_key=district, **fields)


@pytest.mark.usefixtures("records")
class TestOverview:
    def test_every_number_is_named_and_defined_and_says_until_when(self, staff_client: Client) -> None:
        page = soup(staff_client, STAFF, **SPRING)
        assert figures(page) == ["3", "5", "6.5"]
        assert all(stat.select_one(".how p").get_text(strip=True) for stat in page.select(".stat"))
        assert len(page.select(".notes li")) == len(page.select(".stat"))
        assert page.select_one(".asof").get_text(strip=True)

    def test_filters_join(self, staff_client: Client, districts: dict[str, int]) -> None:
        query = {"subject": "course:2", "district": districts["西关区"], "business_type": "学校食堂"}
        assert figures(soup(staff_client, STAFF, **SPRING, **query)) == ["1", "1", "1"]
        assert figures(soup(staff_client, STAFF, **{"from": "2026-03", "to": "2026-04"}, **query)) == [
            "0",
            "0",
            "0",
        ]

    def test_a_bad_month_is_explained_and_the_rest_is_kept(
        self, staff_client: Client, districts: dict[str, int]
    ) -> None:
        query = {"from": "2026-13", "to": "2026-05", "district": districts["西关区"]}
        page = soup(staff_client, STAFF, **query)
        assert page.select_one("[role=alert]")
        assert figures(page) == ["1", "1", "1"]
        assert page.select_one(f"option[value='{districts['西关区']}']").has_attr("selected")

    @pytest.mark.parametrize(
        "query",
        [
            {"district": "99999"},
            {"district": "没有的区"},
            {"subject": "course:99"},
            {"business_type": "\x00"},
            {"post": "没有的岗位"},
            {"kind": "x"},
            {"period": "x"},
            {"enterprise": "99999"},
            {"enterprise": "x"},
        ],
    )
    def test_what_cannot_be_chosen_is_named_and_changes_nothing(
        self, staff_client: Client, query: dict[str, str]
    ) -> None:
        page = soup(staff_client, STAFF, **SPRING, **query)
        assert page.select_one("[role=alert]")
        assert figures(page) == ["3", "5", "6.5"]
        assert soup(staff_client, STAFF, **SPRING, **query, table="subject", format="csv").select_one(
            "[role=alert]"
        )

    @pytest.mark.parametrize("query", [{"from": "0001-01"}, {"to": "9999-12"}, {"to": "2026"}])
    def test_months_that_cannot_be(self, staff_client: Client, query: dict[str, str]) -> None:
        assert soup(staff_client, STAFF, **query).select_one("[role=alert]")

    def test_a_last_month_before_the_first_is_explained(self, staff_client: Client) -> None:
        page = soup(staff_client, STAFF, **{"from": "2026-05", "to": "2026-04"})
        assert page.select_one("[role=alert]")
        assert figures(page) == ["1", "1", "1"]

    def test_filters_are_cleared_by_a_link_once_any_is_set(self, staff_client: Client) -> None:
        assert not soup(staff_client, STAFF).select(f".filters a[href='{STAFF}']")
        assert soup(staff_client, STAFF, kind="course").select(f".filters a[href='{STAFF}']")

    def test_months_to_come_count_nothing(self, staff_client: Client) -> None:
        assert figures(soup(staff_client, STAFF, **{"from": "2099-01"})) == ["0", "0", "0"]

    @pytest.mark.parametrize(
        "query", [{"table": "subject", "format": "pdf"}, {"table": "x", "format": "csv"}]
    )
    def test_a_file_not_offered_is_not_found(self, staff_client: Client, query: dict[str, str]) -> None:
        assert staff_client.get(STAFF, query).status_code == 404

    def test_charts_have_their_numbers_in_the_page(self, staff_client: Client) -> None:
        plots = [
            json.loads(plot["data-plot"]) for plot in soup(staff_client, STAFF, **SPRING).select(".plot")
        ]
        assert sum(plots[0]["series"][0]["values"]) == 5
        assert len(plots[0]["labels"]) == 12


def test_a_course_that_nobody_has_completed_is_in_the_file(staff_client: Client, home: Page) -> None:
    CompletionFactory(course_key="course:0", course_title="老课程")
    make_course(home, title="新课程")
    rows = sheet(staff_client, STAFF, table="subject")
    assert [row[:2] for row in rows[1:-1]] == [["老课程", "1"], ["新课程", "0"]]


def test_a_renamed_course_is_one_row_under_its_name_of_now(staff_client: Client, home: Page) -> None:
    course = make_course(home, title="改过的名字")
    CompletionFactory(course_key=course.key, course_title="原来的名字")
    CompletionFactory(course_key=course.key, course_title="中间的名字", edition=2)
    page = soup(staff_client, STAFF, subject=course.key)
    assert [row[:2] for row in table(page, "subject")[1:-1]] == [["改过的名字", "2"]]
    assert "原来的名字" in soup(staff_client, LIST, subject=course.key).text


def test_records_that_name_no_place_have_a_row_and_a_list(staff_client: Client) -> None:
    CompletionFactory(business_type_name="", post_name="")
    for slug in ("business-type", "post"):
        link = table_links(soup(staff_client, STAFF), slug)[0]
        assert len(soup(staff_client, link).select("tbody tr")) == 1


def table_links(page: BeautifulSoup, slug: str) -> list[str]:
    return [
        row.select("td a")[1]["href"] for row in page.select(f"section[aria-labelledby=by-{slug}] tbody tr")
    ]


def test_an_overview_without_any_record_opens(staff_client: Client) -> None:
    assert figures(soup(staff_client, STAFF)) == ["0", "0", "0"]


def test_what_lists_and_overview_ask_does_not_grow(staff_client: Client) -> None:
    """A small city is read anew for each page, which takes the ten or so questions that a large one saves."""
    MembershipFactory()
    counted = [_asked(staff_client)]
    for n in range(12):
        district = DistrictFactory(name=f"{n}区")
        membership = MembershipFactory(
            enterprise=EnterpriseFactory(
                district=district, business_type=BusinessTypeFactory(name=f"业态{n}")
            ),
            post=PostFactory(name=f"岗位{n}"),
        )
        CompletionFactory(user=membership.user, course_key=f"course:{n}", **membership.snapshot())
    counted.append(_asked(staff_client))
    # a deleted course is asked for its name, an enterprise for its own, and only where there are any
    assert all(after <= before + 2 for before, after in zip(*counted, strict=True)), counted
    assert max(counted[1]) <= 27


def _asked(client: Client) -> list[int]:
    counted = []
    for url in (
        STAFF,
        LIST,
        "/staff/coverage/people/?trained=all",
        "/staff/coverage/enterprises/?trained=all",
    ):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counted.append(len(queries))
    return counted


def test_the_old_address_of_the_list_leads_to_the_new_one(staff_client: Client) -> None:
    response = staff_client.get("/staff/completions/", {"q": "王"})
    assert response["Location"] == f"{LIST}?q=%E7%8E%8B&kind=course"


def test_pages_of_the_list_are_the_list(staff_client: Client) -> None:
    """Wherever the days of completions and attendances part, each record stands on one page."""
    user = UserFactory()
    begin = timezone.now() - timedelta(hours=130)
    for n in range(130):
        at = begin + timedelta(hours=n)
        if n % 3:
            CompletionFactory(user=user, edition=n, completed_at=at)
        else:
            Attendance.objects.create(
                user=user, event_key=f"event:{n}", event_title=f"{n}", kind="talk", hours=1, attended_at=at
            )
    months = {"from": f"{begin:%Y-%m}", "to": f"{timezone.now():%Y-%m}"}
    listed = [
        tuple(cell.get_text(strip=True) for cell in row.select("td"))
        for n in (1, 2, 3)
        for row in soup(staff_client, LIST, page=n, **months).select("tbody tr")
    ]
    assert len(listed) == 130
    assert [line[4] for line in listed] == [row[5] for row in sheet(staff_client, LIST, **months)[1:]]


class TestList:
    def test_a_line_has_the_words_of_the_record_and_a_masked_phone(self, staff_client: Client) -> None:
        user = UserFactory(name="王芳", phone="13812345678")
        CompletionFactory(user=user, completed_at=datetime(2026, 3, 31, 16, tzinfo=UTC))
        page = soup(staff_client, LIST, **SPRING)
        row = [cell.get_text(strip=True) for cell in page.select("tbody tr th, tbody tr td")]
        assert row[:5] == ["王芳", "138****5678", "示例饭店", "东关区", "反食品浪费（餐饮服务）"]
        assert row[6:8] == ["90", "1.0"]
        assert "2026" in row[8]
        assert "4" in row[8]
        assert "13812345678" not in str(page)

    @pytest.mark.parametrize("words", ["王芳", "芳", "13812345678", "138 1234 5678", "5678"])
    def test_a_person_is_found_by_name_or_phone(self, staff_client: Client, words: str) -> None:
        CompletionFactory(user=UserFactory(name="王芳", phone="13812345678"))
        CompletionFactory(user=UserFactory(name="李强", phone="13900000000"))
        names = [name.get_text(strip=True) for name in soup(staff_client, LIST, q=words).select("tbody th")]
        assert names == ["王芳"]

    def test_a_figure_in_a_name_is_no_phone_number(self, staff_client: Client) -> None:
        CompletionFactory(user=UserFactory(name="王芳", phone="13812345678"))
        assert not soup(staff_client, LIST, q="李强2").select("tbody tr")

    def test_fifty_are_on_a_page_and_the_pages_keep_the_filters(self, staff_client: Client) -> None:
        CompletionFactory.create_batch(51)
        page = soup(staff_client, LIST, kind="course")
        assert len(page.select("tbody tr")) == 50
        following = page.select_one("a[rel=next]")["href"]
        assert parse_qs(following.removeprefix("?")) == {"kind": ["course"], "page": ["2"]}
        assert len(soup(staff_client, LIST + following).select("tbody tr")) == 1

    def test_an_empty_result_keeps_the_filters_and_offers_to_clear_them(self, staff_client: Client) -> None:
        page = soup(staff_client, LIST, q="没有这个人")
        assert page.select_one("input[name=q]")["value"] == "没有这个人"
        assert page.select(f".empty a[href='{LIST}']")

    def test_a_file_has_every_page_and_begins_with_a_byte_order_mark(self, staff_client: Client) -> None:
        CompletionFactory.create_batch(60)
        body = b"".join(staff_client.get(LIST, {"format": "csv"}))
        assert body.startswith(b"\xef\xbb\xbf")
        assert len(sheet(staff_client, LIST)) == 61

    @pytest.mark.filterwarnings("error:StreamingHttpResponse")
    def test_a_long_file_reaches_an_asynchronous_server_in_pieces(self, staff: User) -> None:
        user = UserFactory()
        Completion.objects.bulk_create(
            CompletionFactory.build(user=user, person_name=user.name, edition=n) for n in range(600)
        )
        client = AsyncClient()
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")

        async def pieces() -> list[bytes]:
            return [piece async for piece in await client.get(LIST, {"format": "csv"})]

        received = async_to_sync(pieces)()
        assert len(received) > 1
        assert b"".join(received).count(b"\n") == 601

    def test_headers_are_in_the_language_of_the_reader(self, staff_client: Client) -> None:
        staff_client.cookies["django_language"] = "en"
        assert sheet(staff_client, LIST)[0][:2] == ["Name", "Phone number"]

    def test_a_name_that_is_a_formula_is_text_in_every_file(self, staff_client: Client) -> None:
        CompletionFactory(user=UserFactory(name="=1+1"), enterprise_name="@示例")
        row = sheet(staff_client, LIST)[1]
        assert (row[0], row[2]) == ("'=1+1", "'@示例")
        book = load_workbook(io.BytesIO(b"".join(staff_client.get(LIST, {"format": "xlsx"}))))
        cell = book.active["A2"]
        assert (cell.value, cell.data_type) == ("'=1+1", "s")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+cmd|'/c calc'!A0", "'+cmd|'/c calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@示例", "'@示例"),
        ("＝1", "'＝1"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        ("+86 138 1234 5678", "+86 138 1234 5678"),
        ("+8613812345678", "+8613812345678"),
        ("138****5678", "138****5678"),
        ("王\x0b芳", "王芳"),
        ("", ""),
        (-2, -2),
        (None, None),
    ],
)
def test_formulas_are_neutralised_and_phone_numbers_are_not_damaged(text: Any, expected: Any) -> None:
    assert neutral(text) == expected


@pytest.mark.parametrize("url", [STAFF, LIST])
class TestWhoMayLook:
    def test_a_stranger_signs_in_and_comes_back(self, client: Client, url: str) -> None:
        response = client.get(url, {"district": "东关区"})
        assert response.status_code == 302
        assert parse_qs(urlsplit(response["Location"]).query)["next"][0].startswith(url)

    def test_a_worker_is_told_that_the_page_is_not_theirs(self, worker_client: Client, url: str) -> None:
        assert worker_client.get(url).status_code == 403
        assert worker_client.get(url, {"format": "csv", "table": "course"}).status_code == 403

    def test_the_permission_is_enough(self, worker: User, worker_client: Client, url: str) -> None:
        worker.user_permissions.add(Permission.objects.get(codename="view_training"))
        assert worker_client.get(url).status_code == 200

    def test_nothing_can_be_posted(self, staff_client: Client, url: str) -> None:
        assert staff_client.post(url).status_code == 405


def test_the_admin_leads_to_the_overview(staff_client: Client) -> None:
    page = staff_client.get("/admin/").content.decode()
    assert f'"url": "{STAFF}"' in page.replace("&quot;", '"')
