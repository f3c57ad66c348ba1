from datetime import timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.learning import finish_lesson
from academy.records.completing import complete
from academy.records.models import midnight
from tests.factories import CompletionFactory, MembershipFactory, UserFactory, make_course

pytestmark = pytest.mark.django_db


def words(client: Client) -> str:
    response = client.get("/me/")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "lxml").main.get_text(" ", strip=True)


def test_a_stranger_signs_in_and_comes_back(client: Client) -> None:
    response = client.get("/me/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/me/"


def test_somebody_new_is_told_what_will_stand_here(worker_client: Client, worker: User) -> None:
    page = BeautifulSoup(worker_client.get("/me/").content, "lxml")
    assert page.h1.get_text(strip=True) == worker.name
    assert page.select_one(".empty a")["href"] == "/courses/"
    assert page.select("a[href='/me/work/']")
    assert not page.select(".rec")


def test_name_post_enterprise_and_masked_phone_are_shown(worker_client: Client, worker: User) -> None:
    place = MembershipFactory(user=worker)
    shown = words(worker_client)
    assert place.enterprise.name in shown
    assert place.post.name in shown
    assert worker.masked_phone in shown
    assert str(worker.phone) not in shown


def test_the_course_under_way_stands_first_with_its_next_lesson(
    worker_client: Client, worker: User, home: Page
) -> None:
    course = make_course(home, lessons=3)
    first, second, _third = course.get_children().specific()
    finish_lesson(worker, first)
    page = BeautifulSoup(worker_client.get("/me/").content, "lxml")
    section = page.select_one("section[aria-labelledby=under-way]")
    assert section.select_one("a.crs")["href"] == course.url
    assert section.select_one("a.btn")["href"] == second.url


def test_records_are_listed_and_the_hours_of_this_year_in_shanghai_are_added(
    worker_client: Client, worker: User
) -> None:
    this_year = midnight(timezone.localdate().replace(month=1, day=1))
    last_year = this_year - timedelta(seconds=1)
    for edition, (title, hours, moment) in enumerate(
        [("今年的课", "1.5", this_year), ("又一课", "2.0", this_year), ("去年的课", "8.0", last_year)]
    ):
        course = {
            "course_key": "course:1",
            "course_title": title,
            "edition": edition,
            "hours": Decimal(hours),
        }
        complete(worker, **course, completed_at=moment)
    CompletionFactory(course_title="别人的课")
    shown = words(worker_client)
    assert "今年的课" in shown
    assert "去年的课" in shown
    assert "别人的课" not in shown
    assert "3.5" in shown
    assert "11.5" not in shown


def test_the_page_asks_as_many_questions_for_many_records_as_for_few(
    worker_client: Client, worker: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for edition in range(1, 31):
        CompletionFactory(user=worker, edition=edition)
    with django_assert_max_num_queries(20):
        worker_client.get("/me/")


def test_type_brightness_and_signing_out_work_without_a_script(worker_client: Client) -> None:
    page = BeautifulSoup(worker_client.get("/me/").content, "lxml").main
    forms = {form["action"] for form in page.select("form[method=post]")}
    assert forms == {"/display/", "/accounts/logout/"}
    assert {button.get("name") for button in page.select("form[action='/display/'] button")} == {
        "size",
        "theme",
    }
    worker_client.post("/accounts/logout/")
    assert worker_client.get("/me/").status_code == 302


def test_only_staff_are_shown_the_way_to_the_overview(worker_client: Client, staff_client: Client) -> None:
    assert b'href="/staff/"' not in worker_client.get("/me/").content
    assert b'href="/staff/"' in staff_client.get("/me/").content


def test_somebody_without_a_name_is_not_greeted_by_their_number(client: Client) -> None:
    client.force_login(UserFactory(name=""), backend="django.contrib.auth.backends.ModelBackend")
    heading = BeautifulSoup(client.get("/me/").content, "lxml").h1.get_text(strip=True)
    assert heading
    assert not any(char.isdigit() for char in heading)
