"""Many files at once in the admin: each is taken in or says why not, nothing comes twice."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection, GroupCollectionPermission

from academy.accounts.roles import EDITORS
from academy.core.knowledge import knowledge_base
from academy.library.models import IngestedFile, Source
from academy.library.models.source import State
from academy.library.tree import ensure_tree
from tests.asking import ask
from tests.conftest import Commit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

RULE = "四季豆先用开水烫煮10分钟以上，再下锅炒。"
OTHER = "每个品种留样125克以上，保存48小时。"
Send = Callable[..., BeautifulSoup]


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


@pytest.fixture
def root() -> Collection:
    return Collection.get_first_root_node()


@pytest.fixture
def send(staff_client: Client, root: Collection, commit: Commit) -> Send:
    def upload(*files: tuple[str, bytes], client: Client = staff_client, **fields: Any) -> BeautifulSoup:
        sent = [SimpleUploadedFile(name, data) for name, data in files]
        with commit():
            response = client.post("/admin/uploads/", {"collection": root.pk, "chosen": sent, **fields})
        assert response.status_code == 200
        return BeautifulSoup(response.content, "lxml")

    return upload


def rows(page: BeautifulSoup) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.select("tr[data-upload]")]


def packed(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return file.getvalue()


def test_many_files_are_taken_in_and_each_says_so(send: Send) -> None:
    page = send(("四季豆.txt", RULE.encode()), ("留样.md", OTHER.encode()), ("坏.docx", b"PK no"))
    said = rows(page)
    assert len(said) == 3
    assert Upload.objects.count() == 3
    assert ask("四季豆要烫煮多久", None, None).found
    assert ask("每个品种留样多少克", None, None).found
    failed = Source.objects.get(title="坏")
    assert (failed.state, failed.live) == (State.FAILED, False)


def test_the_page_says_later_what_became_of_each(send: Send, staff_client: Client) -> None:
    send(("四季豆.txt", RULE.encode()), ("坏.docx", b"PK no"))
    ids = list(Upload.objects.order_by("pk").values_list("pk", flat=True))
    html = staff_client.get("/admin/uploads/rows/", {"id": ids}).content
    good, bad = rows(BeautifulSoup(html, "lxml"))
    assert "已入库" in good or "Indexed" in good
    assert "无法读取" in bad
    assert "data-waits" not in html.decode()


def test_a_script_gets_the_rows_alone(staff_client: Client, root: Collection, commit: Commit) -> None:
    data = {"collection": root.pk, "chosen": SimpleUploadedFile("四季豆.txt", RULE.encode())}
    with commit():
        response = staff_client.post("/admin/uploads/", data, headers={"X-Requested-With": "XMLHttpRequest"})
    assert response.content.strip().startswith(b"<tr")
    refused = staff_client.post("/admin/uploads/", {}, headers={"X-Requested-With": "XMLHttpRequest"})
    assert refused.status_code == 400
    assert refused.content


@pytest.mark.parametrize(
    ("name", "data"),
    [("片.mp4", b"film"), ("空.txt", b""), ("无后缀", b"text"), ("坏.zip", b"PK no zip"), ("x.exe", b"MZ")],
)
def test_what_cannot_be_taken_in_is_refused_alone(send: Send, name: str, data: bytes) -> None:
    said = rows(send(("好.txt", RULE.encode()), (name, data)))
    assert len(said) == 2
    assert name in said[1]
    assert Upload.objects.count() == 1


def test_a_packed_folder_is_unpacked(send: Send) -> None:
    inner = packed(a__txt=b"x")
    said = rows(
        send(("法规.zip", packed(四季豆__txt=RULE.encode(), 留样__txt=OTHER.encode(), 里__zip=inner)))
    )
    assert len(said) == 3
    assert {upload.title for upload in Upload.objects.all()} == {"四季豆", "留样"}
    assert Source.objects.live().count() == 2


def test_sent_again_nothing_comes_twice(send: Send) -> None:
    send(("四季豆.txt", RULE.encode()), ("包.zip", packed(留样__txt=OTHER.encode())))
    before = list(Source.objects.order_by("pk").values_list("pk", "revision"))
    send(("四季豆.txt", RULE.encode()), ("包.zip", packed(留样__txt=OTHER.encode())))
    assert Upload.objects.count() == IngestedFile.objects.count() == 2
    assert list(Source.objects.order_by("pk").values_list("pk", "revision")) == before


def test_a_file_of_the_same_name_is_replaced_only_if_wanted(send: Send) -> None:
    send(("规定.txt", RULE.encode()))
    upload = Upload.objects.get()
    page = send(("规定.txt", OTHER.encode()))
    assert page.select("[data-replace]")
    assert ask("四季豆要烫煮多久", None, None).found
    send(("规定.txt", OTHER.encode()), replace="on")
    assert Upload.objects.get().pk == upload.pk
    assert not ask("四季豆要烫煮多久", None, None).found
    assert ask("每个品种留样多少克", None, None).found
    assert not upload.file.storage.exists(upload.file.name)


def test_a_file_that_came_in_by_the_ordinary_form_is_known_by_its_name(
    send: Send, staff_client: Client, root: Collection, commit: Commit
) -> None:
    with commit():
        staff_client.post(
            "/admin/documents/add/",
            {
                "title": "规定",
                "collection": root.pk,
                "tags": "",
                "file": SimpleUploadedFile("规定.txt", RULE.encode()),
            },
        )
    assert Upload.objects.count() == 1
    send(("规定.txt", OTHER.encode()), replace="on")
    assert Upload.objects.count() == 1
    assert ask("每个品种留样多少克", None, None).found


def test_files_of_one_name_in_two_folders_are_two(send: Send) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a/通知.txt", RULE)
        archive.writestr("b/通知.txt", OTHER)
    send(("包.zip", file.getvalue()))
    send(("包.zip", file.getvalue()))
    assert Upload.objects.count() == 2
    assert Source.objects.live().count() == 2


def test_the_same_words_in_another_format_are_linked_and_not_indexed_twice(
    send: Send, staff_client: Client
) -> None:
    send(("四季豆.txt", RULE.encode()))
    passages = knowledge_base().count()
    send(("抄本.html", f"<html><p>{RULE}</p></html>".encode()))
    copy = Source.objects.get(title="抄本")
    assert (copy.state, copy.live, copy.passages) == (State.DUPLICATE, False, 0)
    assert copy.duplicate_of == Source.objects.get(title="四季豆")
    assert knowledge_base().count() == passages
    assert "《四季豆》" in copy.in_words or "四季豆" in copy.in_words


def test_a_duplicate_steps_in_when_its_original_goes(send: Send, commit: Commit) -> None:
    send(("四季豆.txt", RULE.encode()))
    send(("抄本.html", f"<html><p>{RULE}</p></html>".encode()), ("又一本.md", RULE.encode()))
    with commit():
        Upload.objects.get(title="四季豆").delete()
    assert ask("四季豆要烫煮多久", None, None).found
    assert knowledge_base().count() == 1
    states = Source.objects.filter(title__in=["抄本", "又一本"]).values_list("state", flat=True)
    assert sorted(states) == [State.DUPLICATE, State.INDEXED]


def test_a_duplicate_steps_in_when_its_original_says_something_else(send: Send, commit: Commit) -> None:
    send(("四季豆.txt", RULE.encode()), ("抄本.md", RULE.encode()))
    send(("四季豆.txt", OTHER.encode()), replace="on")
    assert Source.objects.get(title="抄本").state == State.INDEXED
    assert Source.objects.live().count() == 2


# Permissions


@pytest.fixture
def editor() -> Client:
    user = UserFactory(email="editor@example.com")
    user.groups.add(Group.objects.get(name=EDITORS))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_editor_uploads_and_a_worker_does_not(editor: Client, worker_client: Client, send: Send) -> None:
    assert "/admin/uploads/" in editor.get("/admin/").content.decode()
    assert rows(send(("四季豆.txt", RULE.encode()), client=editor))
    assert worker_client.get("/admin/uploads/").status_code in (302, 403)


def test_files_go_only_where_one_may_add(root: Collection, commit: Commit) -> None:
    open_shelf, shut = (
        root.add_child(name="可以放"),
        Collection.get_first_root_node().add_child(name="别人的"),
    )
    group = Group.objects.create(name="帮手")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for codename in ("add_document", "choose_document"):
        GroupCollectionPermission.objects.create(
            group=group, collection=open_shelf, permission=Permission.objects.get(codename=codename)
        )
    user = UserFactory()
    user.groups.add(group)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/admin/uploads/").content.decode()
    assert "别人的" not in page
    file = {"chosen": SimpleUploadedFile("四季豆.txt", RULE.encode())}
    client.post("/admin/uploads/", {"collection": shut.pk, **file})
    assert Upload.objects.count() == 0
    with commit():
        Upload.objects.create(
            title="别人的规定", file=SimpleUploadedFile("规定.txt", b"x"), collection=open_shelf
        )
    client.post(
        "/admin/uploads/",
        {
            "collection": open_shelf.pk,
            "chosen": SimpleUploadedFile("规定.txt", OTHER.encode()),
            "replace": "on",
        },
    )
    assert Upload.objects.get().file.read() == b"x"
