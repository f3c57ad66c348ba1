import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import async_to_sync
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import AsyncClient, Client
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page

from academy.accounts.models import User
from academy.core.exports import neutral
from academy.records.models import Completion
from tests.factories import BusinessTypeFactory, CompletionFactory, DistrictFactory, UserFactory, make_course

pytestmark = [
    pytest.mark.django_db,
    # A file is streamed for an asynchronous server; the test client is a synchronous one
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
STAFF, LIST = "/staff/", "/staff/completions/"


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


def soup(client: Client, url: str, **query: Any) -> BeautifulSoup:
    response = client.get(url, query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "lxml")


def figures(page: BeautifulSoup) -> list[str]:
    """The numbers at the top, without their units: persons, person-times, hours."""
    return [next(value.stripped_strings) for value in page.select(".stat .v")]


def table(page: BeautifulSoup, slug: str) -> list[list[str]]:
    rows = page.select(f"section[aria-labelledby=by-{slug}] tr")
    return [[cell.get_text(strip=True) for cell in row.select("th,td")] for row in rows]


def sheet(client: Client, url: str, **query: Any) -> list[list[str]]:
    response = client.get(url, {**query, "format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


@pytest.fixture
def records() -> None:
    """Three persons, five completions: two courses, two districts, either side of a midnight in Shanghai."""
    wang, li, zhao = (UserFactory(name=name) for name in ("王芳", "李强", "赵敏"))
    DistrictFactory(name="西关区")
    DistrictFactory(name="南关区")
    first = {"course_key": "course:1", "course_title": "烧熟煮透", "hours": Decimal("1.5")}
    second = {"course_key": "course:2", "course_title": "反食品浪费"}
    CompletionFactory(user=wang, completed_at=shanghai("2026-03-31T23:59:59"), **first)
    CompletionFactory(user=wang, completed_at=shanghai("2026-04-01T00:00:00"), **second)
    CompletionFactory(user=wang, completed_at=shanghai("2026-04-30T12:00:00"), edition=2, **first)
    CompletionFactory(user=li, completed_at=shanghai("2026-04-02T09:00:00"), **first)
    CompletionFactory(
        user=zhao,
        completed_at=shanghai("2026-05-03T09:00:00"),
        district_name="西关区",
        business_type_name="学校食堂",
        **second,
    )


@pytest.mark.usefixtures("records")
class TestOverview:
    def test_persons_and_person_times_are_both_named_and_defined(self, staff_client: Client) -> None:
        page = soup(staff_client, STAFF)
        assert figures(page) == ["3", "5", "6.5"]
        assert all(definition.get_text(strip=True) for definition in page.select(".stat .d"))
        assert len({name.get_text() for name in page.select(".stat dt")}) == 3

    def test_months_are_those_of_shanghai(self, staff_client: Client) -> None:
        for month, expected in (("2026-03", ["1", "1", "1.5"]), ("2026-04", ["2", "3", "4"])):
            assert figures(soup(staff_client, STAFF, **{"from": month, "to": month})) == expected

    def test_districts_begin_with_the_lowest_and_name_those_without_any(self, staff_client: Client) -> None:
        rows = table(soup(staff_client, STAFF), "district")[1:-1]
        assert [row[:3] for row in rows] == [["南关区", "0", "0"], ["西关区", "1", "1"], ["东关区", "2", "4"]]

    def test_the_total_counts_each_person_once_although_the_rows_add_up_to_more(
        self, staff_client: Client
    ) -> None:
        rows = table(soup(staff_client, STAFF), "course")[1:]
        assert [row[1:3] for row in rows] == [["2", "3"], ["2", "2"], ["3", "5"]]

    def test_months_without_any_completion_stand_in_the_table(self, staff_client: Client) -> None:
        rows = table(soup(staff_client, STAFF, **{"from": "2026-02", "to": "2026-06"}), "month")[1:-1]
        assert [row[1:3] for row in rows] == [["0", "0"], ["1", "1"], ["2", "3"], ["1", "1"], ["0", "0"]]

    def test_filters_join(self, staff_client: Client) -> None:
        query = {"course": "course:2", "district": "西关区", "business_type": "学校食堂"}
        assert figures(soup(staff_client, STAFF, **query)) == ["1", "1", "1"]
        assert figures(soup(staff_client, STAFF, **query, to="2026-04")) == ["0", "0", "0"]

    def test_a_chosen_district_has_the_only_row_of_its_table(self, staff_client: Client) -> None:
        rows = table(soup(staff_client, STAFF, district="西关区"), "district")
        assert [row[0] for row in rows[1:-1]] == ["西关区"]

    def test_every_number_leads_to_as_many_records(self, staff_client: Client) -> None:
        page = soup(staff_client, STAFF, **{"from": "2026-04"})
        links = [
            (row.select("td a")[1]["href"], row.select("td a")[1].get_text(strip=True))
            for row in page.select("section tbody tr")
            if row.select("td a")
        ]
        assert len(links) > 8
        for url, person_times in links:
            listed = soup(staff_client, url).select("tbody tr")
            assert len(listed) == int(person_times), url
            assert parse_qs(urlsplit(url).query)["from"] >= ["2026-04"]

    def test_a_bad_month_is_explained_and_the_rest_is_kept(self, staff_client: Client) -> None:
        page = soup(staff_client, STAFF, **{"from": "2026-13", "district": "西关区"})
        assert page.select_one("[role=alert]")
        assert figures(page) == ["1", "1", "1"]
        assert page.select_one("option[value=西关区]").has_attr("selected")

    @pytest.mark.parametrize(
        "query",
        [
            {"district": "没有的区"},
            {"course": "course:99"},
            {"from": "0001-01"},
            {"to": "9999-12"},
            {"to": "2026"},
            {"business_type": "\x00"},
        ],
    )
    def test_what_cannot_be_chosen_is_named_and_changes_nothing(
        self, staff_client: Client, query: dict[str, str]
    ) -> None:
        page = soup(staff_client, STAFF, **query)
        assert page.select_one("[role=alert]")
        assert figures(page) == ["3", "5", "6.5"]

    def test_a_last_month_before_the_first_is_explained(self, staff_client: Client) -> None:
        page = soup(staff_client, STAFF, **{"from": "2026-05", "to": "2026-04"})
        assert page.select_one("[role=alert]")
        assert figures(page) == ["1", "1", "1"]

    def test_a_wrong_filter_gives_the_page_that_says_so_instead_of_a_file(self, staff_client: Client) -> None:
        page = soup(staff_client, STAFF, table="course", format="csv", district="没有的区")
        assert page.select_one("[role=alert]")

    def test_filters_are_cleared_by_a_link_once_any_is_set(self, staff_client: Client) -> None:
        assert not soup(staff_client, STAFF).select(f".filters a[href='{STAFF}']")
        assert soup(staff_client, STAFF, district="西关区").select(f".filters a[href='{STAFF}']")

    def test_the_unfinished_month_is_hatched_and_said(self, staff_client: Client) -> None:
        CompletionFactory()
        page = soup(staff_client, STAFF)
        assert len(page.select("svg.chart rect.part")) == 1
        assert not soup(staff_client, STAFF, to="2026-05").select("svg.chart rect.part")

    @pytest.mark.parametrize("slug", ["course", "district", "month", "business-type"])
    def test_each_table_is_the_same_in_a_file(self, staff_client: Client, slug: str) -> None:
        query = {"from": "2026-03", "to": "2026-05"}
        rows = sheet(staff_client, STAFF, table=slug, **query)
        shown = table(soup(staff_client, STAFF, **query), slug)
        assert [row[:3] for row in rows] == [row[:3] for row in shown]
        assert [float(row[3]) for row in rows[1:]] == [float(row[3]) for row in shown[1:]]

    def test_a_workbook_holds_numbers(self, staff_client: Client) -> None:
        response = staff_client.get(STAFF, {"table": "district", "format": "xlsx"})
        assert response["Content-Disposition"].endswith('.xlsx"')
        rows = list(load_workbook(io.BytesIO(b"".join(response))).active.values)
        assert rows[-1][1:] == (3, 5, 6.5)

    @pytest.mark.parametrize("query", [{"table": "course", "format": "pdf"}, {"table": "x", "format": "csv"}])
    def test_a_file_not_offered_is_not_found(self, staff_client: Client, query: dict[str, str]) -> None:
        assert staff_client.get(STAFF, query).status_code == 404


def test_what_nobody_has_completed_is_named_first(staff_client: Client) -> None:
    CompletionFactory()
    DistrictFactory(name="西关区")
    BusinessTypeFactory(name="学校食堂")
    rows = soup(staff_client, STAFF).select(".todo .row")
    assert [next(row.stripped_strings) for row in rows] == ["西关区", "学校食堂"]


def test_a_course_that_nobody_has_completed_has_a_row_of_nothing(staff_client: Client, home: Page) -> None:
    CompletionFactory(course_key="course:0", course_title="老课程")
    make_course(home, title="新课程")
    rows = table(soup(staff_client, STAFF), "course")
    assert [row[:2] for row in rows[1:-1]] == [["老课程", "1"], ["新课程", "0"]]


def test_a_renamed_course_is_one_row_under_its_name_of_now(staff_client: Client, home: Page) -> None:
    course = make_course(home, title="改过的名字")
    CompletionFactory(course_key=course.key, course_title="原来的名字")
    CompletionFactory(course_key=course.key, course_title="中间的名字", edition=2)
    page = soup(staff_client, STAFF, course=course.key)
    assert [row[:2] for row in table(page, "course")[1:-1]] == [["改过的名字", "2"]]
    assert "原来的名字" in soup(staff_client, LIST, course=course.key).text


def test_months_that_are_still_to_come_have_no_rows(staff_client: Client) -> None:
    CompletionFactory()
    page = soup(staff_client, STAFF, **{"from": "2099-01"})
    assert figures(page) == ["0", "0", "0"]
    assert table(page, "month")[1][1:3] == ["0", "0"]


def test_records_that_name_no_district_have_a_row_and_a_list(staff_client: Client) -> None:
    CompletionFactory(district_name="", business_type_name="")
    page = soup(staff_client, STAFF)
    link = page.select("section[aria-labelledby=by-district] tbody tr td a")[0]
    assert len(soup(staff_client, link["href"]).select("tbody tr")) == 1


def test_a_renamed_district_keeps_the_row_of_its_old_records(staff_client: Client) -> None:
    district = DistrictFactory(name="新关区")
    CompletionFactory(district_name="老关区")
    rows = table(soup(staff_client, STAFF), "district")
    assert [row[:2] for row in rows[1:-1]] == [[district.name, "0"], ["老关区", "1"]]


def test_an_overview_without_any_record_opens(staff_client: Client) -> None:
    assert figures(soup(staff_client, STAFF)) == ["0", "0", "0"]


def test_an_overview_of_many_years_draws_the_last_twelve_months(staff_client: Client) -> None:
    CompletionFactory(completed_at=shanghai("2023-01-15T10:00:00"))
    page = soup(staff_client, STAFF)
    assert len(page.select("svg.chart rect.b")) == 12
    assert len(table(page, "month")) > 36


def test_the_overview_asks_as_many_questions_for_many_rows_as_for_few(
    staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(30):
        DistrictFactory(name=f"{n}区")
        BusinessTypeFactory(name=f"业态{n}")
        CompletionFactory(
            course_key=f"course:{n}",
            district_name=f"{n}区",
            business_type_name=f"业态{n}",
            completed_at=datetime(2024 + n % 3, 1 + n % 12, 1, tzinfo=UTC),
        )
    with django_assert_max_num_queries(16):
        staff_client.get(STAFF)


class TestList:
    def test_a_line_has_the_words_of_the_record_and_a_masked_phone(self, staff_client: Client) -> None:
        user = UserFactory(name="王芳", phone="13812345678")
        CompletionFactory(user=user, completed_at=datetime(2026, 3, 31, 16, tzinfo=UTC))
        page = soup(staff_client, LIST)
        row = [cell.get_text(strip=True) for cell in page.select("tbody tr th, tbody tr td")]
        assert row[:7] == ["王芳", "138****5678", "示例饭店", "东关区", "反食品浪费（餐饮服务）", "90", "1.0"]
        assert "2026" in row[7]
        assert "4" in row[7]
        assert "13812345678" not in str(page)

    @pytest.mark.parametrize("words", ["王芳", "芳", "13812345678", "138 1234 5678", "5678"])
    def test_a_person_is_found_by_name_or_phone(self, staff_client: Client, words: str) -> None:
        CompletionFactory(user=UserFactory(name="王芳", phone="13812345678"))
        CompletionFactory(user=UserFactory(name="李强", phone="13900000000"))
        names = [name.get_text(strip=True) for name in soup(staff_client, LIST, q=words).select("tbody th")]
        assert names == ["王芳"]

    def test_a_figure_in_a_name_is_no_phone_number(self, staff_client: Client) -> None:
        CompletionFactory(user=UserFactory(name="王芳", phone="13812345678"))
        assert "没有" in soup(staff_client, LIST, q="李强2").text

    def test_fifty_are_on_a_page_and_the_pages_keep_the_filters(
        self, staff_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        CompletionFactory.create_batch(51)
        with django_assert_max_num_queries(14):
            page = soup(staff_client, LIST, district="东关区")
        assert len(page.select("tbody tr")) == 50
        following = page.select_one("a[rel=next]")["href"]
        assert parse_qs(following.removeprefix("?")) == {"district": ["东关区"], "page": ["2"]}
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
