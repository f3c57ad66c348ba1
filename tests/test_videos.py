"""Films: sent piece by piece to whoever may see them, with captions and in several qualities."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.test import AsyncClient, Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, Page
from wagtail_factories import DocumentFactory

from academy.accounts.models import User
from academy.core import serving
from academy.core.videos import length
from academy.courses.models import CoursePage, LessonPage, LessonProgress
from academy.library.models import ChapterPage
from tests.factories import make_course

FILM = (Path(__file__).parent / "files" / "film.mp4").read_bytes()


@pytest.fixture
def film(db: Any) -> Any:
    return DocumentFactory(title="量中心温度", file=ContentFile(FILM, "film.mp4"))


def whole(response: Any) -> bytes:
    return b"".join(response) if response.streaming else bytes(response.content)


def test_a_film_is_sent_whole_and_says_that_parts_may_be_asked_for(client: Client, film: Any) -> None:
    response = client.get(film.url)
    assert whole(response) == FILM
    assert response["Content-Type"] == "video/mp4"
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Length"] == str(len(FILM))
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_a_head_says_how_long_it_is_and_sends_nothing(client: Client, film: Any) -> None:
    response = client.head(film.url, headers={"range": "bytes=0-99"})
    assert (response.status_code, response["Content-Length"]) == (200, str(len(FILM)))
    assert whole(response) == b""


def test_the_last_bytes_may_be_asked_for(client: Client, film: Any) -> None:
    response = client.get(film.url, headers={"range": "bytes=-10"})
    assert (response.status_code, whole(response)) == (206, FILM[-10:])
    assert response["Content-Range"] == f"bytes {len(FILM) - 10}-{len(FILM) - 1}/{len(FILM)}"


def test_a_part_goes_on_with_the_same_state_of_the_file_only(client: Client, film: Any) -> None:
    etag = client.get(film.url)["ETag"]
    for known, status in ((etag, 206), ('"another"', 200), ("Thu, 26 Nov 2026 00:00:00 GMT", 200)):
        headers = {"range": "bytes=5-9", "if-range": known}
        assert client.get(film.url, headers=headers).status_code == status
    assert client.get(film.url, headers={"if-none-match": etag}).status_code == 304


def test_who_asks_for_all_that_follows_gets_a_piece_and_asks_again(
    client: Client, film: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "PART", 1000)
    monkeypatch.setattr(serving, "PIECE", 300)
    found = b""
    while len(found) < len(FILM):
        response = client.get(film.url, headers={"range": f"bytes={len(found)}-"})
        assert response.status_code == 206
        found += whole(response)
    assert found == FILM


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_under_asgi_a_film_is_sent_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PIECE", 1000)
    film = DocumentFactory(title="量中心温度", file=ContentFile(FILM, "film.mp4"))

    async def pieces() -> list[bytes]:
        response = await AsyncClient().get(film.url)
        assert response.is_async
        return [piece async for piece in response]

    found = asyncio.run(pieces())
    assert len(found) == 10
    assert b"".join(found) == FILM


def test_a_film_under_another_name_is_not_there(client: Client, film: Any) -> None:
    assert client.get(f"/documents/{film.pk}/other.mp4").status_code == 404
    assert client.get("/documents/999999/film.mp4").status_code == 404


def test_a_restricted_film_is_sent_to_nobody_else(client: Client, film: Any) -> None:
    film.collection = Collection.get_first_root_node().add_child(name="staff")
    film.save()
    CollectionViewRestriction.objects.create(collection=film.collection, restriction_type="login")
    for ask in (client.get, client.head):
        assert ask(film.url).status_code == 302
        assert ask(film.url, headers={"range": "bytes=0-"}).status_code == 302


def test_captions_are_text_that_a_player_reads(client: Client, db: Any) -> None:
    captions = DocumentFactory(
        file=ContentFile("WEBVTT\n\n00:00.000 --> 00:02.000\n先量\n".encode(), "a.vtt")
    )
    assert client.get(captions.url)["Content-Type"] == "text/vtt"


def test_the_length_is_read_from_the_file_and_again_when_the_file_is_another(film: Any) -> None:
    assert length(film) == 12
    film.file = ContentFile(b"no film", "film.mp4")
    film._set_document_file_metadata()
    film.save()
    assert length(film) == 0
    film.file.storage.delete(film.file.name)
    film.file_hash = "gone"
    assert length(film) is None


def test_a_film_that_cannot_be_read_just_now_is_asked_for_all_the_same(
    worker_client: Client, home: Page, film: Any
) -> None:
    lesson = in_a_lesson(home, title="片", video=film)
    film.file.storage.delete(film.file.name)
    page = worker_client.get(lesson.url).content.decode()
    assert "data-film" not in page
    assert BeautifulSoup(page, "lxml").select_one("#missing li")
    film.file.storage.save(film.file.name, ContentFile(FILM))
    assert "data-film" in worker_client.get(lesson.url).content.decode()


# ── on the page ──


def in_a_lesson(home: Page, **value: Any) -> LessonPage:
    lesson: LessonPage = LessonPage.objects.child_of(make_course(home, lessons=1)).get()
    lesson.body = [("video", value)]
    lesson.save()
    return lesson


def test_a_lesson_shows_what_was_watched_and_offers_other_qualities(
    worker_client: Client, worker: User, home: Page, film: Any
) -> None:
    small = DocumentFactory(file=ContentFile(FILM, "small.mp4"))
    captions = DocumentFactory(file=ContentFile(b"WEBVTT\n", "a.vtt"))
    lesson = in_a_lesson(
        home, title="片", video=film, captions=captions, transcript="<p>先量肉。</p>",
        others=[{"label": "360p", "video": small}],
    )  # fmt: skip
    worker_client.get(lesson.url)
    LessonProgress.objects.update(watched={str(film.pk): [[0, 3], [6, 9]]}, positions={str(film.pk): 8.5})
    page = BeautifulSoup(worker_client.get(lesson.url).content, "lxml")
    box = page.select_one("[data-film]")
    assert box
    assert [(r["x"], r["width"]) for r in box.select("rect")] == [("0.0", "250.0"), ("500.0", "250.0")]
    assert "50%" in box.select_one("[data-share]").text  # type: ignore[union-attr]
    assert [o["value"] for o in box.select("[data-quality] option")] == [film.url, small.url]
    assert box.select_one("track[default]")["src"] == captions.url  # type: ignore[index]
    assert "先量肉" in box.text
    assert not box.select("[autoplay]")
    state = str(page.select_one("#lesson")["data-state"])  # type: ignore[index]
    assert '"position": 8.5' in state


def test_without_a_script_one_is_told_that_films_are_not_counted(
    worker_client: Client, home: Page, film: Any
) -> None:
    lesson = in_a_lesson(home, title="片", video=film)
    assert BeautifulSoup(worker_client.get(lesson.url).content, "lxml").select_one("main noscript p")
    CoursePage.objects.update(watched_share=0)
    assert not BeautifulSoup(worker_client.get(lesson.url).content, "lxml").select_one("main noscript p")


def test_who_is_not_signed_in_watches_without_being_counted(client: Client, home: Page, film: Any) -> None:
    page = client.get(in_a_lesson(home, title="片", video=film).url).content.decode()
    assert "data-state" not in page
    assert "lesson.js" not in page


def test_a_file_that_is_no_film_is_shown_and_nothing_of_it_is_asked(
    worker_client: Client, home: Page
) -> None:
    broken = DocumentFactory(file=ContentFile(b"no film", "broken.mp4"))
    lesson = in_a_lesson(home, title="片", video=broken)
    page = worker_client.get(lesson.url).content.decode()
    assert broken.url in page
    assert "data-film" not in page
    assert "MP4" not in page


def test_an_editor_is_told_that_a_file_is_no_film(staff_client: Client, home: Page) -> None:
    broken = DocumentFactory(file=ContentFile(b"no film", "broken.mp4"))
    lesson = in_a_lesson(home, title="片", video=broken)
    lesson.save_revision()
    page = staff_client.get(reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])).content.decode()
    assert "MP4" in page


def test_a_body_written_before_there_were_qualities_still_shows_its_film(
    client: Client, home: Page, film: Any
) -> None:
    page = ChapterPage(title="章", body=[("video", {"title": "片", "video": film})])
    old = [{"type": "video", "value": {"title": "片", "video": film.pk, "captions": None, "poster": None,
            "transcript": ""}, "id": "1"}]  # fmt: skip
    value = page.body.stream_block.to_python(old)
    assert value[0].value.qualities == []
    assert film.url in value.render_as_block()
