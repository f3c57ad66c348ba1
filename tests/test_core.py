"""What every page shares: language, display, readiness, the policy that browsers enforce."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Collection, CollectionViewRestriction
from wagtail_factories import DocumentFactory, ImageFactory

from academy.core import knowledge
from academy.library.models import HandbookIndexPage
from academy.library.tree import ensure_tree

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


def test_pages_are_chinese_whatever_the_browser_announces(client: Client) -> None:
    response = client.get("/", headers={"accept-language": "en-US"})
    assert response.headers["Content-Language"] == "zh-hans"
    assert "提问" in response.content.decode()


def test_a_reader_can_choose_english(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    html = client.get("/").content.decode()
    assert "Handbooks" in html
    assert '<html lang="en"' in html


def test_large_type_and_theme_are_remembered(client: Client) -> None:
    response = client.post("/display/", {"size": "large", "theme": "dark", "next": "/handbooks/"})
    assert response.url == "/handbooks/"
    html = client.get("/").content.decode()
    assert 'data-size="large"' in html
    assert 'data-theme="dark"' in html


def test_display_sends_nobody_to_another_site(client: Client) -> None:
    assert client.post("/display/", {"size": "huge", "next": "https://evil.example/"}).url == "/"
    assert 'data-size="normal"' in client.get("/").content.decode()


def test_the_public_is_under_a_strict_policy(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_page_has_inline_style_or_script(client: Client) -> None:
    for address in ("/", "/ask/", "/handbooks/", "/accounts/login/", "/styleguide/"):
        html = client.get(address).content.decode()
        assert "style=" not in html
        assert "<style" not in html
        assert "onclick" not in html


def test_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"
    assert client.get("/readyz").json() == {"ready": True, "problems": []}


def test_not_ready_while_the_vectors_are_out_of_reach(client: Client, settings: Any, tmp_path: Any) -> None:
    settings.KNOWLEDGE_BASE = {**settings.KNOWLEDGE_BASE, "vector_store": "chroma"}
    settings.CHROMA_DIR = tmp_path
    assert client.get("/readyz").status_code == 503
    settings.CHROMA_URL = knowledge.NOWHERE
    assert client.get("/readyz").status_code == 503


def test_a_page_that_is_not_there_says_where_to_go(client: Client) -> None:
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "/search/" in response.content.decode()


def test_a_form_that_stood_open_too_long_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/ask/", {"question": "留样"})
    assert response.status_code == 403
    assert "开得太久" in response.content.decode()


def test_a_picture_is_served_as_pages_show_it_but_no_original_and_no_file(client: Client) -> None:
    shown = ImageFactory().get_rendition("width-40")
    response = client.get(shown.url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert client.get(f"/media/{shown.image.file.name}").status_code == 404
    assert client.get(f"/media/images/../{shown.image.file.name}").status_code == 400


def test_not_ready_while_tasks_wait_for_a_worker(client: Client) -> None:
    task = DBTaskResult.objects.create(
        task_path="academy.library.indexing.index_source",
        args_kwargs={"args": [0], "kwargs": {}},
        backend_name="default",
        run_after=timezone.now() - timedelta(hours=1),
    )
    DBTaskResult.objects.filter(pk=task.pk).update(enqueued_at=timezone.now() - timedelta(hours=1))
    assert client.get("/readyz").json()["problems"] == ["tasks wait and no worker takes them"]


def test_the_clock_lets_pages_go_when_their_time_is_over(client: Client) -> None:
    page = HandbookIndexPage.objects.get()
    page.expire_at = timezone.now() - timedelta(minutes=1)
    page.save()
    call_command("clock", once=True)
    assert client.get("/handbooks/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "told", "sent"),
    [
        ("bytes=0-", 206, "bytes 0-9/10", b"0123456789"),
        ("bytes=4-6", 206, "bytes 4-6/10", b"456"),
        ("bytes=8-99", 206, "bytes 8-9/10", b"89"),
        ("bytes=10-", 416, "bytes */10", b""),
        ("nonsense", 200, None, b"0123456789"),
    ],
)
def test_a_video_is_sent_in_the_parts_that_a_phone_asks_for(
    client: Client, asked: str, status: int, told: str | None, sent: bytes
) -> None:
    video = DocumentFactory(file=ContentFile(b"0123456789", "clip.mp4"))
    response = client.get(video.url, headers={"range": asked})
    assert response.status_code == status
    assert response.get("Content-Range") == told
    assert (b"".join(response) if response.streaming else response.content) == sent


def test_no_part_of_a_restricted_file_is_sent(client: Client) -> None:
    folder = Collection.get_first_root_node().add_child(name="staff")
    CollectionViewRestriction.objects.create(collection=folder, restriction_type="login")
    video = DocumentFactory(file=ContentFile(b"0123456789", "clip.mp4"), collection=folder)
    assert client.get(video.url, headers={"range": "bytes=0-"}).status_code == 302
