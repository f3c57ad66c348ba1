from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from academy.accounts.models import User
from academy.courses.enrolling import enrol
from academy.courses.models import CourseIndexPage, CoursePage, LessonPage
from tests.factories import (
    BusinessTypeFactory,
    CompletionFactory,
    EnterpriseFactory,
    MembershipFactory,
    PaperFactory,
    PostFactory,
    UserFactory,
    make_course,
)


def listed(client: Client, **asked: Any) -> list[str]:
    response = client.get(CourseIndexPage.objects.get().url, asked)
    assert response.status_code == 200
    return [row.b.get_text() for row in BeautifulSoup(response.content, "lxml").select("a.crs")]


@pytest.fixture
def shelf(home: Page) -> dict[str, CoursePage]:
    """Four courses, each unlike the others."""
    cook, school = PostFactory(name="厨师"), BusinessTypeFactory(name="学校食堂")
    made = {
        "温度": make_course(home, title="温度", outcome="说清四个温度。", level="induction", hours=1),
        "洗手": make_course(home, title="洗手", outcome="六步洗干净。", hours=3),
        "冷库": make_course(home, title="冷库", outcome="量得准。", level="advanced", hours=8),
        "留样": make_course(home, title="留样", outcome="留够克数。", hours="1.5"),
    }
    made["冷库"].posts.set([cook])
    made["冷库"].save()
    made["留样"].posts.set([PostFactory(name="食品安全员")])
    made["留样"].business_types.set([school])
    made["留样"].save()
    made["洗手"].add_child(instance=LessonPage(title="指甲缝怎么刷"))
    return made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("温度", ["温度"]),
        ("六步", ["洗手"]),
        ("甲缝", ["洗手"]),
        ("洗 干净", ["洗手"]),
        ("温度 六步", []),
        ("没有这个", []),
        ("%", []),
    ],
)
def test_words_are_found_in_title_outcome_and_lessons(
    client: Client, shelf: dict[str, CoursePage], asked: str, found: list[str]
) -> None:
    assert listed(client, q=asked) == found


def test_a_lesson_that_is_not_published_is_not_found(client: Client, shelf: dict[str, CoursePage]) -> None:
    LessonPage.objects.get(title="指甲缝怎么刷").unpublish()
    assert listed(client, q="指甲缝") == []


def test_filters_narrow_the_list(client: Client, shelf: dict[str, CoursePage]) -> None:
    cook, school = PostFactory(name="厨师"), BusinessTypeFactory(name="学校食堂")
    assert listed(client, level="advanced") == ["冷库"]
    assert listed(client, post=cook.pk) == ["温度", "洗手", "冷库"]
    assert listed(client, post=cook.pk, hours="1") == ["温度"]
    assert listed(client, hours="3") == ["洗手", "留样"]
    assert listed(client, hours="more") == ["冷库"]
    assert listed(client, business_type=school.pk) == ["温度", "洗手", "冷库", "留样"]
    assert listed(client, business_type=BusinessTypeFactory(name="小作坊").pk) == ["温度", "洗手", "冷库"]


def test_for_me_is_off_until_it_is_asked_for(
    worker_client: Client, worker: User, shelf: dict[str, CoursePage]
) -> None:
    school = EnterpriseFactory(business_type=BusinessTypeFactory(name="学校食堂"))
    MembershipFactory(user=worker, post=PostFactory(name="食品安全员"), enterprise=school)
    assert len(listed(worker_client)) == 4
    assert listed(worker_client, mine="on") == ["温度", "洗手", "留样"]


def test_under_way_first_then_what_is_for_my_post_then_the_rest(
    worker_client: Client, worker: User, shelf: dict[str, CoursePage]
) -> None:
    MembershipFactory(user=worker, post=PostFactory(name="厨师"))
    enrol(worker, shelf["冷库"])
    assert listed(worker_client) == ["冷库", "温度", "洗手", "留样"]


def test_how_far_one_is_can_be_asked_for(
    worker_client: Client, worker: User, shelf: dict[str, CoursePage]
) -> None:
    enrol(worker, shelf["冷库"])
    enrol(worker, shelf["留样"])
    CompletionFactory(user=worker, course_key=shelf["留样"].key)
    assert listed(worker_client, state="under_way") == ["冷库"]
    assert listed(worker_client, state="completed") == ["留样"]
    assert listed(worker_client, state="new") == ["温度", "洗手"]


def test_what_is_wrong_is_left_out_and_said(client: Client, shelf: dict[str, CoursePage]) -> None:
    url = CourseIndexPage.objects.get().url
    for asked in ({"level": "x"}, {"post": "9" * 30}, {"hours": "-"}, {"q": "长" * 60}):
        page = BeautifulSoup(client.get(url, asked).content, "lxml")
        assert page.select("[role=alert]"), asked
        assert len(page.select("a.crs")) == 4
    assert len(listed(client, state="new", mine="on", page="x")) == 4


def test_the_count_is_announced_and_nothing_found_offers_to_clear(
    client: Client, shelf: dict[str, CoursePage]
) -> None:
    url = CourseIndexPage.objects.get().url
    page = BeautifulSoup(client.get(url, {"q": "没有这个"}).content, "lxml")
    assert "0" in page.select_one("#count[role=status]").get_text()
    assert page.select_one(".empty a")["href"] == url
    assert page.select_one("form.filters input[name=q]")["value"] == "没有这个"
    assert "4" in BeautifulSoup(client.get(url).content, "lxml").select_one("#count").get_text()


def test_twenty_a_page_and_the_filters_go_along(home: Page, client: Client) -> None:
    for n in range(23):
        make_course(home, title=f"课{n:02d}", lessons=0)
    assert len(listed(client, level="basic")) == 20
    assert len(listed(client, level="basic", page=2)) == 3
    page = BeautifulSoup(client.get(CourseIndexPage.objects.get().url, {"level": "basic"}).content, "lxml")
    assert "level=basic" in page.select_one("a[rel=next]")["href"]


def test_a_full_page_asks_the_database_as_often_as_a_short_one(
    home: Page, worker_client: Client, worker: User
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            worker_client.get(CourseIndexPage.objects.get().url)
        return len(queries)

    enrol(worker, make_course(home, title="课", paper=PaperFactory()))
    asked()
    few = asked()
    for n in range(12):
        enrol(worker, make_course(home, title=f"课{n}", paper=PaperFactory()))
    assert asked() == few
    assert few <= 25


def test_a_stranger_is_not_asked_how_far_they_are(client: Client, shelf: dict[str, CoursePage]) -> None:
    page = BeautifulSoup(client.get(CourseIndexPage.objects.get().url).content, "lxml")
    names = {field["name"] for field in page.select("form.filters [name]")}
    assert names == {"q", "level", "post", "business_type", "hours"}
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = BeautifulSoup(client.get(CourseIndexPage.objects.get().url).content, "lxml")
    assert page.select("form.filters [name=mine]")
