"""Publishing, unpublishing, moving, restricting and deleting reach the index; nothing withdrawn is answered."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.test import Client
from wagtail.documents.models import Document as Upload
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    PageViewRestriction,
)

from academy.chat.asking import ask
from academy.core.knowledge import knowledge_base
from academy.library.indexing import bring_up_to_date, index_source, take_stock
from academy.library.models import FAQ, ChapterPage, HandbookIndexPage, HandbookPage, Source
from academy.library.models.source import State
from academy.library.tree import ensure_child, ensure_tree
from kb.adapters.memory import MemoryVectorIndex
from kb.ports import IndexUnavailable
from tests.conftest import Commit

Uploader = Callable[..., Upload]
RULE = "四季豆先用开水烫煮10分钟以上，再下锅炒。"
QUESTION = "四季豆要烫煮多久"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


def body(text: str = RULE, heading: str = "四季豆") -> str:
    return json.dumps(
        [{"type": "heading", "value": heading}, {"type": "text", "value": f"<p>{text}</p>"}],
        ensure_ascii=False,
    )


@pytest.fixture
def handbook() -> HandbookPage:
    return ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "kitchen", title="厨房操作卫生手册")


@pytest.fixture
def chapter(handbook: HandbookPage, commit: Commit) -> ChapterPage:
    with commit():
        return ensure_child(handbook, ChapterPage, "beans", title="自带毒的菜", body=body())


def source_of(page: Any) -> Source:
    return Source.objects.get(key=f"page:{page.pk}")


def answered() -> bool:
    return ask(QUESTION, None, None).found


def test_a_published_chapter_is_answered_with_its_place(chapter: ChapterPage) -> None:
    message = ask(QUESTION, None, None)
    assert message.found
    assert RULE in message.answer["statements"][0]["text"]
    assert message.answer["citations"][0]["place"] == "自带毒的菜 › 四季豆"
    assert source_of(chapter).state == State.INDEXED
    assert source_of(chapter).passages == 1


def test_an_unpublished_chapter_is_not_answered(chapter: ChapterPage, commit: Commit) -> None:
    with commit():
        chapter.unpublish()
    assert not answered()
    assert source_of(chapter).state == State.WITHDRAWN
    assert knowledge_base().count() == 0


def test_a_deleted_chapter_is_forgotten_but_its_state_stays(chapter: ChapterPage, commit: Commit) -> None:
    source = source_of(chapter)
    with commit():
        chapter.delete()
    source.refresh_from_db()
    assert (source.state, source.live) == (State.WITHDRAWN, False)
    assert knowledge_base().count() == 0


def test_deleting_a_handbook_withdraws_its_chapters(
    chapter: ChapterPage, handbook: HandbookPage, commit: Commit
) -> None:
    with commit():
        HandbookPage.objects.get(pk=handbook.pk).delete()
    assert not answered()


def test_changed_words_replace_the_old_ones(chapter: ChapterPage, commit: Commit) -> None:
    chapter.body = body("土豆发了芽就扔掉，一个也不留。", "发芽土豆")
    with commit():
        chapter.save_revision().publish()
    assert not answered()
    assert ask("土豆发芽怎么办", None, None).found


def test_a_restricted_handbook_is_not_answered_until_it_is_free_again(
    chapter: ChapterPage, handbook: HandbookPage, commit: Commit
) -> None:
    with commit():
        restriction = PageViewRestriction.objects.create(page=handbook, restriction_type="login")
    assert not answered()
    with commit():
        restriction.delete()
    assert answered()


def test_a_chapter_moved_into_a_restricted_handbook_is_withdrawn(
    chapter: ChapterPage, commit: Commit
) -> None:
    closed = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "closed", title="内部手册")
    with commit():
        PageViewRestriction.objects.create(page=closed, restriction_type="login")
    with commit():
        chapter.move(closed, pos="last-child")
    assert not answered()


def test_a_moved_chapter_is_cited_at_its_new_address(
    chapter: ChapterPage, client: Client, commit: Commit
) -> None:
    other = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "other", title="另一本手册")
    with commit():
        chapter.move(other, pos="last-child")
    message = ask(QUESTION, None, None)
    html = client.get(f"/ask/{message.pk}/").content.decode()
    assert "/handbooks/other/beans/#b-" in html


def test_a_withdrawn_source_is_not_answered_even_before_the_index_has_caught_up(chapter: ChapterPage) -> None:
    Source.objects.filter(pk=source_of(chapter).pk).update(live=False)
    assert knowledge_base().count() == 1
    assert not answered()


def test_faq_entries_come_and_go(commit: Commit) -> None:
    with commit():
        entry = FAQ.objects.create(question="剩菜能回锅再卖吗", answer="<p>客人剩下的菜，一律不再卖。</p>")
    assert ask("剩菜能回锅再卖吗", None, None).found
    entry.published = False
    with commit():
        entry.save()
    assert knowledge_base().count() == 0
    entry.published = True
    with commit():
        entry.save()
    with commit():
        entry.delete()
    assert knowledge_base().count() == 0


@pytest.fixture
def upload(commit: Commit) -> Uploader:
    def create(text: str, name: str = "通知.txt", **fields: Any) -> Upload:
        with commit():
            return Upload.objects.create(title="通知", file=ContentFile(text.encode(), name=name), **fields)

    return create


def test_an_uploaded_file_can_be_read_cited_and_withdrawn(
    client: Client, commit: Commit, upload: Uploader
) -> None:
    document = upload(f"{RULE}\n")
    message = ask(QUESTION, None, None)
    source = Source.objects.get(key=f"document:{document.pk}")
    assert f"/sources/{source.pk}/#" in client.get(f"/ask/{message.pk}/").content.decode()
    assert RULE in client.get(f"/sources/{source.pk}/").content.decode()
    with commit():
        document.delete()
    assert not answered()
    assert client.get(f"/sources/{source.pk}/").status_code == 404
    old = client.get(f"/ask/{message.pk}/").content.decode()
    assert "已撤下" in old


def test_a_file_in_a_restricted_collection_is_withdrawn(commit: Commit, upload: Uploader) -> None:
    collection = Collection.get_first_root_node().add_child(name="内部")
    upload(RULE, collection=collection)
    assert answered()
    with commit():
        CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert not answered()


def test_a_file_that_cannot_be_read_fails_alone_and_says_why(upload: Uploader) -> None:
    document = upload("PK broken", name="坏.docx")
    source = Source.objects.get(key=f"document:{document.pk}")
    assert source.state == State.FAILED
    assert "无法读取" in source.error


def test_a_picture_or_film_is_no_text(chapter: ChapterPage, upload: Uploader) -> None:
    document = upload("x", name="片.mp4")
    assert not Source.objects.filter(key=f"document:{document.pk}").exists()


class Stubborn(MemoryVectorIndex):
    """A vector store whose server is down until it is told otherwise."""

    down = True

    def replace(self, *args: Any) -> None:
        if self.down:
            raise IndexUnavailable("connection refused")
        super().replace(*args)


@pytest.fixture
def outage() -> Stubborn:
    vectors = Stubborn()
    object.__setattr__(knowledge_base(), "vectors", vectors)
    return vectors


def test_publishing_while_the_vectors_are_down_is_kept_and_retried(
    outage: Stubborn, handbook: HandbookPage, staff_client: Client, commit: Commit
) -> None:
    with commit():
        page = ensure_child(handbook, ChapterPage, "beans", title="自带毒的菜", body=body())
    source = source_of(page)
    assert source.state == State.FAILED
    assert "会自动再试" in source.error
    assert page.live
    listed = BeautifulSoup(staff_client.get("/admin/index_state/").content, "lxml").find("td", class_="title")
    assert source.title in listed.get_text()
    outage.down = False
    with commit():
        staff_client.get(listed.select_one("a[href*=retry]")["href"])
    source.refresh_from_db()
    assert (source.state, source.live) == (State.INDEXED, True)


def test_an_old_task_does_not_bring_a_withdrawn_source_back(chapter: ChapterPage) -> None:
    late = source_of(chapter)
    Source.objects.filter(pk=late.pk).update(state=State.WITHDRAWN, live=False, revision=late.revision + 1)
    assert not bring_up_to_date(late)
    assert not source_of(chapter).live


def test_a_task_for_a_source_that_is_gone_does_nothing() -> None:
    index_source.call(0)


def test_taking_stock_finds_what_was_published_while_nobody_listened(
    chapter: ChapterPage, upload: Uploader
) -> None:
    FAQ.objects.create(question="问", answer="<p>答。</p>")
    upload(RULE)
    Source.objects.all().delete()
    take_stock()
    assert set(Source.objects.values_list("kind", flat=True)) == {"page", "faq", "document"}


def test_a_handbook_with_a_new_title_is_cited_under_it(
    chapter: ChapterPage, handbook: HandbookPage, commit: Commit
) -> None:
    handbook.title = "厨房新手册"
    with commit():
        handbook.save_revision().publish()
    assert ask(QUESTION, None, None).answer["citations"][0]["title"] == "厨房新手册"
