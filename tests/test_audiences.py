"""Restricted content is answered to those who may read it, and to nobody else, whichever way it was restricted."""

import json
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils.translation import gettext
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection as Shelf
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction

from academy.core.knowledge import knowledge_base
from academy.library.audiences import EVERYBODY
from academy.library.health import seen_by
from academy.library.ingesting import File, bring_in
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
from kb.adapters.chroma import ChromaVectorIndex
from tests.conftest import Commit
from tests.factories import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db

RULE = "四季豆先用开水烫煮10分钟以上，再下锅炒。"
OTHER = "每个品种留样125克以上，保存48小时。"
FILE = f"{RULE}\n\n{OTHER}"
QUESTION = "四季豆要烫煮多久"
PASSWORD = "四季平安"
BACKEND = "django.contrib.auth.backends.ModelBackend"
Restrict = Callable[[Any, str], Any]

SIGNED_IN = {"worker", "cook", "waiter", "superuser"}
COOKS = {"cook", "superuser"}
ALL = {"passer_by", *SIGNED_IN}
# who may read what is restricted in this way; a password opens to whoever gives it
READERS = {"login": SIGNED_IN, "groups": COOKS, "password": set[str]()}


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


@pytest.fixture
def cooks() -> Group:
    return Group.objects.create(name="厨师")


@pytest.fixture
def waiters() -> Group:
    return Group.objects.create(name="服务员")


@pytest.fixture
def clients(cooks: Group, waiters: Group) -> dict[str, Client]:
    worker, cook, waiter = UserFactory(), UserFactory(), UserFactory()
    cook.groups.add(cooks)
    waiter.groups.add(waiters)
    users = {"worker": worker, "cook": cook, "waiter": waiter, "superuser": StaffFactory()}
    found = {"passer_by": Client()}
    for name, user in users.items():
        found[name] = Client()
        found[name].force_login(user, backend=BACKEND)
    return found


def body(words: str = RULE) -> str:
    return json.dumps([{"type": "text", "value": f"<p>{words}</p>"}])


@pytest.fixture
def chapter(commit: Commit) -> ChapterPage:
    handbook = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "kitchen", title="厨房手册")
    with commit():
        return ensure_child(handbook, ChapterPage, "beans", title="自带毒的菜", body=body())


@pytest.fixture
def file(commit: Commit) -> Upload:
    shelf = Shelf.get_first_root_node().add_child(name="文件").add_child(name="内部文件")
    with commit():
        return Upload.objects.create(
            title="内部规定", file=ContentFile(FILE.encode(), "规定.txt"), collection=shelf
        )


@pytest.fixture
def regulation(file: Upload, commit: Commit) -> RegulationPage:
    file.file.save("规定.txt", ContentFile(f"第一条 {RULE}\n\n第二条 {OTHER}".encode()))
    with commit():
        index = RegulationIndexPage.objects.get()
        return ensure_child(index, RegulationPage, "rule", title="示例规定", document=file)


@pytest.fixture
def restrict(cooks: Group) -> Restrict:
    def create(thing: Page | Shelf, kind: str) -> Any:
        words = {"restriction_type": kind, "password": PASSWORD if kind == "password" else ""}
        if isinstance(thing, Shelf):
            made: Any = CollectionViewRestriction.objects.create(collection=thing, **words)
        else:
            made = PageViewRestriction.objects.create(page_id=thing.pk, **words)
        if kind == "groups":
            made.groups.add(cooks)
        return made

    return create


def asked(client: Client, question: str = QUESTION) -> str:
    """The page that answers, at its own address."""
    return str(client.get(client.post("/ask/", {"question": question}).url).content.decode())


def told(client: Client) -> bool:
    """Whether the words come out of any door: the chat, or the search."""
    said, found = (
        RULE[:-1] in asked(client),
        RULE[:9] in client.get("/search/", {"q": QUESTION}).content.decode(),
    )
    assert said == found
    return said


def reached(clients: dict[str, Client]) -> set[str]:
    return {name for name, client in clients.items() if told(client)}


def served(clients: dict[str, Client], address: str) -> set[str]:
    """Who is let in by Wagtail itself."""
    return {name for name, client in clients.items() if RULE in _read(client, address)}


def _read(client: Client, address: str) -> str:
    response = client.get(address)
    return b"".join(response).decode() if response.status_code == 200 else ""


def enter(client: Client, restriction: Any, word: str = PASSWORD) -> None:
    """As the form on the closed page does."""
    where = "/documents/authenticate_with_password/{0}/"
    if isinstance(restriction, PageViewRestriction):
        where = "/_util/authenticate_with_password/{0}/{1}/"
    page = getattr(restriction, "page_id", 0)
    client.post(where.format(restriction.pk, page), {"password": word, "return_url": "/"})


def address_of(thing: Any) -> str:
    return str(thing.url)


# Each way in which a page or a file becomes restricted


def _itself(thing: Any, restrict: Restrict, kind: str) -> Any:
    return restrict(thing.collection if isinstance(thing, Upload) else thing, kind)


def _above(thing: Any, restrict: Restrict, kind: str) -> Any:
    near = thing.collection if isinstance(thing, Upload) else thing
    return restrict(near.get_parent(), kind)


def _far_above(thing: Any, restrict: Restrict, kind: str) -> Any:
    return restrict(thing.get_parent().get_parent(), kind)


def _moved_below(thing: Any, restrict: Restrict, kind: str) -> Any:
    if isinstance(thing, Upload):
        thing.collection = Shelf.get_first_root_node().add_child(name="别处")
        made = restrict(thing.collection, kind)
        thing.save()
        return made
    parent = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "closed", title="内部手册")
    made = restrict(parent, kind)
    thing.move(parent, pos="last-child")
    return made


def _moved_without_a_word(file: Upload, restrict: Restrict, kind: str) -> Any:
    shelf = Shelf.get_first_root_node().add_child(name="别处")
    made = restrict(shelf, kind)
    Upload.objects.filter(pk=file.pk).update(collection=shelf)
    return made


def _collection_moved(file: Upload, restrict: Restrict, kind: str) -> Any:
    closed = Shelf.get_first_root_node().add_child(name="别处")
    made = restrict(closed, kind)
    Shelf.objects.get(pk=file.collection_id).move(Shelf.objects.get(pk=closed.pk), "sorted-child")
    return made


KINDS = ["login", "groups", "password"]
WAYS = [_itself, _above, _moved_below]


def check(thing: Any, restriction: Any, kind: str, clients: dict[str, Client]) -> None:
    """The right readers, neither more nor fewer, and the same as Wagtail lets in to the thing itself."""
    address = address_of(type(thing).objects.get(pk=thing.pk))
    if kind == "password":
        enter(clients["waiter"], restriction, "猜的")
        assert reached(clients) == set()
        enter(clients["passer_by"], restriction)
        enter(clients["worker"], restriction)
        assert reached(clients) == served(clients, address) == {"passer_by", "worker"}
    else:
        assert reached(clients) == served(clients, address) == READERS[kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [*WAYS, _far_above], ids=lambda way: way.__name__.strip("_"))
def test_a_restricted_page_is_answered_to_its_readers_alone(
    chapter: ChapterPage,
    clients: dict[str, Client],
    restrict: Restrict,
    commit: Commit,
    way: Callable[..., Any],
    kind: str,
) -> None:
    assert reached(clients) == ALL
    with commit():
        restriction = way(ChapterPage.objects.get(pk=chapter.pk), restrict, kind)
    check(chapter, restriction, kind, clients)
    if way is not _moved_below:
        with commit():
            restriction.delete()
        assert reached(clients) == ALL


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "way", [*WAYS, _moved_without_a_word, _collection_moved], ids=lambda way: way.__name__.strip("_")
)
def test_a_file_in_a_restricted_collection_is_answered_to_its_readers_alone(
    file: Upload,
    clients: dict[str, Client],
    restrict: Restrict,
    commit: Commit,
    way: Callable[..., Any],
    kind: str,
) -> None:
    assert reached(clients) == ALL
    with commit():
        restriction = way(Upload.objects.get(pk=file.pk), restrict, kind)
    if way in (_moved_without_a_word, _collection_moved):
        assert not told(clients["passer_by"])
        with commit():
            call_command("clock", once=True)
    check(file, restriction, kind, clients)


@pytest.mark.parametrize("kind", KINDS)
def test_a_regulation_is_as_closed_as_its_file(
    regulation: RegulationPage, clients: dict[str, Client], restrict: Restrict, commit: Commit, kind: str
) -> None:
    assert reached(clients) == served(clients, "/regulations/rule/") == ALL
    with commit():
        restriction = restrict(Shelf.objects.get(name="内部文件"), kind)
    if kind == "password":
        enter(clients["passer_by"], restriction)
    readers = {"passer_by"} if kind == "password" else READERS[kind]
    assert reached(clients) == served(clients, "/regulations/rule/") == readers
    closed = clients["waiter" if kind == "groups" else "passer_by"].get("/regulations/rule/").content.decode()
    assert (gettext("This text is not for everybody") in closed) == (kind != "password")


def test_who_reads_what_is_restricted_twice_meets_both(
    regulation: RegulationPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restriction = restrict(Shelf.objects.get(name="文件"), "password")
        restrict(regulation, "groups")
        restrict(regulation.get_parent(), "login")
    assert reached(clients) == set()
    for name in ("worker", "cook"):
        enter(clients[name], restriction)
    assert reached(clients) == {"cook"}
    assert served(clients, "/regulations/rule/") == {"cook"}


def test_sources_for_the_same_readers_stand_together(
    chapter: ChapterPage, file: Upload, restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restrict(chapter, "groups")
        restrict(chapter.get_parent(), "login")
        restrict(file.collection, "groups")
    assert len(set(Source.objects.values_list("audience", flat=True))) == 1


def test_the_groups_may_change(
    chapter: ChapterPage,
    clients: dict[str, Client],
    restrict: Restrict,
    cooks: Group,
    waiters: Group,
    commit: Commit,
) -> None:
    with commit():
        restriction = restrict(chapter, "groups")
    with commit():
        restriction.groups.set([waiters])
    assert reached(clients) == {"waiter", "superuser"}
    with commit():
        restriction.groups.add(cooks)
    assert reached(clients) == {"cook", "waiter", "superuser"}
    with commit():
        restriction.restriction_type = "login"
        restriction.save()
    assert reached(clients) == SIGNED_IN


def test_who_leaves_a_group_is_answered_no_more_at_once(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, cooks: Group, commit: Commit
) -> None:
    with commit():
        restrict(chapter, "groups")
    assert told(clients["cook"])
    cooks.user_set.clear()
    assert not told(clients["cook"])


def test_a_group_that_is_deleted_leaves_nobody(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, cooks: Group, commit: Commit
) -> None:
    with commit():
        restrict(chapter, "groups")
        cooks.delete()
    with commit():
        call_command("clock", once=True)
    assert reached(clients) == {"superuser"}


def test_more_groups_than_the_index_can_note_are_said_and_closed(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restriction = restrict(chapter, "groups")
        restriction.groups.set(Group.objects.bulk_create(Group(name=f"第{n}组") for n in range(40)))
    source = Source.objects.get(key=f"page:{chapter.pk}")
    assert (source.state, source.live) == (State.FAILED, False)
    assert "用户组" in source.error
    assert reached(clients) == set()


def test_what_is_restricted_can_be_unpublished_and_deleted_too(
    chapter: ChapterPage, file: Upload, clients: dict[str, Client], restrict: Restrict
) -> None:
    """With no worker running."""
    for thing in (chapter, file.collection):
        restrict(thing, "login")
    call_command("reindex")
    assert reached(clients) == SIGNED_IN
    ChapterPage.objects.get(pk=chapter.pk).unpublish()
    assert knowledge_base().count() == 2
    assert reached(clients) == SIGNED_IN
    file.delete()
    assert reached(clients) == set()


def test_what_stands_below_a_withdrawn_page_is_withdrawn_with_it(
    chapter: ChapterPage, clients: dict[str, Client], commit: Commit
) -> None:
    handbook = HandbookPage.objects.parent_of(chapter).get()
    handbook.unpublish()
    assert reached(clients) == set()
    with commit():
        handbook.get_latest_revision_as_object().save_revision().publish()
    assert reached(clients) == ALL


def test_an_alias_is_as_closed_as_its_page(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    other = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "other", title="另一本")
    with commit():
        alias = chapter.create_alias(parent=other)
    with commit():
        restrict(chapter, "groups")
    assert reached(clients) == COOKS
    assert served(clients, address_of(alias)) == COOKS
    with commit():
        call_command("clock", once=True)
    assert reached(clients) == COOKS


def test_an_faq_entry_is_for_everybody(clients: dict[str, Client], commit: Commit) -> None:
    with commit():
        FAQ.objects.create(question=QUESTION, answer=f"<p>{RULE}</p>")
    assert {name for name, client in clients.items() if RULE[:-1] in asked(client)} == ALL


def test_files_moved_together_in_the_admin_get_their_new_readers(
    file: Upload, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    closed = Shelf.get_first_root_node().add_child(name="别处")
    restrict(closed, "groups")
    place = f"/admin/bulk/wagtaildocs/document/add_to_collection/?id={file.pk}"
    with commit():
        clients["superuser"].post(place, {"collection": closed.pk})
    assert Upload.objects.get().collection == closed
    assert reached(clients) == COOKS


def test_privacy_as_it_is_set_in_the_admin(
    chapter: ChapterPage, clients: dict[str, Client], cooks: Group, commit: Commit
) -> None:
    with commit():
        clients["superuser"].post(
            f"/admin/pages/{chapter.pk}/privacy/",
            {"restriction_type": "groups", "groups": [cooks.pk], "password": ""},
        )
    assert reached(clients) == COOKS


# From the moment of the change: no worker has run, and the vectors still hold the old words


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", [*WAYS, _far_above], ids=lambda way: way.__name__.strip("_"))
def test_a_page_is_closed_at_once(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, way: Callable[..., Any], kind: str
) -> None:
    assert told(clients["passer_by"])
    way(ChapterPage.objects.get(pk=chapter.pk), restrict, kind)
    assert knowledge_base().count() == 1
    assert not told(clients["passer_by"])
    assert not told(clients["waiter"])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "way", [*WAYS, _moved_without_a_word, _collection_moved], ids=lambda way: way.__name__.strip("_")
)
def test_a_file_is_closed_at_once(
    file: Upload, clients: dict[str, Client], restrict: Restrict, way: Callable[..., Any], kind: str
) -> None:
    source = Source.objects.get(key=f"document:{file.pk}")
    assert _read(clients["passer_by"], f"/sources/{source.pk}/")
    way(Upload.objects.get(pk=file.pk), restrict, kind)
    assert knowledge_base().count() == 1
    for name in ("passer_by", "waiter"):
        assert not told(clients[name])
    assert RULE not in _read(clients["passer_by"], f"/sources/{source.pk}/")


@pytest.mark.parametrize("way", [_itself, _moved_without_a_word], ids=lambda way: way.__name__.strip("_"))
def test_yesterdays_copy_of_chroma_tells_nobody_what_is_restricted_since(
    chapter: ChapterPage,
    file: Upload,
    clients: dict[str, Client],
    restrict: Restrict,
    commit: Commit,
    tmp_path: Path,
    way: Callable[..., Any],
) -> None:
    use(ChromaVectorIndex("passages", folder=tmp_path / "today"))
    Source.objects.update(content_hash="")
    call_command("reindex")
    assert reached(clients) == ALL
    shutil.copytree(tmp_path / "today", tmp_path / "yesterday")
    with commit():
        way(Upload.objects.get(pk=file.pk), restrict, "groups")
        restrict(chapter, "groups")
    use(ChromaVectorIndex("passages", folder=tmp_path / "yesterday"))
    assert len(knowledge_base().vectors.sources()) == 2
    assert reached(clients) == COOKS


def use(vectors: Any) -> None:
    for part in (knowledge_base(), knowledge_base().retriever):
        object.__setattr__(part, "vectors", vectors)


# Other doors


def test_an_answer_that_is_passed_on_shows_nothing_that_its_reader_may_not_see(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restrict(chapter.get_parent(), "groups")
    address = clients["cook"].post("/ask/", {"question": QUESTION}).url
    assert RULE[:-1] in clients["cook"].get(address).content.decode()
    for name in ("passer_by", "waiter"):
        html = clients[name].get(address).content.decode()
        assert RULE[:-1] not in html
        assert "厨房手册" not in html
        assert gettext("Only for certain readers") in html
    chapter.unpublish()
    assert RULE[:-1] not in clients["cook"].get(address).content.decode()


def test_what_comes_close_is_not_named_to_others(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restrict(chapter, "login")
    address = clients["worker"].post("/ask/", {"question": "四季豆去哪里买便宜实惠又新鲜好吃的"}).url
    assert "厨房手册" in clients["worker"].get(address).content.decode()
    assert "厨房手册" not in clients["passer_by"].get(address).content.decode()


def test_the_page_of_a_restricted_file_lets_in_as_the_file_does(
    file: Upload, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restriction = restrict(file.collection, "password")
    address = f"/sources/{Source.objects.get(key=f'document:{file.pk}').pk}/"
    closed = clients["passer_by"].get(address)
    assert RULE not in closed.content.decode()
    assert gettext("Enter the shared password") in closed.content.decode()
    enter(clients["passer_by"], restriction)
    assert RULE in clients["passer_by"].get(address).content.decode()


def test_who_is_signed_in_and_not_let_in_is_told_so_and_not_sent_round(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restrict(chapter, "groups")
    address = address_of(ChapterPage.objects.get(pk=chapter.pk))
    assert clients["waiter"].get(address, follow=True).status_code == 403
    led = clients["passer_by"].get(address, follow=True)
    assert led.status_code == 200
    assert led.request["PATH_INFO"] == "/accounts/login/"
    assert "beans" in led.request["QUERY_STRING"]


def test_a_restricted_chapter_is_in_no_list(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    open_one = ensure_child(chapter.get_parent(), ChapterPage, "samples", title="留样", body=body(OTHER))
    with commit():
        restrict(chapter, "login")
    for address in ("/handbooks/", "/handbooks/kitchen/", open_one.url, "/"):
        assert "自带毒的菜" not in clients["passer_by"].get(address).content.decode()


def test_twins_for_different_readers_are_both_indexed(
    file: Upload, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restrict(file.collection, "groups")
    with commit():
        twin = Upload.objects.create(title="公开规定", file=ContentFile(FILE.encode(), "公开.txt"))
    assert Source.objects.get(key=f"document:{twin.pk}").duplicate_of is None
    assert reached(clients) == ALL


@pytest.mark.parametrize("way", [_itself, _moved_without_a_word], ids=lambda way: way.__name__.strip("_"))
def test_a_twin_steps_in_for_everybody_when_its_original_is_restricted(
    file: Upload, clients: dict[str, Client], restrict: Restrict, commit: Commit, way: Callable[..., Any]
) -> None:
    with commit():
        twin = Upload.objects.create(title="公开规定", file=ContentFile(FILE.encode(), "公开.txt"))
    assert Source.objects.get(key=f"document:{twin.pk}").state == State.DUPLICATE
    with commit():
        way(Upload.objects.get(pk=file.pk), restrict, "groups")
    with commit():
        call_command("clock", once=True)
    assert reached(clients) == ALL
    assert "内部规定" not in asked(clients["passer_by"])


def test_a_file_from_the_disk_is_brought_in_although_others_may_read_its_twin(
    regulation: RegulationPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    data = regulation.document.file.open().read()
    with commit():
        restrict(regulation.document.collection, "groups")
    with commit():
        assert bring_in(File("laws/规定.txt", lambda: data)).result == "indexed"
    assert reached(clients) == ALL
    with commit():
        restrict(Shelf.get_first_root_node(), "groups")
    with commit():
        assert bring_in(File("laws/规定.txt", lambda: data)).result == "unchanged"
    assert reached(clients) == COOKS


def test_what_others_read_uses_up_no_places_in_the_text_index(
    chapter: ChapterPage, file: Upload, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        file.file.save(
            "规定.txt",
            ContentFile("\n\n".join([f"第{n}条 四季豆要烫煮多久。" for n in range(1, 9)]).encode()),
        )
        restrict(file.collection, "groups")
    texts = knowledge_base().texts
    words = ["四季", "季豆", "烫煮", "多久"]
    assert len(texts.search(words, 1)) == 1
    assert f"page:{chapter.pk}" in str(texts.search(words, 1))
    assert f"document:{file.pk}" in str(
        texts.search(words, 1, ("public", Source.objects.get(kind="document").audience))
    )


def test_staff_see_in_the_admin_only_what_is_theirs(
    regulation: RegulationPage, chapter: ChapterPage, restrict: Restrict, commit: Commit
) -> None:
    """An editor without any page or collection sees public pages, whose words everybody reads."""
    editor = UserFactory()
    with commit():
        restrict(chapter, "login")
    assert not seen_by(editor).filter(kind="document").exists()
    assert set(seen_by(editor).values_list("key", flat=True)).isdisjoint(
        {f"page:{regulation.pk}", f"page:{chapter.pk}"}
    )
    assert seen_by(StaffFactory()).filter(key=f"page:{chapter.pk}").exists()


def test_nothing_is_kept_by_browsers_for_the_next_at_the_same_device(
    chapter: ChapterPage, clients: dict[str, Client]
) -> None:
    address = clients["worker"].post("/ask/", {"question": QUESTION}).url
    for place in (address, f"/search/?q={QUESTION}"):
        assert "no-store" in clients["worker"].get(place)["Cache-Control"]


def test_rebuilding_keeps_everybody_where_he_was(
    chapter: ChapterPage, clients: dict[str, Client], restrict: Restrict, commit: Commit
) -> None:
    with commit():
        restrict(chapter, "groups")
    with commit():
        call_command("reindex", rebuild=True)
    assert reached(clients) == COOKS


def test_what_is_asked_for_costs_the_same_however_much_is_restricted(
    chapter: ChapterPage, file: Upload, restrict: Restrict, commit: Commit, django_assert_max_num_queries: Any
) -> None:
    with commit():
        for thing in (chapter, chapter.get_parent(), file.collection):
            restrict(thing, "login")
    keys: Collection[str] = list(Source.objects.values_list("key", flat=True))
    with django_assert_max_num_queries(9):
        assert EVERYBODY.live_keys(keys) == set()
