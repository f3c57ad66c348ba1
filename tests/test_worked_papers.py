"""The reports, assignments and handbooks of the small city, and every file beside its page."""

import io
import re
from datetime import datetime
from typing import Any

import pdfplumber
import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from academy.organisations.models import EnterpriseManager
from tests.factories import UserFactory
from tests.worked_city import City, sheet
from tests.worked_pages import (
    HALF,
    SCOPES,
    client_of,
    csv_of,
    expected,
    figures,
    official,
    page,
    tables_in,
    xlsx_of,
)

pytestmark = [
    pytest.mark.django_db,
    # what others cover, many times over
    pytest.mark.no_cover,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]
TALLY = ("persons", "done", "due", "late", "excused", "left", "percent")


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    return City(lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment))


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
        assert f"{known['event_times']} person-times were at {known['held']} events" in words
        assert f"{known['guided']} enterprises were guided on site" in words
        assert re.search(rf"School canteens covered: [\d.]+% \({known['canteens']}\)", words)

    def test_in_word_and_pdf(self) -> None:
        client = official("whole city")
        document = Document(io.BytesIO(client.get("/staff/reports/2026-h1/", {"format": "docx"}).content))
        assert any("12 persons in the catering trade, 23 person-times" in p.text for p in document.paragraphs)
        cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
        written = client.get("/staff/reports/2026-h1/", {"format": "pdf"}).content
        printed = "\n".join(one.extract_text() for one in pdfplumber.open(io.BytesIO(written)).pages)
        assert "12 persons in the catering trade, 23 person-times" in " ".join(printed.split())
        for table in ("district", "kind", "business-type"):
            for row in tables_in(table)[:-1]:
                assert row[:4] in [line[:4] for line in cells]
                assert re.search(rf"^{row[0]} +{' +'.join(row[1:4])}\b", printed, re.MULTILINE), row
        assert len(document.inline_shapes) == 3

    def test_months_and_years(self) -> None:
        client = official("whole city")
        assert figures(page(client, "/staff/reports/2026-04/"))["person_times"] == "4"
        assert figures(page(client, "/staff/reports/2026/"))["person_times"] == "25"
        assert figures(page(client, "/staff/reports/2025/"))["person_times"] == "4"
        assert figures(page(client, "/staff/reports/2024-02/"))["person_times"] == "1"
        for slug in ("2026-08", "2026-13", "2027", "1999", "x"):
            assert client.get(f"/staff/reports/{slug}/").status_code == 404
        assert client.get("/staff/reports/").status_code == 200

    def test_in_chinese_where_that_is_asked_for(self) -> None:
        found = page(official("whole city"), "/staff/reports/2026-h1/", language="zh-hans")
        assert "云汀市" in found.select_one(".press").text

    @pytest.mark.parametrize("chart", ["trend", "districts", "funnel"])
    def test_charts_are_pictures(self, chart: str, city: City) -> None:
        client, place = official("whole city"), city.places["二号饭店"]
        for url in ("/staff/", "/staff/reports/2026-h1/", f"/enterprises/{place.pk}/numbers/"):
            assert client.get(url, {"format": "png", "chart": chart}).content.startswith(b"\x89PNG")
        assert client.get("/staff/", {"format": "png", "chart": "x"}).status_code == 404


def duties_in(name: str, table: str) -> list[list[str]]:
    found = [line for line in sheet("duties") if (line["duty"], line["table"]) == (name, table)]
    return sorted([line["row"], *(line[column] for column in TALLY)] for line in found)


def body(url: str, client: Client, **query: Any) -> list[list[str]]:
    """The lines of a file, which is the same as a sheet and as text."""
    rows = csv_of(client, url, **query)[1:]
    assert [[_text(cell) for cell in row] for row in xlsx_of(client, url, **query)[1:]] == rows
    return rows


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


class TestAssignments:
    @pytest.mark.parametrize("name", ["乙课", "厨房手册"])
    def test_how_far_they_are_by_district_and_enterprise(self, city: City, name: str) -> None:
        client, url = official("whole city"), f"/staff/assignments/{city.duties[name].pk}/"
        shown = page(client, url)
        for table in ("district", "enterprise"):
            known = duties_in(name, table)
            assert sorted(body(url, client, table=table)) == known
            cells = [[cell.text.strip() for cell in row.select("th,td")] for row in shown.select("tbody tr")]
            for row in known:
                assert [*row[:-1], f"{row[-1]}%" if row[-1] else "—"] in cells

    @pytest.mark.parametrize("scope", SCOPES[1:])
    def test_each_official_sees_those_of_their_part(self, city: City, scope: str) -> None:
        url = f"/staff/assignments/{city.duties['乙课'].pk}/"
        known = [row for row in duties_in("乙课", "district") if row[0] == scope]
        assert body(url, official(scope), table="district") == known
        people = body(f"{url}people/", official(scope))
        assert len(people) == int(known[0][1])
        assert {row[5] for row in people} <= {"Done", "Late", "Excused"}

    def test_every_number_is_as_long_as_its_list(self, city: City) -> None:
        client = official("whole city")
        for name in ("乙课", "厨房手册"):
            url = f"/staff/assignments/{city.duties[name].pk}/"
            for _row, persons, *states, _percent in duties_in(name, "district"):
                for state, said in zip(TALLY[1:6], states, strict=True):
                    assert len(body(f"{url}people/", client, district=_row, state=state)) == int(said)
                assert len(body(f"{url}people/", client, district=_row)) == int(persons)

    def test_the_list_of_them_and_the_one_of_an_enterprise(self, city: City) -> None:
        rows = {row[0]: row for row in body("/staff/assignments/", official("whole city"))}
        assert rows["乙课"][3:6] == ["10", "4", "5"]
        assert rows["厨房手册"][3:6] == ["6", "3", "0"]
        manager, place = UserFactory(), city.places["一号食堂"]
        EnterpriseManager.objects.create(user=manager, enterprise=place)
        own = body(f"/enterprises/{place.pk}/assignments/", client_of(manager))
        assert sorted([row[0], *row[2:]] for row in own) == [
            ["乙课", *duties_in("乙课", "enterprise")[0][1:-1]],
            ["厨房手册", *duties_in("厨房手册", "enterprise")[0][1:-1]],
        ]


class TestHandbooks:
    def test_copies_and_signatures_by_edition(self, city: City) -> None:
        for scope in SCOPES:
            rows = {row[1]: row[2:] for row in body("/staff/handbooks/", official(scope))}
            known = {
                line["edition"]: [line["copies"], line["signed"]]
                for line in sheet("handbooks")
                if line["place"] == scope
            }
            assert {edition: rows.get(edition, ["0", "0"]) for edition in known} == known

    def test_by_district_and_the_lists_behind(self, city: City) -> None:
        client = official("whole city")
        for edition in ("第1版", "第0版"):
            about = {"handbook": city.book.key, "edition": edition}
            known = {
                line["place"]: [line["copies"], line["signed"]]
                for line in sheet("handbooks")
                if line["edition"] == edition
            }
            rows = {row[0]: row[1:] for row in body("/staff/handbooks/edition/", client, **about)}
            rows["whole city"] = rows.pop("Total")
            assert rows == known
            assert page(client, "/staff/handbooks/edition/", **about)
            for place, (copies, signed) in known.items():
                where = about if place == "whole city" else {**about, "district": place}
                sent = body("/staff/handbooks/dispatches/", client, **where)
                assert sum(int(row[5]) for row in sent) == int(copies)
                names = {
                    row[0].removesuffix("的旧号")
                    for row in body("/staff/handbooks/signatures/", client, **where)
                }
                assert len(names) == int(signed)


class TestFiles:
    @pytest.mark.parametrize("scope", SCOPES)
    def test_every_table_says_in_a_file_what_it_says_on_the_page(self, city: City, scope: str) -> None:
        client = official(scope)
        urls = ["/staff/", *(f"/enterprises/{place.pk}/numbers/" for place in city.places.values())]
        for url in urls:
            if client.get(url).status_code == 200:
                self._compare(client, url)

    def _compare(self, client: Client, url: str) -> None:
        for section in page(client, url, **HALF).select("section[aria-labelledby^=by-]"):
            shown = [
                [cell.text.strip() for cell in row.select("th,td")][:4] for row in section.select("tbody tr")
            ]
            rows = body(url, client, table=section["aria-labelledby"].removeprefix("by-"), **HALF)[:-1]
            assert [row[:4] for row in rows] == shown, (url, section["aria-labelledby"])

    def test_the_ledger_of_a_person(self, city: City) -> None:
        rows = body("/me/hours/", client_of(city.people["李"]), year="2026")
        assert sum(float(row[-1]) for row in rows) == 4.5

    def test_the_staff_of_each_enterprise(self, city: City) -> None:
        """As `README.md` of the sheets says who works where today."""
        rows = {row[0]: row[11] for row in body("/staff/enterprises/", official("whole city"))}
        assert rows == {
            "一号食堂": "4",
            "二号饭店": "4",
            "三号小吃": "2",
            "四号食堂": "3",
            "六号食堂": "1",
            "七号空店": "0",
        }
