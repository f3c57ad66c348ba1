"""Publishing, unpublishing, moving, restricting and deleting reach the index; nothing withdrawn is answered."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.documents.models import Document as Upload
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
)

from academy.core.knowledge import knowledge_base
from academy.library.indexing import bring_up_to_date, index_source, take_stock
from academy.library.models import (
    FAQ,
    ChapterPage,
    HandbookIndexPage,
    HandbookPage,
    RegulationIndexPage,
    RegulationPage,
    Source,
)
from academy.library.models.source import State
from academy.library.tree import ensure_child, ensure_tree
from kb.adapters.memory import MemoryVectorIndex
from kb.ports import IndexUnavailable
from tests.asking import ask
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
    error: Exception = IndexUnavailable("connection refused")

    def replace(self, *args: Any) -> None:
        if self.down:
            raise self.error
        super().replace(*args)

    def forget(self, source: str) -> None:
        if self.down:
            raise self.error
        super().forget(source)


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
        staff_client.post(listed.select_one("button[formaction*=retry]")["formaction"])
    source.refresh_from_db()
    assert (source.state, source.live) == (State.INDEXED, True)


def test_an_old_task_does_not_bring_a_withdrawn_source_back(chapter: ChapterPage) -> None:
    late = source_of(chapter)
    Source.objects.filter(pk=late.pk).update(state=State.WITHDRAWN, live=False, revision=late.revision + 1)
    assert not bring_up_to_date(late)
    assert not source_of(chapter).live


def test_a_task_for_a_source_that_is_gone_does_nothing() -> None:
    index_source.call(0)


def test_a_program_error_is_said_where_staff_look(outage: Stubborn, upload: Uploader) -> None:
    outage.error = RuntimeError("a bug")
    source = Source.objects.get(key=f"document:{upload(RULE).pk}")
    assert source.state == State.FAILED
    assert "程序" in source.error


def test_what_kills_its_worker_again_and_again_is_given_up(upload: Uploader) -> None:
    source = Source.objects.get(key=f"document:{upload(RULE).pk}")
    waiting = {"state": State.QUEUED, "live": False, "content_hash": ""}
    Source.objects.filter(pk=source.pk).update(**waiting, started_at=timezone.now(), interruptions=3)
    index_source.call(source.pk)
    source.refresh_from_db()
    assert (source.state, source.interruptions, source.started_at) == (State.INDEXED, 0, None)
    Source.objects.filter(pk=source.pk).update(**waiting, started_at=timezone.now(), interruptions=9)
    index_source.call(source.pk)
    source.refresh_from_db()
    assert (source.state, source.live) == (State.FAILED, False)
    assert "中断" in source.error


def test_what_waits_without_a_task_is_taken_up_by_the_clock(chapter: ChapterPage, commit: Commit) -> None:
    source = source_of(chapter)
    long_ago = timezone.now() - timedelta(minutes=1)
    Source.objects.filter(pk=source.pk).update(state=State.QUEUED, live=False, updated_at=long_ago)
    with commit():
        call_command("clock", once=True)
    assert answered()
    chapter.unpublish()
    Source.objects.filter(pk=source.pk).update(updated_at=long_ago)
    call_command("clock", once=True)
    assert knowledge_base().count() == 0


def test_vectors_that_are_away_do_not_bring_back_what_was_withdrawn(
    chapter: ChapterPage, outage: Stubborn, commit: Commit
) -> None:
    with commit():
        chapter.unpublish()
    source = source_of(chapter)
    assert (source.state, source.live) == (State.WITHDRAWN, False)
    assert source.error
    outage.down = False
    index_source.call(source.pk)
    assert source_of(chapter).error == ""


def test_what_comes_back_before_the_index_could_forget_it_is_written_anew(
    chapter: ChapterPage, outage: Stubborn, commit: Commit
) -> None:
    with commit():
        chapter.unpublish()
    assert knowledge_base().count() == 0
    outage.down = False
    with commit():
        ChapterPage.objects.get().save_revision().publish()
    assert source_of(chapter).state == State.INDEXED
    assert answered()


def test_a_source_waits_at_most_about_an_hour_however_long_the_vectors_are_away(
    outage: Stubborn, chapter: ChapterPage
) -> None:
    source = source_of(chapter)
    Source.objects.filter(pk=source.pk).update(state=State.QUEUED, attempts=90)
    index_source.call(source.pk)
    assert source_of(chapter).attempts == 91


def test_what_a_process_published_that_died_before_it_said_so_is_followed(
    chapter: ChapterPage, commit: Commit
) -> None:
    Page.objects.filter(pk=chapter.pk).update(last_published_at=timezone.now() + timedelta(seconds=1))
    ChapterPage.objects.update(body=body("红烧肉要烧到中心温度70℃以上。", "红烧肉"))
    with commit():
        call_command("clock", once=True)
    assert not answered()
    assert ask("红烧肉中心温度", None, None).found


def test_what_editors_write_waits_behind_no_pile_of_files(
    chapter: ChapterPage, upload: Uploader, settings: Any, commit: Commit
) -> None:
    """Their queue has a thread of its own; among files, what is published comes first."""
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "slow"]}
    }
    document = upload("第一条 经营者应当留样。\n\n第二条 留样保存四十八小时。")
    upload(RULE)
    with commit():
        chapter.save_revision().publish()
        ensure_child(
            RegulationIndexPage.objects.get(), RegulationPage, "rule", title="示例规定", document=document
        )
    due = [(task.queue_name, task.args_kwargs["args"][0]) for task in DBTaskResult.objects.ready()]
    regulation = Source.objects.get(kind="page", title="示例规定")
    assert next(pk for queue, pk in due if queue == "slow") == regulation.pk
    assert ("default", source_of(chapter).pk) in due


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


# Never answered again from the moment of the change: no worker has run, the vectors still hold the old words


def _unpublish(page: ChapterPage) -> None:
    page.unpublish()


def _delete(page: ChapterPage) -> None:
    page.delete()


def _restrict(page: ChapterPage) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def _restrict_above(page: ChapterPage) -> None:
    PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="password", password="x")


def _move_away(page: ChapterPage) -> None:
    closed = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "closed", title="内部手册")
    PageViewRestriction.objects.create(page=closed, restriction_type="login")
    page.move(closed, pos="last-child")


def _change_words(page: ChapterPage) -> None:
    page.body = body("土豆发了芽就扔掉，一个也不留。", "发芽土豆")
    page.save_revision().publish()


WAYS = [_unpublish, _delete, _restrict, _restrict_above, _move_away, _change_words]


@pytest.mark.parametrize("withdraw", WAYS, ids=lambda way: way.__name__.strip("_"))
def test_a_page_is_gone_at_once_with_no_worker_running(
    chapter: ChapterPage, withdraw: Callable[[ChapterPage], None]
) -> None:
    assert answered()
    withdraw(chapter)
    assert knowledge_base().count() == 1
    assert not answered()


def _delete_file(document: Upload) -> None:
    document.delete()


def _replace_file(document: Upload) -> None:
    document.file = ContentFile("土豆发了芽就扔掉，一个也不留。".encode(), name="新.txt")
    document.save()


def _shut_away(document: Upload) -> None:
    document.collection = Collection.get_first_root_node().add_child(name="内部")
    CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="login")
    document.save()


@pytest.mark.parametrize("withdraw", [_delete_file, _replace_file, _shut_away], ids=lambda way: way.__name__)
def test_a_file_is_gone_at_once_with_no_worker_running(
    upload: Uploader, withdraw: Callable[[Upload], None]
) -> None:
    document = upload(RULE)
    assert answered()
    withdraw(document)
    assert not answered()


def test_yesterdays_copy_of_the_vectors_says_nothing_that_was_withdrawn_or_changed(
    chapter: ChapterPage, upload: Uploader, commit: Commit
) -> None:
    document = upload("每个品种留样125克以上，保存48小时。")
    yesterday = deepcopy(knowledge_base().vectors)
    with commit():
        _change_words(chapter)
        document.delete()
    for part in (knowledge_base(), knowledge_base().retriever):
        object.__setattr__(part, "vectors", yesterday)
    assert not answered()
    assert not ask("每个品种留样多少克", None, None).found
    assert ask("土豆发芽怎么办", None, None).found
