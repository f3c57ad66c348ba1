"""Every figure, on every page and in every file, is the one that was worked out by hand."""

from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.organisations.models import District, EnterpriseManager
from tests.factories import UserFactory
from tests.walking import Walker
from tests.worked_city import City, sheet
from tests.worked_pages import (
    FIGURES,
    HALF,
    SCOPES,
    before,
    client_of,
    csv_of,
    expected,
    figures,
    lines,
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


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch) -> City:
    return City(lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment))


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
        for month, persons in (
            ("2025-12", "1"),
            ("2026-01", "1"),
            ("2026-03", "4"),
            ("2026-04", "3"),
            ("2026-06", "5"),
            ("2026-07", "2"),
        ):
            shown = figures(page(client, "/staff/", **{"from": month, "to": month}))
            assert shown["persons"] == persons, month

    def test_a_running_half_year_is_compared_until_the_same_day(self) -> None:
        found = page(official("whole city"), "/staff/", period="half")
        shown = figures(found)
        assert [shown[name] for name in ("persons", "person_times", "held", "guided")] == ["2", "2", "2", "1"]
        assert before(found) == {**dict.fromkeys(("persons", "person_times", "hours", "event_times", "held"), "1"), "course_times": "0", "guided": "0"}  # fmt: skip
        assert "Last year until July 15" in found.select_one(".stat").text

    def test_a_half_year_that_is_over_is_compared_with_all_of_the_same_months(self) -> None:
        found = page(official("whole city"), "/staff/", **HALF)
        assert before(found) == {name: line["before"] for name, line in FIGURES.items() if line["before"]}
        assert "The same months last year" in found.select_one(".stat").text

    def test_february_of_a_leap_year_is_compared_to_its_end(self) -> None:
        found = page(official("whole city"), "/staff/", **{"from": "2025-02", "to": "2025-02"})
        assert (figures(found)["persons"], before(found)["persons"]) == ("0", "1")

    def test_the_funnel(self) -> None:
        shown = page(official("whole city"), "/staff/", **HALF).select("[data-funnel]")
        assert [cell.text for cell in shown] == ["5", "5", "4", "2"]

    def test_the_tiles_say_the_share(self) -> None:
        tiles = page(official("whole city"), "/staff/", **HALF).select(".tiles a")
        assert {tile.b.text: tile.select_one(".pc").text for tile in tiles} == {
            "东关区": "66.7%",
            "西关区": "66.7%",
            "In none of them": "—",
        }


@pytest.mark.usefixtures("city")
class TestLists:
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

    def test_who_came_how_far_and_whose_exam_went_how(self) -> None:
        client = official("whole city")
        begun = csv_of(client, "/staff/learning/", **HALF)[1:]
        assert sorted((row[0], row[3]) for row in begun) == [
            ("周", "Lessons done"),
            ("孙", "Exam passed"),
            ("李", "Certificate"),
            ("王", "Certificate"),
            ("赵", "Exam passed"),
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
        assert sorted(row[0] for row in people) == ["何", "冯", "周"]
        places = csv_of(client, "/staff/coverage/enterprises/", business_type="学校食堂", **HALF)[1:]
        assert [row[0] for row in places] == ["六号食堂"]
        elsewhere = csv_of(official("东关区"), "/staff/coverage/enterprises/", **HALF)[1:]
        assert [row[0] for row in elsewhere] == ["七号空店"]

    def test_events_held_and_enterprises_guided(self) -> None:
        client = official("whole city")
        assert [row[:1] + row[2:] for row in csv_of(client, "/staff/held/", **HALF)[1:]] == [
            ["六月指导", "2026-06-30", "0", "0", "0", "2"],
            ["六月培训", "2026-06-30", "1", "1", "2", "0"],
            ["五月约谈", "2026-05-14", "2", "2", "2", "0"],
            ["四月指导", "2026-04-11", "1", "1", "0.5", "1"],
            ["四月培训", "2026-04-01", "1", "1", "2", "0"],
        ]
        guided = csv_of(client, "/staff/guided/", **HALF)[1:]
        assert sorted((row[0], row[3], row[4]) for row in guided) == [
            ("三号小吃", "1", "2026-06-30"),
            ("二号饭店", "2", "2026-04-11"),
            ("五号旧店", "1", "2026-06-30"),
        ]
        assert [row[0] for row in csv_of(official("西关区"), "/staff/guided/", **HALF)[1:]] == ["二号饭店"]

    def test_the_persons_behind_the_number(self) -> None:
        rows = csv_of(official("西关区"), "/staff/persons/", **HALF)[1:]
        assert sorted((row[0], row[2], row[3], row[4]) for row in rows) == [
            ("吕", "1", "1.5", "2026-06-03"),
            ("李", "2", "2.5", "2026-06-20"),
            ("王", "1", "0.5", "2026-04-11"),
            ("许", "1", "2", "2026-02-28"),
            ("赵", "2", "3.5", "2026-06-05"),
            ("钱", "2", "2.5", "2026-05-15"),
        ]

    def test_the_list_of_events_counts_whoever_was_there(self) -> None:
        rows = {row[0]: row for row in csv_of(official("whole city"), "/staff/events/")[1:]}
        assert (rows["六月培训"][10], rows["六月指导"][11], rows["四月指导"][11]) == ("2", "2", "1")

    def test_a_correction_is_in_the_ledger_of_the_person(self, city: City) -> None:
        shown = page(official("whole city"), reverse("reports:person", args=[city.people["李"].pk]))
        assert shown.select_one("section[aria-labelledby=y2026] b").text == "4.5"

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
        assert [shown[name] for name in ("posts", "valid", "guided", "held")] == ["4/4", "4", "1", "1"]
        rows = csv_of(client, f"/enterprises/{keys['二号饭店']}/records/", **HALF)[1:]
        assert len(rows) == 6
        lists = ("persons", "held", "guided", "people", "learning", "exams", "certificates")
        for name in ("一号食堂", "四号食堂"):
            for part in ("numbers", "records", *(f"numbers/{one}" for one in lists)):
                assert client.get(f"/enterprises/{keys[name]}/{part}/").status_code == 404
        assert client.get("/staff/").status_code == 403

    def test_whoever_keeps_a_staff_list_comes_from_a_number_to_the_people(self, city: City) -> None:
        """Who works there today has a page; of who has left, what was earned there is said, and no more."""
        manager, place = UserFactory(), city.places["二号饭店"]
        EnterpriseManager.objects.create(user=manager, enterprise=place)
        client, there = client_of(manager), {one.user.name for one in place.memberships.current()}
        numbers = page(
            client, f"/enterprises/{place.pk}/numbers/?trained=yes", **{"from": "2026-07", "to": "2026-07"}
        )
        missing = numbers.select("section[aria-labelledby=untrained] a.row")
        # who learned in July is not among them, whatever else the address asks for
        assert {one.b.text for one in missing} == there - {"王"}
        assert {client.get(one["href"]).status_code for one in missing} == {200}
        for name in ("people/?trained=all", "persons/", "certificates/", "learning/", "exams/"):
            found = page(client, f"/enterprises/{place.pk}/numbers/{name}", **HALF)
            for row in found.select("tbody tr"):
                cells = row.select("th, td")
                person = cells[1] if name == "certificates/" else cells[0]
                assert bool(person.a) == (person.text.strip() in there), row.text
                for link in row.select("a[href]"):
                    assert client.get(link["href"]).status_code == 200, link

    def test_an_official_sees_the_same_of_an_enterprise_of_theirs(self, city: City) -> None:
        url = f"/enterprises/{city.places['二号饭店'].pk}/numbers/"
        assert figures(page(official("西关区"), url, **HALF))["person_times"] == "6"
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


WHOLE = "from=2026-01&to=2026-06"
CHOICES = (
    "",
    WHOLE,
    "from=2024-01&to=2026-12",
    f"kind=course&{WHOLE}",
    f"kind=talk&{WHOLE}",
    f"kind=guidance&{WHOLE}",
    f"post=厨师&{WHOLE}",
    f"post=-&{WHOLE}",
    f"business_type=小餐饮&{WHOLE}",
    f"apart=True&{WHOLE}",
)


@pytest.mark.usefixtures("city", "kept_as_in_a_large_city")
class TestDrillingDown:
    @pytest.mark.parametrize("scope", SCOPES)
    def test_every_number_of_an_overview_is_as_long_as_its_list(self, scope: str) -> None:
        walker = Walker(official(scope))
        # every choice once, and those in which districts differ for each of them
        for choice in CHOICES if scope == "whole city" else ("", WHOLE):
            assert walker.check(f"/staff/?{choice}") > 20, choice

    @pytest.mark.parametrize("scope", SCOPES)
    def test_every_line_of_a_table_leads_to_the_same_numbers(self, scope: str, city: City) -> None:
        """And the first of each table again to lists of their own: two steps down."""
        walker = Walker(official(scope))
        found = walker.page(f"/staff/?{WHOLE}")
        for section in found.select("section[aria-labelledby^=by-]"):
            is_first = True
            for row in section.select("tbody tr"):
                url, said = urljoin("/staff/", row.th.a["href"]), row.select("td")
                if "/records/" in url or "/enterprises/" in url:
                    continue
                shown = figures(walker.page(url))
                numbers = [shown["persons"], shown["person_times"], shown["hours"]]
                assert numbers == [cell.text.strip() for cell in said[:3]], row.text
                if is_first:
                    walker.check(url)
                is_first = False

    @pytest.mark.parametrize(
        ("scope", "subjects", "places"),
        [
            ("whole city", ("甲课", "丙课", "五月约谈", "六月指导"), ("二号饭店", "五号旧店", "七号空店")),
            ("东关区", ("五月约谈",), ("一号食堂",)),
        ],
    )
    def test_of_a_course_of_an_event_and_of_an_enterprise(
        self, scope: str, subjects: tuple[str, ...], places: tuple[str, ...], city: City
    ) -> None:
        walker = Walker(official(scope))
        for name in subjects:
            walker.check(f"/staff/?subject={city.keys[name]}&{WHOLE}")
        for name in places:
            walker.check(f"/enterprises/{city.places[name].pk}/numbers/?{WHOLE}")
            walker.check(f"/staff/?enterprise={city.places[name].pk}&{WHOLE}")

    @pytest.mark.parametrize("scope", SCOPES)
    def test_every_number_of_a_report(self, scope: str) -> None:
        walker = Walker(official(scope))
        for slug in ("2026-h1", "2026-07"):
            assert walker.check(f"/staff/reports/{slug}/") > 20

    def test_of_whoever_keeps_a_staff_list(self, city: City) -> None:
        manager = UserFactory()
        for name in ("二号饭店", "五号旧店"):
            EnterpriseManager.objects.create(user=manager, enterprise=city.places[name])
            walker = Walker(client_of(manager))
            assert walker.check(f"/enterprises/{city.places[name].pk}/numbers/?{WHOLE}") > 20
