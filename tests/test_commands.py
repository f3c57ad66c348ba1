"""The commands of the knowledge base, on files as people hand them over."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from academy.core.knowledge import knowledge_base
from academy.library.models import IngestedFile, RegulationPage, Source
from academy.library.tree import ensure_tree
from tests.asking import ask
from tests.test_library import LAW

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / "示例条例（2011，旧版）.md").write_text(LAW, encoding="utf8")
    (laws / "通知.gb18030.txt").write_bytes("关于留样的通知\n每个品种留样125克以上。".encode("gb18030"))
    (laws / "坏.docx").write_bytes(b"PK not a document")
    (laws / "film.mp4").write_bytes(b"no text")
    return laws


def ingest(*paths: Path, **options: Any) -> str:
    out = StringIO()
    try:
        call_command("ingest", *paths, stdout=out, **options)
    except SystemExit as error:
        return f"{out.getvalue()}exit {error.code}"
    return out.getvalue()


def test_a_folder_comes_in_and_only_the_broken_file_fails(folder: Path, client: Client) -> None:
    out = ingest(folder)
    assert "indexed   laws/示例条例（2011，旧版）.md" in out
    assert "failed    laws/坏.docx 文件已损坏" in out
    assert "2 indexed, 0 unchanged, 1 failed" in out
    assert out.endswith("exit 1")
    page = RegulationPage.objects.get()
    assert (page.title, page.status) == ("示例条例（2011，旧版）", "superseded")
    assert "第二条" in client.get(page.url).content.decode()
    assert Source.objects.live().get(kind="document").title == "通知"


def test_a_second_run_finds_everything_unchanged(folder: Path) -> None:
    ingest(folder)
    passages = knowledge_base().count()
    assert "0 indexed, 2 unchanged, 1 failed" in ingest(folder)
    assert knowledge_base().count() == passages
    assert IngestedFile.objects.count() == 2


def test_a_changed_file_replaces_what_it_said(folder: Path) -> None:
    ingest(folder)
    (folder / "通知.gb18030.txt").write_text("关于留样的通知\n每个品种留样200克以上。", encoding="utf8")
    assert "1 indexed, 1 unchanged, 1 failed" in ingest(folder)
    assert "200克" in str(ask("每个品种留样多少克", None, None).answer["statements"])
    assert Source.objects.live().filter(kind="document").count() == 1


def test_the_same_file_under_another_name_is_not_brought_in_twice(folder: Path, tmp_path: Path) -> None:
    ingest(folder)
    copy = tmp_path / "copy.md"
    copy.write_text(LAW, encoding="utf8")
    assert "与 laws/示例条例（2011，旧版）.md 相同" in ingest(copy)


def test_outcomes_are_written_as_json(folder: Path, tmp_path: Path) -> None:
    ingest(folder, json=tmp_path / "out.json")
    outcomes = json.loads((tmp_path / "out.json").read_text(encoding="utf8"))
    assert {outcome["result"] for outcome in outcomes} == {"indexed", "failed"}


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("ingest", tmp_path / "nowhere")


def test_two_laws_of_one_title_both_get_an_address(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "示例条例（2011，旧版）.md").write_text(LAW + "\n第四条 自公布之日起施行。\n", encoding="utf8")
    ingest(folder, other)
    assert len({page.url for page in RegulationPage.objects.all()}) == 2


@pytest.mark.parametrize("options", [{}, {"rebuild": True}])
def test_reindexing_brings_back_what_was_lost(folder: Path, options: dict[str, bool]) -> None:
    ingest(folder)
    lost = Source.objects.live().first()
    assert lost
    passages = knowledge_base().count()
    knowledge_base().forget(lost.key)
    Source.objects.filter(pk=lost.pk).update(content_hash="")
    out = StringIO()
    call_command("reindex", stdout=out, **options)
    assert "2 indexed" in out.getvalue()
    assert knowledge_base().count() == passages


def test_reindexing_names_what_cannot_be_read(folder: Path) -> None:
    ensure_tree()
    ingest(folder)
    source = Source.objects.live().get(kind="document")
    upload = IngestedFile.objects.get(source=source).document
    Path(upload.file.path).write_bytes(b"")
    out = StringIO()
    call_command("reindex", stdout=out)
    assert "failed    通知" in out.getvalue()


def test_the_demo_can_be_loaded_twice(client: Client) -> None:
    call_command("demo", stdout=StringIO())
    sources = Source.objects.live().count()
    call_command("demo", stdout=StringIO())
    assert Source.objects.live().count() == sources > 10
    for address in ("/", "/handbooks/kitchen/", "/courses/anti-waste/", "/cases/", "/ask/"):
        assert client.get(address).status_code == 200
