"""No page of the supervising staff or of managers asks the database more than fifteen times, however many rows it has:
every kind of page that another one leads to is opened."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Site

from academy.accounts.models import User
from academy.courses.assignments.assigning import fill
from academy.courses.learning import finish_lesson
from academy.courses.models import Assignment, LessonPage
from academy.events.models import Event, Invited
from academy.events.signing import Said, sign_in
from academy.exams import spot
from academy.exams.models import SpotExam
from academy.library.handbooks.sending import send
from academy.organisations.models import District, Enterprise, EnterpriseManager, Membership
from academy.records.attending import attend
from academy.records.completing import complete
from academy.records.merging import merge_people
from tests.factories import (
    CityFactory,
    DistrictFactory,
    EnterpriseFactory,
    EventFactory,
    MembershipFactory,
    PaperFactory,
    PostFactory,
    UserFactory,
    make_asking,
    make_assignment,
    make_course,
    make_handbook,
    make_official,
)

# covered by others; many times over it takes half as long again
pytestmark = [pytest.mark.django_db, pytest.mark.no_cover, pytest.mark.usefixtures("kept_as_in_a_large_city")]
MOST = 15
# each course under way asks for its lessons and what was done of them
MORE = ("/me/",)
OURS = ("/staff/", "/enterprises/", "/me/", "/events/")
LINK = re.compile(r'href="([^"]+)"')
NUMBER = re.compile(r"/[^/]*\d[^/]*(?=/)")
# what is found by a form, and no link leads to
ASKED = (
    "/staff/find/?q=师傅",
    "/staff/people/?q=师傅",
    "/staff/records/?q=师傅",
    "/staff/log/?q=师傅",
    "/staff/certificates/?q=师傅",
)
VISITED = {
    "/staff/", "/staff/records/", "/staff/certificates/", "/staff/certificates/…/", "/staff/enterprises/", "/staff/enterprises/…/",
    "/staff/people/", "/staff/people/…/", "/staff/coverage/people/", "/staff/coverage/enterprises/", "/staff/learning/", "/staff/exams/",
    "/staff/log/", "/staff/reports/", "/staff/reports/…/", "/staff/events/", "/staff/events/…/", "/staff/events/…/list/", "/staff/assignments/",
    "/staff/assignments/…/", "/staff/assignments/…/people/", "/staff/handbooks/", "/staff/handbooks/edition/", "/staff/spot-exams/", "/staff/imports/",
    "/staff/questions/",
}  # fmt: skip


@pytest.fixture
def street(db: Any) -> District:
    """Of everything several, in one street."""
    district = DistrictFactory(name="东门街道", parent=DistrictFactory(name="东关区", parent=CityFactory()))
    official, book = make_official(CityFactory()), make_handbook()
    home = Site.objects.get(is_default_site=True).root_page
    courses = [make_course(home, title=f"课{n}", paper=PaperFactory()) for n in range(3)]
    for n in range(4):
        _enterprise(district, n)
        EventFactory(district=district, organiser=official)
        make_asking(f"第{n}问：凉菜能放多久？")
        _exam(f"抽考{n}", district)
    manager = EnterpriseManager.objects.earliest("pk").user
    for course in courses:
        lesson = LessonPage.objects.child_of(course).first()
        assert lesson
        finish_lesson(manager, lesson)
    merge_people(UserFactory(name=manager.name), manager, by=official, reason="同一个人")
    for event in Event.objects.all():
        for place in Membership.objects.all():
            Invited.objects.create(
                event=event, user=place.user, person_name=place.user.name, **place.snapshot()
            )
            sign_in(event, place.user, Said("list", official), timezone.now())
    send(
        district,
        handbook_key=book.key,
        title=book.title,
        edition=book.edition,
        copies=9,
        sent_on=timezone.localdate(),
        receipt="收条",
        by=official,
        key=uuid4(),
    )
    for course in courses:
        make_assignment(official, object_key=course.key, title=course.title, district=district)
    make_assignment(official, kind="handbook", object_key=book.key, title=book.title, edition=book.edition)
    for assignment in Assignment.objects.all():
        fill.func(assignment.pk)
    return district


def _enterprise(district: District, n: int) -> None:
    enterprise = EnterpriseFactory(district=district)
    for m in range(4):
        person = UserFactory(name=f"{n}{m}师傅")
        MembershipFactory(user=person, enterprise=enterprise, post=PostFactory(name=f"岗位{m}"))
        _learned(person)
    EnterpriseManager.objects.create(user=person, enterprise=enterprise)


def _learned(person: User) -> None:
    """In each of four years."""
    for year in range(4):
        at = timezone.now() - timedelta(days=365 * year + 1)
        about = {
            "course_key": f"course:{900 + year}",
            "course_title": f"课程{year}",
            "edition": 1,
            "hours": Decimal(1),
        }
        complete(person, **about, validity_months=12, completed_at=at)
        event = {
            "event_key": f"event:{900 + year}",
            "event_title": f"约谈{year}",
            "kind": "talk",
            "hours": Decimal(1),
        }
        attend(person, **event, at=at)


def _exam(title: str, district: District) -> None:
    now = timezone.now()
    window = {"opens_at": now, "closes_at": now + timedelta(hours=1)}
    exam = SpotExam.objects.create(title=title, paper=PaperFactory(), district=district, size=9, **window)
    spot.draw_candidates(exam, UserFactory(), now)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _kind(address: str) -> str:
    parts = urlsplit(address)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return NUMBER.sub("/…", parts.path) + (f"?{'&'.join(names)}" if names else "")


def _walk(client: Client, *begin: str) -> Iterator[tuple[str, str, int]]:
    """Of every kind of page the first, with its questions."""
    seen, waiting = set(), list(begin)
    while waiting:
        address = waiting.pop(0)
        if _kind(address) in seen or "format=" in address:
            continue
        seen.add(_kind(address))
        answer, queries = _asked(client, address)
        if answer.status_code != 200 or answer.streaming or b"<main" not in answer.content:
            continue
        # what a process asks once is no page's
        if queries > MOST:
            _answer, queries = _asked(client, address)
        yield _kind(address), address, queries
        found = (urljoin(address, unescape(link)) for link in LINK.findall(answer.content.decode()))
        waiting += [link for link in found if link.startswith(OURS)]


def _asked(client: Client, address: str) -> tuple[Any, int]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    return answer, len(queries)


@pytest.mark.parametrize("level", ["city", "street"])
def test_no_page_of_the_staff_asks_more_than_fifteen_times(street: District, level: str) -> None:
    official = make_official(street if level == "street" else CityFactory())
    walked = list(_walk(_client(official), "/staff/", *ASKED))
    assert {kind.partition("?")[0] for kind, *_rest in walked} >= VISITED
    assert {kind: n for kind, _address, n in walked if n > MOST and kind not in MORE} == {}


def test_no_page_of_a_manager_asks_more_than_fifteen_times(street: District) -> None:
    manager = EnterpriseManager.objects.earliest("pk").user
    enterprise = Enterprise.objects.get(managers__user=manager)
    pages = (f"/enterprises/{enterprise.pk}/{tab}" for tab in ("", "numbers/", "records/", "assignments/"))
    walked = list(_walk(_client(manager), "/me/", *pages))
    assert len(walked) > 20
    assert {kind: n for kind, _address, n in walked if n > MOST and kind not in MORE} == {}
