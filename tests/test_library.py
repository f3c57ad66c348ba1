"""Handbooks, cases, regulations and search as a reader meets them."""

import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.documents.models import Document as Upload

from academy.library.models import (
    CaseIndexPage,
    CasePage,
    ChapterPage,
    HandbookIndexPage,
    HandbookPage,
    HomePage,
    RegulationIndexPage,
    RegulationPage,
)
from academy.library.tree import ensure_child, ensure_tree
from tests.conftest import Commit

pytestmark = pytest.mark.django_db

LAW = """示例条例

第一章 总则

第一条 为了保证食品安全，制定本条例。

第二条 餐饮服务提供者应当留样。

第三条 违反本条例的，责令改正。
"""


@pytest.fixture(autouse=True)
def home(db: Any) -> HomePage:
    return ensure_tree()


@pytest.fixture
def handbook() -> HandbookPage:
    parent = HandbookIndexPage.objects.get()
    book = ensure_child(parent, HandbookPage, "kitchen", title="厨房操作卫生手册", editor="孙志远（示例）")
    for n, title in enumerate(("进货", "存放", "烧熟")):
        body = json.dumps(
            [{"type": "heading", "value": "先看"}, {"type": "text", "value": f"<p>{title}。</p>"}]
        )
        ensure_child(book, ChapterPage, f"c{n}", title=title, body=body)
    return book


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_lists_say_what_will_be_there_while_they_are_empty(client: Client) -> None:
    assert "还没有手册" in text_of(client, "/handbooks/")
    assert "还没有案例" in text_of(client, "/cases/")
    assert "还没有法规" in text_of(client, "/regulations/")


def test_a_chapter_knows_its_number_and_its_neighbours(client: Client, handbook: HandbookPage) -> None:
    html = text_of(client, "/handbooks/kitchen/c1/")
    assert "第二章" in html
    assert 'rel="prev" href="/handbooks/kitchen/c0/"' in html
    assert 'rel="next" href="/handbooks/kitchen/c2/"' in html
    assert "孙志远（示例）" in html


def test_a_chapter_page_costs_the_same_however_many_chapters_there_are(
    client: Client, handbook: HandbookPage, django_assert_max_num_queries: Any
) -> None:
    text_of(client, "/handbooks/kitchen/c0/")
    with django_assert_max_num_queries(25):
        text_of(client, "/handbooks/kitchen/c0/")
    for n in range(10, 20):
        ensure_child(handbook, ChapterPage, f"c{n}", title=f"第{n}")
    with django_assert_max_num_queries(25):
        text_of(client, "/handbooks/kitchen/c0/")


def test_handbook_and_lists_show_what_is_published_only(client: Client, handbook: HandbookPage) -> None:
    ChapterPage.objects.get(slug="c1").unpublish()
    assert "存放" not in text_of(client, "/handbooks/kitchen/")
    assert "烧熟" in text_of(client, "/handbooks/")


def test_a_case_says_whether_it_happened(client: Client) -> None:
    fields = {"summary": "一锅豆角", "story": "中午开饭。下午有人吐。", "people": 7}
    ensure_child(CaseIndexPage.objects.get(), CasePage, "beans", title="一大锅豆角", **fields)
    html = text_of(client, "/cases/beans/")
    assert "教学情景" in html
    assert "7人发病" in html
    assert "一锅豆角" in text_of(client, "/cases/")


@pytest.fixture
def regulation(commit: Commit) -> RegulationPage:
    with commit():
        file = Upload.objects.create(title="示例条例", file=ContentFile(LAW.encode(), name="law.txt"))
        return ensure_child(
            RegulationIndexPage.objects.get(), RegulationPage, "rule", title="示例条例", document=file,
            status="superseded", superseded_by="新条例", issuer="示例市", effective_on="2020-01-01",
        )  # fmt: skip


def test_a_regulation_can_be_read_and_pointed_into_by_article(
    client: Client, regulation: RegulationPage
) -> None:
    html = text_of(client, "/regulations/rule/")
    assert 'id="a2"' in html
    assert "被新条例取代" in html
    assert "干活不能照它" in html
    assert "示例条例" in text_of(client, "/regulations/")


def test_a_regulation_is_found_once_though_its_file_is_an_upload(
    client: Client, regulation: RegulationPage
) -> None:
    html = text_of(client, "/search/?q=留样")
    assert "/regulations/rule/#a2" in html
    assert "最接近的1份材料" in html


def test_search_without_words_is_a_box_and_without_hits_says_what_to_do(client: Client) -> None:
    assert "提到" not in text_of(client, "/search/")
    assert "没找到" in text_of(client, "/search/?q=xyz")


def test_every_day_has_a_number_and_yesterday_another(client: Client, home: HomePage) -> None:
    numbers = [
        {"before": "", "value": value, "unit": "℃以上", "text": value, "basis": "手册", "state": "stricter", "chapter": None}
        for value in ("70", "60")
    ]  # fmt: skip
    home.numbers = json.dumps([{"type": "number", "value": number} for number in numbers])
    home.save_revision().publish()
    today, yesterday = text_of(client, "/"), text_of(client, "/?number=yesterday")
    assert ("<b>70</b>" in today) != ("<b>70</b>" in yesterday)


@pytest.mark.parametrize("value", ["5～60", "-18", "nan", "1000"])
def test_a_number_that_the_scale_cannot_show_is_shown_without_it(
    client: Client, home: HomePage, value: str
) -> None:
    number = {"before": "", "value": value, "unit": "℃", "text": "", "basis": "手册", "state": "current"}
    home.numbers = json.dumps([{"type": "number", "value": {**number, "chapter": None}}])
    home.save_revision().publish()
    html = text_of(client, "/")
    assert f"<b>{value}</b>" in html
    assert 'class="mini"' not in html


def test_the_list_of_handbooks_costs_the_same_however_many_there_are(
    client: Client, handbook: HandbookPage, django_assert_num_queries: Any
) -> None:
    text_of(client, "/handbooks/")
    with CaptureQueriesContext(connection) as few:
        text_of(client, "/handbooks/")
    for n in range(5):
        book = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, f"h{n}", title=f"手册{n}")
        ensure_child(book, ChapterPage, "one", title=f"第{n}本的一章")
    with django_assert_num_queries(len(few)):
        html = text_of(client, "/handbooks/")
    assert "第4本的一章" in html


def test_building_the_tree_again_changes_nothing(home: HomePage) -> None:
    before = home.get_descendants().count()
    assert ensure_tree() == home
    assert home.get_descendants().count() == before


def test_editors_open_every_form_of_ours(
    staff_client: Client, home: HomePage, handbook: HandbookPage
) -> None:
    pages = [home, *home.get_descendants()]
    assert {staff_client.get(f"/admin/pages/{page.pk}/edit/").status_code for page in pages} == {200}
    assert staff_client.get("/admin/snippets/library/faq/add/").status_code == 200
    assert staff_client.get("/admin/index_state/").status_code == 200
    assert staff_client.get("/admin/index_state/new/").status_code != 200


def test_regulations_in_force_stand_before_those_that_are_not(
    client: Client, regulation: RegulationPage
) -> None:
    for status, title in (("unverified", "待核条例"), ("current", "现行条例")):
        parent, file = RegulationIndexPage.objects.get(), regulation.document
        ensure_child(parent, RegulationPage, status, title=title, status=status, document=file)
    html = text_of(client, "/regulations/")
    assert html.index("现行条例") < html.index("待核条例") < html.index("示例条例")
