"""The many ways in which content is withdrawn or replaced, and what nobody may then still be shown."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection, CollectionViewRestriction

from academy.core.knowledge import knowledge_base
from academy.library.indexing import bring_up_to_date
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
from tests.asking import ask
from tests.conftest import Commit

pytestmark = pytest.mark.django_db

OLD, NEW = "四季豆要烫煮10分钟以上再炒。", "四季豆要焖煮到完全变软再出锅。"
QUESTION = "四季豆要烫煮多久"
Uploader = Callable[[str], Upload]


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


@pytest.fixture
def upload(commit: Commit) -> Uploader:
    def create(text: str) -> Upload:
        with commit():
            return Upload.objects.create(title="示例规定", file=ContentFile(law(text), name="规定.txt"))

    return create


def law(text: str) -> bytes:
    return f"示例规定\n\n第一条 {text}\n\n第二条 餐饮服务提供者应当留样。\n".encode()


@pytest.fixture
def regulation(upload: Uploader, commit: Commit) -> RegulationPage:
    with commit():
        return ensure_child(
            RegulationIndexPage.objects.get(),
            RegulationPage,
            "rule",
            title="示例规定",
            document=upload(OLD),
            status="current",
        )


def answered() -> str:
    return json.dumps(ask(QUESTION, None, None).answer["statements"], ensure_ascii=False)


def test_a_regulation_says_what_its_replaced_file_says(
    regulation: RegulationPage, client: Client, commit: Commit
) -> None:
    assert OLD in answered()
    document = Upload.objects.get()
    document.file = ContentFile(law(NEW), name="新.txt")
    with commit():
        document.save()
    assert OLD not in answered()
    html = client.get("/regulations/rule/").content.decode()
    assert NEW in html
    assert OLD not in html


def test_a_regulation_shows_no_words_that_may_not_be_answered(
    regulation: RegulationPage, client: Client
) -> None:
    Source.objects.filter(key=f"page:{regulation.pk}").update(live=False)
    html = client.get("/regulations/rule/").content.decode()
    assert OLD not in html
    assert "正在整理" in html


def test_the_file_of_a_deleted_regulation_does_not_come_back_by_itself(
    regulation: RegulationPage, commit: Commit
) -> None:
    with commit():
        regulation.delete()
    call_command("reindex")
    assert OLD not in answered()


def test_the_file_of_a_regulation_that_is_still_a_draft_is_not_answered(
    upload: Uploader, commit: Commit
) -> None:
    with commit():
        RegulationIndexPage.objects.get().add_child(
            instance=RegulationPage(title="草稿", slug="draft", document=upload(OLD), live=False)
        )
    assert OLD not in answered()


def test_a_regulation_whose_file_is_put_among_restricted_ones_is_withdrawn(
    regulation: RegulationPage, client: Client, commit: Commit
) -> None:
    closed = Collection.get_first_root_node().add_child(name="内部")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    document = Upload.objects.get()
    document.collection = closed
    with commit():
        document.save()
    assert OLD not in answered()
    assert OLD not in client.get("/regulations/rule/").content.decode()


def test_a_text_replaced_by_a_film_is_withdrawn(upload: Uploader, commit: Commit) -> None:
    document = upload(OLD)
    assert OLD in answered()
    document.file = ContentFile(b"film", name="片.mp4")
    with commit():
        document.save()
    assert OLD not in answered()


def test_a_collection_moved_under_a_restricted_one_takes_its_files_along(
    upload: Uploader, staff_client: Client, commit: Commit
) -> None:
    root = Collection.get_first_root_node()
    moved = root.add_child(name="可以看")
    closed = Collection.get_first_root_node().add_child(name="内部")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    document = upload(OLD)
    document.collection = moved
    with commit():
        document.save()
    assert OLD in answered()
    with commit():
        staff_client.post(f"/admin/collections/{moved.pk}/", {"name": "可以看", "parent": closed.pk})
    assert OLD not in answered()


@pytest.fixture
def chapter(commit: Commit) -> ChapterPage:
    handbook = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "kitchen", title="手册")
    with commit():
        return ensure_child(handbook, ChapterPage, "beans", title="自带毒的菜", body=text(OLD))


def text(words: str) -> str:
    return json.dumps([{"type": "text", "value": f"<p>{words}</p>"}])


def test_an_alias_is_withdrawn_together_with_its_page(chapter: ChapterPage, commit: Commit) -> None:
    other = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "other", title="另一本")
    with commit():
        chapter.create_alias(parent=other)
    with commit():
        ChapterPage.objects.get(pk=chapter.pk).unpublish()
    assert OLD not in answered()


def test_an_old_answer_no_longer_repeats_what_is_withdrawn(
    chapter: ChapterPage, client: Client, commit: Commit
) -> None:
    message = ask(QUESTION, None, None)
    assert OLD[:-1] in client.get(f"/ask/{message.pk}/").content.decode()
    with commit():
        chapter.unpublish()
    html = client.get(f"/ask/{message.pk}/").content.decode()
    assert OLD[:-1] not in html
    assert "已撤下" in html


def test_an_old_answer_no_longer_repeats_what_was_corrected(
    chapter: ChapterPage, client: Client, commit: Commit
) -> None:
    message = ask(QUESTION, None, None)
    page = ChapterPage.objects.get(pk=chapter.pk)
    page.body = text(NEW)
    with commit():
        page.save_revision().publish()
    html = client.get(f"/ask/{message.pk}/").content.decode()
    assert OLD[:-1] not in html
    assert "已撤下" in html


class Overtaken(MemoryVectorIndex):
    """A vector store that is so slow that the page changes while it writes."""

    meanwhile: Callable[[], None] | None = None

    def replace(self, *args: Any) -> None:
        happen, self.meanwhile = self.meanwhile, None
        if happen:
            happen()
        super().replace(*args)


def test_a_slow_writer_never_leaves_old_words_behind_newer_ones(chapter: ChapterPage, commit: Commit) -> None:
    vectors = Overtaken()
    for part in (knowledge_base(), knowledge_base().retriever):
        object.__setattr__(part, "vectors", vectors)
    late = Source.objects.get(key=f"page:{chapter.pk}")
    Source.objects.filter(pk=late.pk).update(content_hash="", state=State.QUEUED)
    late.refresh_from_db()

    def publish_other_words() -> None:
        page = ChapterPage.objects.get(pk=chapter.pk)
        page.body = text(NEW)
        with commit():
            page.save_revision().publish()

    vectors.meanwhile = publish_other_words
    with commit():
        bring_up_to_date(late)
    assert OLD not in answered()
    assert NEW in ask("四季豆要焖煮到怎样", None, None).answer["statements"][0]["text"]


class CutOff(MemoryVectorIndex):
    """The process dies as soon as the other words are written."""

    def replace(self, *args: Any) -> None:
        super().replace(*args)
        raise KeyboardInterrupt


def test_words_that_were_written_and_then_taken_back_are_not_answered(
    chapter: ChapterPage, commit: Commit
) -> None:
    page = ChapterPage.objects.get(pk=chapter.pk)
    page.body = text(NEW)
    page.save_revision().publish()
    real = knowledge_base().vectors
    object.__setattr__(knowledge_base(), "vectors", CutOff())
    with pytest.raises(KeyboardInterrupt):
        bring_up_to_date(Source.objects.get(key=f"page:{chapter.pk}"))
    object.__setattr__(knowledge_base(), "vectors", real)
    knowledge_base().texts.replace(f"page:{chapter.pk}", [])
    page.body = text(OLD)
    with commit():
        page.save_revision().publish()
    assert OLD in answered()


def test_a_file_that_is_gone_from_the_disk_fails_alone(upload: Uploader, commit: Commit) -> None:
    document = upload(OLD)
    document.file.storage.delete(document.file.name)
    with commit():
        FAQ.objects.create(question="剩菜能卖吗", answer="<p>客人剩下的菜，一律不再卖。</p>")
    call_command("reindex", rebuild=True)
    source = Source.objects.get(key=f"document:{document.pk}")
    assert (source.state, source.live) == (State.FAILED, False)
    assert ask("剩菜能卖吗", None, None).found
