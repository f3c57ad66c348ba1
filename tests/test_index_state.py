"""The index as staff see it: what is in it, what is behind and why, and what can be done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection

from academy.accounts.roles import EDITORS, STAFF
from academy.core.knowledge import NOWHERE, knowledge_base
from academy.core.workers import at_work
from academy.library import rebuilding
from academy.library.models import FAQ, Rebuild, Source
from academy.library.models.source import State
from academy.library.tree import ensure_tree
from kb.ports import IndexUnavailable
from tests.asking import ask
from tests.conftest import Commit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

RULE = "四季豆先用开水烫煮10分钟以上，再下锅炒。"
QUESTION = "四季豆要烫煮多久"
PAGE = "/admin/index_state/"
In = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


@pytest.fixture
def upload(commit: Commit) -> Callable[..., Source]:
    def create(title: str, text: str = RULE, name: str = "文.txt", **fields: Any) -> Source:
        with commit():
            made = Upload.objects.create(title=title, file=ContentFile(text.encode(), name=name), **fields)
        return Source.objects.get(key=f"document:{made.pk}")

    return create


@pytest.fixture
def signed_in() -> In:
    def enter(role: str) -> Client:
        user = UserFactory(email=f"{role}@example.com")
        user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def text(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return " ".join(BeautifulSoup(response.content, "lxml").get_text(" ").split())


def test_sources_are_listed_with_their_state_and_filtered(upload: Any, staff_client: Client) -> None:
    good, bad = upload("好文件"), upload("坏文件", "PK no", "坏.docx")
    everything = text(staff_client, PAGE)
    assert good.title in everything
    assert "无法读取" in everything
    assert bad.title not in text(staff_client, PAGE, state="indexed")
    assert good.title not in text(staff_client, PAGE, state="failed")
    assert good.title not in text(staff_client, PAGE, kind="page")
    assert good.title in text(staff_client, PAGE, model=good.model, audience="public")
    assert bad.title not in text(staff_client, PAGE, q="好文件")


def test_what_is_gone_is_listed_to_those_who_ask_for_it(
    upload: Any, staff_client: Client, commit: Commit
) -> None:
    gone, kept = upload("撤掉的"), upload("留着的", "留样125克。")
    with commit():
        Upload.objects.get(pk=gone.object_id).delete()
    assert gone.title not in (shown := text(staff_client, PAGE))
    assert kept.title in shown
    assert gone.title in text(staff_client, PAGE, state="withdrawn")


def test_sources_are_filtered_by_the_collection_of_their_file(upload: Any, staff_client: Client) -> None:
    shelf = Collection.get_first_root_node().add_child(name="通知")
    inside = upload("架上", collection=shelf)
    outside = upload("架外", "留样125克。")
    shown = text(staff_client, PAGE, collection=shelf.pk)
    assert inside.title in shown
    assert outside.title not in shown


def test_a_source_shows_its_passages_and_is_asked_alone(upload: Any, staff_client: Client) -> None:
    beans, samples = upload("豆", RULE), upload("样", "每个品种留样125克以上，保存48小时。")
    shown = text(staff_client, f"{PAGE}inspect/{beans.pk}/", q=QUESTION)
    assert shown.count("烫煮10分钟") >= 2
    assert "It answers" in shown or "能回答" in shown
    alone = text(staff_client, f"{PAGE}inspect/{samples.pk}/", q=QUESTION)
    assert "烫煮10分钟" not in alone


def test_a_duplicate_shows_the_passages_of_its_original(upload: Any, staff_client: Client) -> None:
    upload("豆", RULE)
    copy = upload("抄本", RULE, "抄.md")
    assert copy.state == State.DUPLICATE
    assert "烫煮10分钟" in text(staff_client, f"{PAGE}inspect/{copy.pk}/")


# What can be done


def test_an_editor_indexes_again_one_all_failed_and_the_selected(
    upload: Any, signed_in: In, commit: Commit
) -> None:
    editor, source = signed_in(EDITORS), upload("豆")
    for address, query in (
        (f"{PAGE}retry/{source.pk}/", ""),
        (f"{PAGE}retry/", ""),
        ("/admin/bulk/library/source/index_again/", f"?id={source.pk}&next={PAGE}"),
    ):
        knowledge_base().forget(source.key)
        Source.objects.filter(pk=source.pk).update(state=State.FAILED, live=False, error="坏了")
        assert editor.get(address + query).status_code in (200, 405)
        with commit():
            assert editor.post(address + query).status_code == 302
        source.refresh_from_db()
        assert (source.state, source.live, source.error) == (State.INDEXED, True, "")
        assert ask(QUESTION, None, None).found


def test_all_in_the_list_are_those_that_its_filters_let_through(
    upload: Any, signed_in: In, commit: Commit
) -> None:
    bad, good = upload("坏文件", "PK no", "坏.docx"), upload("好文件")
    editor, before = signed_in(EDITORS), Source.objects.in_bulk([bad.pk, good.pk])
    for query in ("state=failed", "q=坏"):
        listed = urlencode({"id": "all", "next": f"{PAGE}?{query}"})
        with commit():
            editor.post(f"/admin/bulk/library/source/index_again/?{listed}")
    after = Source.objects.in_bulk([bad.pk, good.pk])
    assert after[good.pk].revision == before[good.pk].revision
    assert after[bad.pk].revision == before[bad.pk].revision + 2


def test_what_is_indexed_again_is_answered_meanwhile(upload: Any, staff_client: Client) -> None:
    source = upload("豆")
    staff_client.post(f"{PAGE}retry/{source.pk}/")
    source.refresh_from_db()
    assert (source.state, source.live) == (State.QUEUED, True)
    assert ask(QUESTION, None, None).found


def test_officials_look_but_change_nothing(upload: Any, signed_in: In) -> None:
    official, source = signed_in(STAFF), upload("豆")
    assert official.get(PAGE).status_code == 200
    for address in (f"retry/{source.pk}/", "retry/", "rebuild/"):
        assert official.post(PAGE + address).status_code in (302, 403)
    source.refresh_from_db()
    assert source.state == State.INDEXED
    assert not Rebuild.objects.exists()


def test_files_of_a_shelf_that_is_not_theirs_are_not_shown(upload: Any, signed_in: In) -> None:
    official, source = signed_in(STAFF), upload("豆")
    assert source.title not in text(official, PAGE)
    assert official.get(f"{PAGE}inspect/{source.pk}/").status_code == 404


def test_what_is_withdrawn_is_not_indexed_again(upload: Any, staff_client: Client, commit: Commit) -> None:
    source = upload("豆")
    with commit():
        Upload.objects.all().delete()
    assert staff_client.post(f"{PAGE}retry/{source.pk}/").status_code == 404


# What keeps it behind


def test_nothing_is_said_where_nothing_is_wrong(upload: Any, staff_client: Client) -> None:
    upload("豆")
    assert "help-warning" not in staff_client.get("/admin/").content.decode()
    assert "help-warning" not in staff_client.get(PAGE).content.decode()


def warned(client: Client) -> str:
    page, home = (BeautifulSoup(client.get(address).content, "lxml") for address in (PAGE, "/admin/"))
    said = [
        " ".join(block.get_text(" ") for block in found.select(".help-warning")) for found in (page, home)
    ]
    assert said[0] == said[1]
    return " ".join(said[0].split())


def test_sources_that_wait_are_counted_and_the_worker_is_missed(upload: Any, staff_client: Client) -> None:
    source = upload("豆")
    Source.objects.filter(pk=source.pk).update(
        state=State.QUEUED, updated_at=timezone.now() - timedelta(minutes=6)
    )
    assert "db_worker" in warned(staff_client)
    with at_work():
        said = warned(staff_client)
    assert said
    assert "db_worker" not in said


def test_failures_other_models_and_absent_vectors_are_said(
    upload: Any, staff_client: Client, settings: Any
) -> None:
    upload("坏文件", "PK no", "坏.docx")
    source = upload("豆")
    Source.objects.filter(pk=source.pk).update(model="another")
    settings.CHROMA_URL = NOWHERE
    settings.KNOWLEDGE_BASE = {**settings.KNOWLEDGE_BASE, "vector_store": "chroma"}
    page = BeautifulSoup(staff_client.get(PAGE).content, "lxml")
    assert len(page.select(".help-warning")) == 3
    assert "manage.py chroma" in page.get_text()


# Building anew


def test_a_rebuild_is_started_from_the_page_and_runs_as_a_task(
    upload: Any, staff_client: Client, commit: Commit
) -> None:
    source = upload("豆")
    Source.objects.filter(pk=source.pk).update(model="another")
    with commit():
        assert staff_client.post(f"{PAGE}rebuild/").status_code == 302
    job = Rebuild.objects.get()
    assert (job.done, job.total, job.error) == (1, 1, "")
    assert job.finished_at
    source.refresh_from_db()
    assert source.model == knowledge_base().embedder.name
    assert ask(QUESTION, None, None).found


def test_a_rebuild_that_fails_changes_nothing_and_says_why(
    upload: Any, staff_client: Client, settings: Any
) -> None:
    source = upload("豆")
    job = Rebuild.objects.create()
    settings.CHROMA_URL = NOWHERE
    settings.KNOWLEDGE_BASE = {**settings.KNOWLEDGE_BASE, "vector_store": "chroma"}
    with pytest.raises(IndexUnavailable):
        rebuilding.rebuild_index.call(job.pk)
    source.refresh_from_db()
    assert (source.live, source.state) == (True, State.INDEXED)
    assert ask(QUESTION, None, None).found
    job.refresh_from_db()
    assert job.finished_at
    assert "Chroma" in job.error
    assert job.error in warned(staff_client)


def test_an_unfinished_rebuild_is_shown_and_no_second_one_is_begun(staff_client: Client) -> None:
    Rebuild.objects.create(done=3, total=9)
    page = text(staff_client, PAGE)
    assert "3" in page
    assert f"{PAGE}rebuild/" not in page
    assert rebuilding.start().pk == Rebuild.objects.get().pk


def test_two_rebuilds_at_once_are_refused(upload: Any) -> None:
    upload("豆")
    refused = []

    def say(done: int, total: int) -> None:
        with pytest.raises(rebuilding.AlreadyRebuilding):
            rebuilding.rebuild(lambda *_: None)
        refused.append(done)

    rebuilding.rebuild(say)
    assert refused


def test_what_waits_while_the_index_is_rebuilt_is_written_to_the_new_one(upload: Any, commit: Commit) -> None:
    waiting = upload("样", "每个品种留样125克以上，保存48小时。")
    Source.objects.filter(pk=waiting.pk).update(state=State.QUEUED)
    with commit():
        rebuilding.rebuild(lambda *_: None)
    waiting.refresh_from_db()
    assert waiting.state == State.INDEXED
    assert waiting.key in knowledge_base().vectors.sources()


def test_what_is_published_and_withdrawn_during_a_rebuild_is_as_it_should_be(
    upload: Any, commit: Commit
) -> None:
    first, gone = upload("豆"), upload("样", "每个品种留样125克以上，保存48小时。")
    happened = []

    def meanwhile(done: int, total: int) -> None:
        if not happened and done == 2:
            happened.append(True)
            Upload.objects.get(title="样").delete()
            FAQ.objects.create(question="剩菜能卖吗", answer="<p>客人剩下的菜，一律不再卖。</p>")

    with commit():
        rebuilding.rebuild(meanwhile)
    assert happened
    assert ask(QUESTION, None, None).found
    assert ask("剩菜能卖吗", None, None).found
    assert not ask("每个品种留样多少克", None, None).found
    gone.refresh_from_db()
    assert gone.state == State.WITHDRAWN
    assert {first.key} < {
        key.rpartition("#")[0] for key, _ in knowledge_base().texts.search(["四季", "剩下"], 10)
    }
