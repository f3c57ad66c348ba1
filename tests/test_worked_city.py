"""Every figure, on every page and in every file, is the one that was worked out by hand."""

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook
from wagtail.models import Page

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.organisations.models import District, EnterpriseManager, Jurisdiction
from tests.factories import StaffFactory, UserFactory
from tests.worked_city import NOW, City, sheet

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
HALF = {"from": "2026-01", "to": "2026-06"}
SCOPES = ("whole city", "东关区", "西关区")
FIGURES = {line["figure"]: line for line in sheet("figures")}


@pytest.fixture
def city(home: Page, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return City(home)


def client_of(user: User) -> Client:
    """In English, so that the words in the sheet are those of the source."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def official(scope: str) -> Client:
    if scope == "whole city":
        return client_of(StaffFactory())
    ensure_roles()
    user: User = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=STAFF))
    Jurisdiction.objects.create(user=user, district=District.objects.get(name=scope))
    return client_of(user)


def page(client: Client, url: str, **query: Any) -> BeautifulSoup:
    response = client.get(url, query)
    assert response.status_code == 200, response.status_code
    return BeautifulSoup(response.content, "lxml")


def figures(found: BeautifulSoup) -> dict[str, str]:
    """Shares as part/whole, the others as they stand."""
    shown = {}
    for stat in found.select(".stat"):
        value = stat.select_one("[data-stat]")
        detail = stat.select_one("dd.d:not(.how)")
        share = detail and " of " in detail.text and "/".join(detail.text.split(" of "))
        shown[value["data-stat"]] = share or next(value.stripped_strings)
    return shown


def expected(scope: str) -> dict[str, str]:
    return {name: line[scope] for name, line in FIGURES.items()}


def tables_in(name: str) -> list[list[str]]:
    columns = ("row", "persons", "person_times", "hours", "enterprises", "posts")
    return [[line[column] for column in columns] for line in sheet("tables") if line["table"] == name]


def lines(rows: list[list[Any]]) -> list[list[str]]:
    """Of a file: two columns and a percent are a share again; the last line is the total."""
    heads, *body = rows
    found = []
    for row in body:
        label, persons, times, hours, *shares = row
        said = {"Enterprises covered": "", "Posts trained": ""}
        for n in range(4, len(heads), 3):
            said[heads[n]] = f"{row[n]}/{row[n + 1]}"
        assert shares or len(heads) == 4
        found.append([label, str(persons), str(times), f"{float(hours):g}", *said.values()])
    found[-1][0] = "total"
    return found


def csv_of(client: Client, url: str, **query: Any) -> list[list[str]]:
    response = client.get(url, {**query, "format": "csv"})
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def xlsx_of(client: Client, url: str, **query: Any) -> list[list[Any]]:
    response = client.get(url, {**query, "format": "xlsx"})
    return [list(row) for row in load_workbook(io.BytesIO(b"".join(response))).active.values]


@pytest.mark.usefixtures("city")
class TestOverview:
    @pytest.mark.parametrize("scope", SCOPES)
    def test_each_official_sees_the_figures_of_their_part(self, scope: str) -> None:
        assert figures(page(official(scope), "/staff/", **HALF)) == expected(scope)

    @pytest.mark.parametrize("scope", SCOPES[1:])
    def test_the_city_sees_the_same_of_a_district(self, scope: str) -> None:
        key = District.objects.get(name=scope).pk
        assert figures(page(official("whole city"), "/staff/", district=key, **HALF)) == expected(scope)

    @pytest.mark.parametrize("table", sorted({line["table"] for line in sheet("tables")}))
    def test_tables_and_their_files(self, table: str) -> None:
        client, known = official("whole city"), tables_in(table)
        for read in (csv_of, xlsx_of):
            # months before the period stand there to compare
            written = lines(read(client, "/staff/", table=table, **HALF))[-len(known) :]
            assert sorted(written) == sorted(known)
        shown = page(client, "/staff/", **HALF).select(f"section[aria-labelledby=by-{table}] tr")[1:]
        months = table == "month"
        texts = [[cell.get_text(strip=True) for cell in row.select("th,td")] for row in shown]
        assert len(texts) == (len(known) if not months else 13)
        assert sorted(text[1:4] for text in texts[-len(known) :]) == sorted(row[1:4] for row in known)

    def test_midnight_parts_march_from_april_and_june_from_july(self) -> None:
        client = official("whole city")
        for month, persons in (("2026-03", "1"), ("2026-04", "3"), ("2026-06", "3"), ("2026-07", "1")):
            shown = figures(page(client, "/staff/", **{"from": month, "to": month}))
            assert shown["persons"] == persons, month

    def test_a_running_half_year_is_compared_until_the_same_day(self) -> None:
        found = page(official("whole city"), "/staff/", period="half")
        assert figures(found)["persons"] == "1"
        before = [line.text for line in found.select(".stat dd.d") if "Last year" in line.text]
        assert [line.split(": ")[1].split(",")[0] for line in before] == ["1", "1", "1"]
        assert "July 15" in before[0]

    def test_a_half_year_that_is_over_is_compared_with_all_of_the_same_months(self) -> None:
        found = page(official("whole city"), "/staff/", **HALF)
        before = [line.text for line in found.select(".stat dd.d") if "same months" in line.text]
        assert [line.split(": ")[1].split(",")[0] for line in before] == ["1", "1", "1.5"]

    def test_the_funnel(self) -> None:
        shown = page(official("whole city"), "/staff/", **HALF).select("[data-funnel]")
        assert [cell.text for cell in shown] == ["3", "3", "2", "2"]

    def test_the_tiles_say_the_share(self) -> None:
        tiles = page(official("whole city"), "/staff/", **HALF).select(".tiles a")
        assert {tile.b.text: tile.select_one(".pc").text for tile in tiles} == {
            "东关区": "100.0%",
            "西关区": "50.0%",
            "In none of them": "—",
        }


@pytest.mark.usefixtures("city")
class TestLists:
    @pytest.mark.parametrize("scope", SCOPES)
    def test_every_number_leads_to_as_many_lines(self, scope: str) -> None:
        client, known = official(scope), expected(scope)
        for stat in page(client, "/staff/", **HALF).select(".stat"):
            name, link = stat.select_one("[data-stat]")["data-stat"], stat.select_one("dt a")
            count = {"persons": "person_times", "hours": "person_times", "held": "event_times"}.get(
                name, name
            )
            if link is None or name == "guided":
                continue
            rows = page(client, link["href"]).select("tbody tr")
            assert len(rows) == int(known[count].split("/")[0]), name

    @pytest.mark.parametrize("scope", SCOPES)
    def test_the_list_of_records_and_its_file(self, scope: str) -> None:
        client, known = official(scope), expected(scope)
        rows = csv_of(client, "/staff/records/", **HALF)[1:]
        assert len(rows) == int(known["person_times"])
        assert sum(float(row[7]) for row in rows) == float(known["hours"])
        days = [row[8] for row in rows]
        assert days == sorted(days, reverse=True)
        heading = page(client, "/staff/records/", **HALF).select_one("h2").text
        assert heading == f"{known['person_times']} person-times, {known['persons']} persons"

    def test_rows_of_a_table_lead_to_as_many_records(self) -> None:
        client = official("whole city")
        for row in page(client, "/staff/", **HALF).select("section[aria-labelledby^=by-] tbody tr"):
            cells = row.select("td")
            rows = page(client, cells[1].a["href"]).select("tbody tr")
            assert len(rows) == int(cells[1].text) or cells[1].a["href"].count("district") == 0, row.text

    def test_who_came_how_far_and_whose_exam_went_how(self) -> None:
        client = official("whole city")
        begun = csv_of(client, "/staff/learning/", **HALF)[1:]
        assert sorted((row[0], row[3]) for row in begun) == [
            ("周", "Lessons done"),
            ("李", "Certificate"),
            ("王", "Certificate"),
        ]
        assert [row[0] for row in csv_of(client, "/staff/learning/", stage="unfinished", **HALF)[1:]] == [
            "周"
        ]
        exams = csv_of(client, "/staff/exams/", **HALF)[1:]
        assert [(row[0], row[4], row[5]) for row in exams] == [
            ("王", "Yes", "Yes"),
            ("周", "No", "Yes"),
            ("李", "Yes", "No"),
            ("李", "No", "Yes"),
        ]
        assert [row[0] for row in csv_of(official("东关区"), "/staff/exams/", **HALF)[1:]] == ["王"]

    def test_who_has_not(self) -> None:
        client = official("whole city")
        people = csv_of(client, "/staff/coverage/people/", **HALF)[1:]
        assert sorted(row[0] for row in people) == ["冯", "周"]
        places = csv_of(client, "/staff/coverage/enterprises/", business_type="学校食堂", **HALF)[1:]
        assert [row[0] for row in places] == ["四号食堂"]
        assert csv_of(official("东关区"), "/staff/coverage/enterprises/", **HALF)[1:] == []

    def test_a_person_is_found_under_both_accounts_and_a_certificate_by_its_number(self, city: City) -> None:
        client = official("whole city")
        assert len(page(client, "/staff/find/", q="赵").select("a.row")) == 2
        number = city.people["王"].certificates.first().number
        found = client.get("/staff/find/", {"q": number.lower()})
        assert found["Location"] == reverse("reports:certificate", args=[number])


class TestOthers:
    def test_a_manager_sees_the_figures_of_their_enterprise_alone(self, city: City) -> None:
        manager = UserFactory()
        EnterpriseManager.objects.create(user=manager, enterprise=city.places["二号饭店"])
        client, keys = client_of(manager), {name: place.pk for name, place in city.places.items()}
        shown = figures(page(client, f"/enterprises/{keys['二号饭店']}/numbers/", **HALF))
        known = next(row for row in tables_in("enterprise") if row[0] == "二号饭店")
        assert [shown["persons"], shown["person_times"], shown["hours"]] == known[1:4]
        assert (shown["posts"], shown["valid"]) == ("3/3", "4")
        rows = csv_of(client, f"/enterprises/{keys['二号饭店']}/records/", **HALF)[1:]
        assert len(rows) == 5
        for name in ("一号食堂", "四号食堂"):
            for part in ("numbers", "records"):
                assert client.get(f"/enterprises/{keys[name]}/{part}/").status_code == 404
        assert client.get("/staff/").status_code == 403

    def test_an_official_sees_the_same_of_an_enterprise_of_theirs(self, city: City) -> None:
        url = f"/enterprises/{city.places['二号饭店'].pk}/numbers/"
        assert figures(page(official("西关区"), url, **HALF))["person_times"] == "5"
        assert official("东关区").get(url, HALF).status_code == 404

    def test_what_is_not_theirs_cannot_be_asked_for(self, city: City) -> None:
        west = District.objects.get(name="西关区")
        east = official("东关区")
        known = expected("东关区")
        for query in ({"district": west.pk}, {"enterprise": city.places["二号饭店"].pk}):
            found = page(east, "/staff/", **HALF, **query)
            assert found.select_one("[role=alert]")
            assert figures(found) == known
        number = city.people["王"].certificates.filter(enterprise_name="二号饭店").get().number
        assert east.get(reverse("reports:certificate", args=[number])).status_code == 404
        assert page(east, "/staff/find/", q=number).select("a.row") == []
        assert east.get(reverse("reports:person", args=[city.people["周"].pk])).status_code == 404
        assert east.get("/staff/reports/2026-h1/", {"district": west.pk}).status_code == 404

    def test_an_official_without_a_part_of_the_city_sees_nothing(self, city: City) -> None:
        ensure_roles()
        user: User = UserFactory(is_staff=True)
        user.groups.add(Group.objects.get(name=STAFF))
        shown = client_of(user).get("/staff/", HALF)
        assert shown.status_code == 403
        assert not BeautifulSoup(shown.content, "lxml").select(".stat, table")


@pytest.mark.usefixtures("city")
class TestReport:
    @pytest.mark.parametrize("scope", SCOPES)
    def test_its_sentence_and_tables_on_the_screen(self, scope: str) -> None:
        known = expected(scope)
        found = page(official(scope), "/staff/reports/2026-h1/")
        assert figures(found) == known
        words = found.select_one(".press").text
        assert (
            f"{known['persons']} persons in the catering trade, {known['person_times']} person-times" in words
        )

    def test_in_word_and_pdf(self) -> None:
        client = official("whole city")
        document = Document(io.BytesIO(client.get("/staff/reports/2026-h1/", {"format": "docx"}).content))
        assert any("6 persons in the catering trade, 12 person-times" in p.text for p in document.paragraphs)
        cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
        for row in tables_in("business-type")[:-1]:
            assert row[:4] in [line[:4] for line in cells]
        assert len(document.inline_shapes) == 3
        assert client.get("/staff/reports/2026-h1/", {"format": "pdf"}).content.startswith(b"%PDF")

    def test_months_and_years(self) -> None:
        client = official("whole city")
        assert figures(page(client, "/staff/reports/2026-04/"))["person_times"] == "4"
        assert figures(page(client, "/staff/reports/2026/"))["person_times"] == "13"
        for slug in ("2026-08", "2026-13", "2027", "1999", "x"):
            assert client.get(f"/staff/reports/{slug}/").status_code == 404
        assert client.get("/staff/reports/").status_code == 200

    def test_in_chinese_where_that_is_asked_for(self) -> None:
        found = page(official("whole city"), "/staff/reports/2026-h1/", language="zh-hans")
        assert "云汀市" in found.select_one(".press").text

    @pytest.mark.parametrize("chart", ["trend", "districts", "funnel"])
    def test_charts_are_pictures(self, chart: str) -> None:
        client = official("whole city")
        for url in ("/staff/", "/staff/reports/2026-h1/"):
            assert client.get(url, {"format": "png", "chart": chart}).content.startswith(b"\x89PNG")
        assert client.get("/staff/", {"format": "png", "chart": "x"}).status_code == 404
