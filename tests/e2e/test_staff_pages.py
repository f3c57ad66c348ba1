"""Every page of the supervising staff, as the demo fills it: nothing that axe finds, nothing wider than the screen."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.conftest import RunningSite, Visit
from tests.e2e.test_staff_finds import CITY, signed_in

IDS = """
from academy.accounts.models import User
from academy.courses.models import Assignment
from academy.events.models import Event
from academy.organisations.models import Membership
place = Membership.objects.get(user__phone="13800000001", left_at=None)
closed, planned = (Event.objects.filter(state=state).first().pk for state in ("closed", "planned"))
print(place.user_id, place.enterprise_id, place.pk, closed, planned, Assignment.objects.first().pk)
"""
PAGES = """
/staff/ /staff/find/?q=王 /staff/find/?q=zzzz /staff/log/ /staff/records/ /staff/records/?q=无此人
/staff/coverage/people/ /staff/coverage/enterprises/ /staff/learning/ /staff/exams/ /staff/reports/ /staff/certificates/
/staff/people/ /staff/people/{person}/ /staff/people/{person}/places/new/ /staff/people/{person}/places/{place}/
/staff/people/{person}/merge/ /staff/enterprises/ /staff/enterprises/new/ /staff/enterprises/{enterprise}/
/staff/enterprises/{enterprise}/edit/ /staff/enterprises/{enterprise}/newcomer/ /staff/enterprises/{enterprise}/managers/
/staff/enterprises/{enterprise}/merge/ /staff/imports/ /staff/imports/new/people/ /staff/imports/new/enterprises/
/staff/questions/ /staff/questions/figures/ /staff/events/ /staff/events/new/ /staff/events/{closed}/
/staff/events/{closed}/list/ /staff/events/{closed}/list/print/ /staff/events/{planned}/ /staff/events/{planned}/edit/
/staff/events/{planned}/invite/ /staff/events/{planned}/cancel/ /staff/events/{planned}/desk/ /staff/spot-exams/
/staff/spot-exams/new/ /staff/assignments/ /staff/assignments/new/ /staff/assignments/{assignment}/
/staff/assignments/{assignment}/people/ /staff/handbooks/ /staff/handbooks/send/ /staff/handbooks/dispatches/
/staff/handbooks/signatures/ /enterprises/{enterprise}/numbers/ /enterprises/{enterprise}/records/
/enterprises/{enterprise}/ /enterprises/{enterprise}/former/ /enterprises/{enterprise}/requests/
/enterprises/{enterprise}/invitations/ /enterprises/{enterprise}/assignments/
"""
Addresses = list[str]


@pytest.fixture(scope="module")
def addresses(site: RunningSite) -> Addresses:
    names = ("person", "enterprise", "place", "closed", "planned", "assignment")
    known = dict(zip(names, site.run(IDS).split(), strict=True))
    return PAGES.format(**known).split()


def failing(page: Page, site: RunningSite, addresses: Addresses, look: Callable[[Page], object]) -> Addresses:
    found = []
    for address in addresses:
        answer = page.goto(site.url + address)
        assert answer
        assert answer.status == 200, address
        if wrong := look(page):
            found.append(f"{address}: {wrong}")
    return found


def complaints(page: Page) -> str:
    found = Axe().run(page)
    return found.generate_report() if found.violations_count else ""


def too_wide(page: Page) -> str:
    width = page.evaluate("document.documentElement.scrollWidth")
    return f"{width} px" if width > page.viewport_size["width"] else ""  # type: ignore[index]


def test_axe_finds_nothing(visit: Visit, site: RunningSite, addresses: Addresses) -> None:
    page = signed_in(visit, CITY, 390)
    assert failing(page, site, addresses, lambda page: complaints(page) or too_wide(page)) == []


def test_the_narrowest_phone_with_large_type_holds_every_page(
    visit: Visit, site: RunningSite, addresses: Addresses
) -> None:
    page = signed_in(visit, CITY, 320)
    page.context.add_cookies([{"name": "size", "value": "large", "url": site.url}])
    assert failing(page, site, addresses, too_wide) == []


def test_english_pages_hold_too(visit: Visit, site: RunningSite, addresses: Addresses) -> None:
    page = signed_in(visit, CITY, 390)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    assert failing(page, site, addresses, too_wide) == []
