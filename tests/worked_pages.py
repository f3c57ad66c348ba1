"""What the pages and files of the small city say, read as somebody reads them."""

import csv
import io
from typing import Any

from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from openpyxl import load_workbook

from academy.accounts.models import User
from academy.accounts.roles import STAFF, ensure_roles
from academy.organisations.models import District, Jurisdiction
from tests.factories import StaffFactory, UserFactory
from tests.worked_city import sheet

HALF = {"from": "2026-01", "to": "2026-06"}
SCOPES = ("whole city", "东关区", "西关区")
FIGURES = {line["figure"]: line for line in sheet("figures")}


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


def before(found: BeautifulSoup) -> dict[str, str]:
    """What is said of the year before."""
    said = {
        stat.select_one("[data-stat]")["data-stat"]: " ".join(
            line.text for line in stat.select("dd.d:not(.how)")
        )
        for stat in found.select(".stat")
    }
    return {name: words.split(": ")[1].split(",")[0] for name, words in said.items() if ": " in words}


def expected(scope: str) -> dict[str, str]:
    return {name: line[scope] for name, line in FIGURES.items()}


def tables_in(name: str) -> list[list[str]]:
    columns = ("row", "persons", "person_times", "hours", "guided", "enterprises", "posts")
    return [[line[column] for column in columns] for line in sheet("tables") if line["table"] == name]


def lines(rows: list[list[Any]]) -> list[list[str]]:
    """Of a file: two columns and a percent are a share again; the last line is the total."""
    heads, *body = rows
    found = []
    for row in body:
        said = {"Enterprises guided on site": "", "Enterprises covered": "", "Posts trained": ""}
        for n in range(4, len(heads)):
            if heads[n] in said:
                is_share = heads[n + 1 : n + 2] == ["of"]
                said[heads[n]] = f"{row[n]}/{row[n + 1]}" if is_share else str(row[n])
        label, persons, times, hours = row[:4]
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
