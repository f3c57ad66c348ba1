"""A lesson with a film and a question: watched, counted, resumed on another device, and not skipped through."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import RunningSite, Visit, say_where_one_works, sign_in_by_phone

FILM = Path(__file__).parents[1] / "files" / "film.mp4"
ADDRESS = "/courses/films/film/"
MAKE = f"""
from pathlib import Path
from django.core.files.base import ContentFile
from wagtail.documents.models import Document
from academy.courses.models import CourseIndexPage, CoursePage, LessonPage
if not CoursePage.objects.filter(slug="films").exists():
    course = CourseIndexPage.objects.get().add_child(instance=CoursePage(title="片子", slug="films", outcome="会看"))
    film = Document.objects.create(title="片", file=ContentFile(Path({str(FILM)!r}).read_bytes(), "film.mp4"))
    body = [("video", {{"title": "量中心温度", "video": film}})]
    course.add_child(instance=LessonPage(title="看片子", slug="film", watch_through=True, body=body))
"""
KEPT = """
import json
from academy.courses.models import LessonPage, LessonProgress
lesson = LessonPage.objects.get(slug="film")
row = LessonProgress.objects.get(user__phone={phone!r}, lesson_key=lesson.key)
print(json.dumps({{"watched": row.watched, "done": bool(row.done_at), "visits": row.visits.count()}}))
"""


@pytest.fixture
def learner(visit: Visit, site: RunningSite, request: pytest.FixtureRequest) -> tuple[Page, str]:
    site.run(MAKE)
    phone = f"1370000{abs(hash(request.node.name)) % 10000:04d}"
    page = visit(f"/accounts/login/?next={ADDRESS}", 390)
    sign_in_by_phone(page, site, phone)
    say_where_one_works(page)
    expect(page).to_have_url(site.url + ADDRESS)
    return page, phone


def kept(site: RunningSite, phone: str) -> Any:
    return json.loads(site.run(KEPT.format(phone=phone)).splitlines()[-1])


def play_until(page: Page, seconds: float) -> None:
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function("(end) => document.querySelector('video').currentTime >= end", arg=seconds)


def pause(page: Page) -> None:
    """Stopping reports; what is counted comes back."""
    with page.expect_response(re.compile("/report/$")) as answer:
        page.evaluate("document.querySelector('video').pause()")
    assert answer.value.status == 200


def test_a_film_is_counted_resumed_elsewhere_and_finished(
    learner: tuple[Page, str], visit: Visit, site: RunningSite
) -> None:
    page, phone = learner
    play_until(page, 3)
    pause(page)
    share = int(page.locator("[data-share]").inner_text().split("%")[0].split("了")[-1])
    assert 20 <= share <= 60
    assert kept(site, phone)["watched"]
    page.get_by_role("button", name="学完").click()
    expect(page.locator(".toasts")).to_contain_text("量中心温度")

    signed_in = page.context.storage_state()
    # nobody learns in two places at once
    page.close()
    other = visit(ADDRESS, 1280, storage_state=signed_in)
    other.wait_for_function("() => document.querySelector('video').currentTime > 2.5")
    play_until(other, 11.5)
    other.wait_for_function(
        "() => document.querySelector('video').ended || document.querySelector('video').currentTime > 11.8"
    )
    expect(other.locator("#missing")).to_be_hidden()
    other.get_by_role("button", name="学完").click()
    expect(other).not_to_have_url(site.url + ADDRESS)
    assert kept(site, phone)["done"]
    assert kept(site, phone)["visits"] >= 2


def test_the_first_time_nobody_skips_ahead(learner: tuple[Page, str], site: RunningSite) -> None:
    page, phone = learner
    play_until(page, 1)
    page.evaluate("document.querySelector('video').currentTime = 10")
    page.wait_for_function("() => document.querySelector('video').currentTime < 5")
    page.evaluate("document.querySelector('video').playbackRate = 4")
    page.wait_for_function("() => document.querySelector('video').playbackRate === 1.5")
    pause(page)
    assert all(end < 6 for parts in kept(site, phone)["watched"].values() for _begin, end in parts)


def test_what_was_watched_without_a_network_is_kept_and_sent_later(
    learner: tuple[Page, str], site: RunningSite
) -> None:
    page, phone = learner
    page.wait_for_function("() => document.querySelector('video').readyState >= 4")
    page.context.set_offline(True)
    play_until(page, 2)
    page.evaluate("document.querySelector('video').pause()")
    expect(page.locator("#unsent")).to_be_visible()
    assert not kept(site, phone)["watched"]
    with page.expect_response(re.compile("/report/$")) as answer:
        page.context.set_offline(False)
    assert answer.value.status == 200
    expect(page.locator("#unsent")).to_be_hidden()
    assert kept(site, phone)["watched"]


def test_a_question_is_answered_without_javascript(visit: Visit, site: RunningSite) -> None:
    page = visit("/accounts/login/?next=/courses/anti-waste/kitchen-side/", java_script_enabled=False)
    sign_in_by_phone(page, site, "13700019999")
    say_where_one_works(page)
    check = page.locator(".lesson .check").first
    check.locator("input[name=chosen]").fill("3小时")
    check.get_by_role("button", name="作答").click()
    expect(page.locator(".lesson .check").first).to_contain_text("合计2小时")
    again = page.locator("#once-more .check")
    again.locator("input[name=chosen]").fill("２小时。")
    again.get_by_role("button", name="作答").click()
    expect(page.locator("#once-more")).to_be_hidden()


def test_nothing_scrolls_sideways_where_it_is_narrow(visit: Visit, site: RunningSite) -> None:
    site.run(MAKE)
    page = visit("/", 320)
    lessons = [f"/courses/anti-waste/{slug}/" for slug in ("ordering", "kitchen-side", "after-the-meal")]
    for address in (ADDRESS, *lessons):
        page.goto(site.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
