"""Likely questions: shipped, written, imported or drafted; they lead to passages and are never shown as a source."""

import io
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.documents.models import Document as Upload

from academy.accounts.models import User
from academy.chat.topics.gathering import gather
from academy.core.knowledge import knowledge_base
from academy.library.indexing import bring_up_to_date, index_source
from academy.library.likely.changes import add, decide, reindex
from academy.library.likely.drafting import draft_questions
from academy.library.likely.files import parse, write
from academy.library.likely.keys import shipped, with_questions
from academy.library.likely.use import likely_questions
from academy.library.models import FAQ, ChapterPage, HandbookIndexPage, HandbookPage, LikelyQuestion, Source
from academy.library.models import Passage as Row
from academy.library.models.source import State
from academy.library.tree import ensure_child, ensure_tree
from ingest.drafting import accepted
from ingest.likely import Likely
from ingest.load import Unreadable
from kb.types import Passage
from tests.asking import ask
from tests.conftest import Commit

pytestmark = pytest.mark.django_db

LIST = "wagtailsnippets_library_likelyquestion"
ARTICLES = "".join(f"第{n}条 餐饮服务提供者应当做好第{n}件事，保持场所清洁。\n" for n in "一二三四五")
PLACES = {f"第{n}条" for n in "一二三四五"}
Origin, Standing = LikelyQuestion.Origin, LikelyQuestion.State


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


@pytest.fixture
def upload(commit: Commit) -> Callable[..., Source]:
    def make(title: str, text: str = ARTICLES) -> Source:
        with commit():
            file = Upload(title=title)
            file.file.save("law.txt", ContentFile(text.encode()))
            file.save()
        return Source.objects.get(key=f"document:{file.pk}")

    return make


@pytest.fixture
def handbook(commit: Commit) -> ChapterPage:
    words = [
        {"type": "heading", "value": "四季豆"},
        {"type": "text", "value": "<p>先烫煮10分钟以上，再下锅。</p>"},
    ]
    book = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "kitchen", title="厨房操作卫生手册")
    with commit():
        return ensure_child(book, ChapterPage, "beans", title="自带毒的菜", body=json.dumps(words))


def keys_of(source: Source) -> list[str]:
    """The questions that lead to its passages, asked of the index itself."""
    rows = Row.objects.filter(source_key=source.key)
    passages = [Passage(row.source_key, row.ordinal, row.title, tuple(row.path), row.text) for row in rows]
    return [question for passage in with_questions(passages) for question in passage.questions]


def leads_to(question: str) -> list[str]:
    """The places that the index knows under this question."""
    base = knowledge_base()
    found = base.vectors.asked(base.embedder.questions([question])[0], 5)
    keys = [stamp.rpartition("@")[0] for stamp, score in found if score > 0.99]
    held = base.texts.passages(keys)
    return [held[key].place for key in keys]


def write_one(question: str, place: str = "第二条", title: str = "食堂小规定", **more: Any) -> LikelyQuestion:
    return LikelyQuestion.objects.create(question=question, place=place, title=title, **more)


# What comes with the site


def test_a_text_of_that_title_brings_its_questions_whatever_its_edition(
    upload: Callable[..., Source],
) -> None:
    source = upload("中华人民共和国食品安全法（2025修正）")
    questions = LikelyQuestion.objects.filter(title="食品安全法", origin=Origin.SHIPPED)
    assert questions.count() == len(shipped()["食品安全法"])
    there = {one.question for one in questions if one.place in PLACES}
    assert there
    assert set(keys_of(source)) == there
    assert leads_to(min(there))


def test_loading_again_adds_nothing_and_keeps_what_editors_made_of_them(
    upload: Callable[..., Source],
) -> None:
    source = upload("食品安全法")
    first, second, *_ = LikelyQuestion.objects.filter(place="第二条")
    LikelyQuestion.objects.filter(pk=first.pk).update(question="我改过的问法", place="第三条")
    decide([second.pk], Standing.REJECTED)
    count = LikelyQuestion.objects.count()
    bring_up_to_date(Source.objects.get(pk=source.pk))
    assert LikelyQuestion.objects.count() == count
    assert "我改过的问法" in keys_of(source)
    assert second.question not in keys_of(source)


def test_a_text_of_another_title_brings_none(upload: Callable[..., Source]) -> None:
    upload("本店自己的规定")
    assert not LikelyQuestion.objects.exists()


def test_every_shipped_question_fits_its_column_and_stands_once() -> None:
    every = [one for them in shipped().values() for one in them]
    assert len(every) >= 1500
    parsed = parse("all.jsonl", write(every[:4000]).encode())
    assert parsed.errors == []
    assert len(set(every)) == len(every)


# Into the index


def test_a_question_leads_to_its_article_and_is_never_quoted(
    upload: Callable[..., Source], commit: Commit
) -> None:
    upload("食堂小规定")
    with commit():
        add([Likely("食堂小规定", "第二条", "侬讲那桩事体咋办")], Origin.EDITOR)
    assert leads_to("侬讲那桩事体咋办") == ["第二条"]
    said = json.dumps(ask("侬讲那桩事体咋办", None, None).answer, ensure_ascii=False)
    assert "侬讲" not in said
    assert not Row.objects.filter(text__contains="侬讲").exists()


def test_changing_questions_changes_the_content_but_not_what_is_answered_from(
    upload: Callable[..., Source], commit: Commit
) -> None:
    source = upload("食堂小规定")
    before = source.content_hash
    add([Likely("食堂小规定", "第二条", f"第{n}个问法") for n in range(9)], Origin.EDITOR)
    source.refresh_from_db()
    assert (source.live, source.state, source.revision) == (True, State.QUEUED, source.revision)
    index_source.func(source.pk)
    source.refresh_from_db()
    assert source.live
    assert source.state == State.INDEXED
    assert source.content_hash not in ("", before)


def test_many_questions_make_one_task_a_source(
    upload: Callable[..., Source], django_capture_on_commit_callbacks: Any
) -> None:
    upload("食堂小规定")
    upload("食堂小规定（2020年）", ARTICLES + "第六条 另有一件事。")
    with django_capture_on_commit_callbacks() as callbacks:
        add([Likely("食堂小规定", "第二条", f"第{n}个问法") for n in range(50)], Origin.IMPORTED)
    assert len(callbacks) == 2


def test_a_withdrawn_source_stays_withdrawn(upload: Callable[..., Source], commit: Commit) -> None:
    source = upload("食堂小规定")
    Source.objects.filter(pk=source.pk).update(state=State.WITHDRAWN, live=False)
    assert reindex({"食堂小规定"}) == 0
    source.refresh_from_db()
    assert source.state == State.WITHDRAWN


def test_drafts_and_rejected_ones_lead_nowhere(upload: Callable[..., Source], commit: Commit) -> None:
    source = upload("食堂小规定")
    draft = write_one("这是草稿", state=Standing.DRAFT)
    assert keys_of(source) == []
    with commit():
        assert decide([draft.pk], Standing.APPROVED) == 1
    assert leads_to("这是草稿") == ["第二条"]
    with commit():
        decide([draft.pk], Standing.REJECTED)
    assert leads_to("这是草稿") == []
    assert decide([draft.pk], Standing.REJECTED) == 0


def test_chapters_and_faq_have_questions_too(handbook: ChapterPage, commit: Commit) -> None:
    with commit():
        FAQ.objects.create(question="生熟怎么分？", answer="<p>用两块砧板。</p>")
        add(
            [
                Likely("厨房操作卫生手册", "四季豆", "豆角没弄熟吃了吐咋整"),
                Likely("生熟怎么分？", "", "一块板子切到底中不中"),
            ],
            Origin.EDITOR,
        )
    assert leads_to("豆角没弄熟吃了吐咋整") == ["自带毒的菜 › 四季豆"]
    assert leads_to("一块板子切到底中不中") == [""]


# Which are used


def test_a_chapter_suggests_its_own_questions_one_a_place(handbook: ChapterPage, commit: Commit) -> None:
    with commit():
        book = handbook.get_parent()
        ensure_child(
            book, ChapterPage, "cold", title="放凉", body=json.dumps([{"type": "text", "value": "凉"}])
        )
    title = "厨房操作卫生手册"
    keys = [("四季豆", "豆角焯多久"), ("四季豆", "豆角咋弄"), ("自带毒的菜", "啥菜有毒"), ("放凉", "咋放凉")]
    add([Likely(title, place, question) for place, question in keys], Origin.EDITOR)
    assert likely_questions(f"page:{handbook.pk}", 3) == ["豆角焯多久", "啥菜有毒"]


def test_the_question_that_was_asked_is_counted(handbook: ChapterPage, commit: Commit) -> None:
    asked, other = "豆角要烫煮多久才下锅", "四季豆剩下的能不能隔夜"
    with commit():
        add([Likely("厨房操作卫生手册", "四季豆", question) for question in (asked, other)], Origin.EDITOR)
    assert ask("豆角要烫煮多久才下锅呀").found
    gather.func()
    one = LikelyQuestion.objects.get(question=asked)
    assert one.used == 1
    assert one.used_at
    assert LikelyQuestion.objects.get(question=other).used == 0


# Files


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "q.jsonl",
            '{"title": "中华人民共和国甲法（2020）", "article": "第一条", "questions": ["问一", "问二"]}'.encode(),
        ),
        ("q.xlsx", sheet(("法规", "条款", "问题"), ("《甲法》", "第一条", "问一\n问二"))),
        ("q.csv", "标题,条文,问法\n甲法,第一条,问一\n,,\n甲法,第一条,问二\n".encode()),
        ("q.csv", "title\tarticle\tquestion\n甲法\t第一条\t问一\n甲法\t第一条\t问二\n".encode("gb18030")),
    ],
)
def test_every_form_of_file_gives_the_same_questions(name: str, data: bytes) -> None:
    parsed = parse(name, data)
    assert parsed.errors == []
    assert parsed.keys == [Likely("甲法", "第一条", "问一"), Likely("甲法", "第一条", "问二")]
    assert parse("again.jsonl", write(parsed.keys).encode()).keys == parsed.keys


def test_errors_name_the_line_in_chinese() -> None:
    lines = '{"title": "甲法", "questions": ["问"]}\n不是\n[1]\n{"title": "甲法"}\n{"questions": ["问"]}\n'
    long = json.dumps({"title": "甲法", "question": "长" * 201}, ensure_ascii=False)
    assert parse("q.jsonl", (lines + long).encode()).errors == [
        "第 2 行：不是 JSON 对象。",
        "第 3 行：不是 JSON 对象。",
        "第 4 行：没有问题。",
        "第 5 行：没有标题。",
        "第 6 行：问题超过 200 个字。",
    ]
    assert parse("q.jsonl", b'{"title": "A", "questions": {"a": 1}}').errors == ["第 1 行：没有问题。"]
    assert parse("q.csv", "标题,问题\n甲法,\n".encode()).errors == ["第 2 行：没有问题。"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("q.txt", "标题".encode(), "不支持"),
        ("q.csv", b"a,b\n1,2\n", "列名"),
        ("q.csv", b"", "列名"),
        ("q.xlsx", b"PK not a workbook", "打不开"),
        ("q.csv", b'"' + b"x" * 200_000, "CSV"),
        ("q.jsonl", b"\n\n", "没有问题"),
        ("q.jsonl", b"x" * 2_000_001, "2 MB"),
        ("q.csv", ("标题,问题\n" + "甲,问\n" * 5_001).encode(), "5,000"),
        (
            "q.jsonl",
            json.dumps({"title": "甲", "questions": [str(n) for n in range(5_001)]}).encode(),
            "5,000",
        ),
    ],
)
def test_what_is_no_list_of_questions_is_refused_with_a_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(name, data)


# In the admin


def page(client: Client, name: str, **query: str) -> BeautifulSoup:
    response = client.get(reverse(name), query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "lxml")


def sent(name: str, data: bytes) -> ContentFile[bytes]:
    return ContentFile(data, name=name)


def test_the_list_is_filtered_and_searched(staff_client: Client) -> None:
    write_one("剩饭咋整", used=3)
    write_one("抹布几天洗", state=Standing.DRAFT, title="另一部")
    listed = f"{LIST}:list"
    assert "剩饭咋整" in page(staff_client, listed).text
    for query in ({"state": "draft"}, {"was_used": "no"}, {"title": "另一部"}, {"q": "抹布"}):
        text = page(staff_client, listed, **query).text
        assert "抹布几天洗" in text
        assert "剩饭咋整" not in text


def test_the_list_comes_as_xlsx_that_can_be_imported_again(staff_client: Client) -> None:
    write_one("剩饭咋整")
    response = staff_client.get(reverse(f"{LIST}:list"), {"export": "xlsx"})
    parsed = parse("q.xlsx", b"".join(response.streaming_content))
    assert parsed.keys == [Likely("食堂小规定", "第二条", "剩饭咋整")]


def test_the_approved_ones_come_as_lines(staff_client: Client) -> None:
    write_one("剩饭咋整")
    write_one("草稿", state=Standing.DRAFT)
    lines = staff_client.get(reverse("library_likely_export")).content
    assert [one.question for one in parse("q.jsonl", lines).keys] == ["剩饭咋整"]


def test_a_written_question_is_cleaned_and_indexed(
    staff_client: Client, staff: User, upload: Callable[..., Source], commit: Commit
) -> None:
    upload("食堂小规定（2023年版）")
    fields = {
        "question": " 剩饭咋整 ",
        "title": "《食堂小规定（2023年版）》",
        "place": "第二条",
        "state": "approved",
    }
    with commit():
        staff_client.post(reverse(f"{LIST}:add"), fields)
    one = LikelyQuestion.objects.get()
    assert (one.title, one.question, one.origin, one.changed_by) == (
        "食堂小规定",
        "剩饭咋整",
        Origin.EDITOR,
        staff,
    )
    assert leads_to("剩饭咋整") == ["第二条"]
    again = staff_client.post(reverse(f"{LIST}:add"), fields)
    assert again.status_code == 200
    assert LikelyQuestion.objects.count() == 1


def test_a_question_that_moves_to_another_text_leaves_the_first(
    staff_client: Client, upload: Callable[..., Source], commit: Commit
) -> None:
    upload("食堂小规定")
    upload("摊贩小规定", ARTICLES.replace("餐饮", "摊贩"))
    with commit():
        add([Likely("食堂小规定", "第二条", "剩饭咋整")], Origin.EDITOR)
    one = LikelyQuestion.objects.get()
    with commit():
        staff_client.post(
            reverse(f"{LIST}:edit", args=[one.pk]),
            {"question": one.question, "title": "摊贩小规定", "place": "第三条", "state": "approved"},
        )
    assert leads_to("剩饭咋整") == ["第三条"]


def test_many_are_approved_at_once(
    staff_client: Client, upload: Callable[..., Source], commit: Commit
) -> None:
    upload("食堂小规定")
    drafts = [write_one(f"草稿{n}", state=Standing.DRAFT) for n in range(3)]
    rejected = write_one("不要", state=Standing.REJECTED)
    url = reverse("wagtail_bulk_action", args=["library", "likelyquestion", "approve"])
    query = "?" + "&".join(f"id={one.pk}" for one in drafts[:2]) + "&next=/admin/"
    assert "草稿0" in staff_client.get(url + query).content.decode()
    with commit():
        staff_client.post(url + query)
    assert LikelyQuestion.objects.approved().count() == 2
    assert leads_to("草稿1") == ["第二条"]
    staff_client.post(f"{url}?id=all&next=/admin/")
    assert LikelyQuestion.objects.approved().count() == 3
    rejected.refresh_from_db()
    assert rejected.state == Standing.REJECTED


def test_shipped_ones_are_rejected_not_deleted(staff_client: Client, commit: Commit) -> None:
    kept, gone = write_one("带来的", shipped_as="x", origin=Origin.SHIPPED), write_one("自己的")
    for one in (kept, gone):
        with commit():
            staff_client.post(reverse(f"{LIST}:delete", args=[one.pk]))
    assert list(LikelyQuestion.objects.all()) == [kept]


def test_an_import_is_shown_before_it_is_taken_in(
    staff_client: Client, upload: Callable[..., Source], commit: Commit
) -> None:
    upload("食堂小规定")
    write_one("早就有的")
    url = reverse("library_likely_import")
    data = sheet(
        ("标题", "条款", "问题"),
        ("食堂小规定", "第三条", "地几天拖一回"),
        ("食堂小规定", "第九十条", "<script>没有这条"),
        ("食堂小规定", "第二条", "早就有的"),
    )
    shown = BeautifulSoup(staff_client.post(url, {"file": sent("q.xlsx", data)}).content, "lxml")
    assert "地几天拖一回" in shown.text
    assert "<script>没有这条" in shown.text
    assert LikelyQuestion.objects.count() == 1
    field = shown.select_one("input[name=keys]")
    assert field
    for _ in range(2):
        with commit():
            assert staff_client.post(url, {"keys": field["value"]}).status_code == 302
    assert LikelyQuestion.objects.filter(origin=Origin.IMPORTED).count() == 2
    assert leads_to("地几天拖一回") == ["第三条"]


def test_a_file_with_one_bad_row_imports_nothing(staff_client: Client) -> None:
    url = reverse("library_likely_import")
    data = sheet(("标题", "条款", "问题"), ("甲法", "第一条", "好的"), ("", "第一条", "没有标题"))
    shown = staff_client.post(url, {"file": sent("q.xlsx", data)}).content.decode()
    assert "第 3 行：没有标题。" in shown
    assert 'name="keys"' not in shown
    bad = "好的\n"
    assert staff_client.post(url, {"keys": bad}).status_code == 200
    assert "不支持这种文件" in staff_client.post(url, {"file": sent("q.exe", b"MZ")}).content.decode()
    assert staff_client.post(url, {}).status_code == 200
    assert not LikelyQuestion.objects.exists()


def test_workers_may_not_import(worker_client: Client) -> None:
    for name in ("library_likely_import", "library_likely_export", "library_likely_draft"):
        assert worker_client.get(reverse(name)).status_code in (302, 403)


# From the shell


def test_the_command_imports_exports_and_loads(
    tmp_path: Path, upload: Callable[..., Source], capsys: pytest.CaptureFixture[str]
) -> None:
    file, copy = tmp_path / "q.jsonl", tmp_path / "copy.jsonl"
    file.write_text(write([Likely("甲法", "第一条", "问一"), Likely("甲法", "第一条", "问二")]))
    call_command("likely_questions", str(file))
    call_command("likely_questions", str(file))
    assert "0 new, 2 there already" in capsys.readouterr().out
    call_command("likely_questions", "--export", str(copy))
    assert copy.read_text() == file.read_text()
    upload("食品安全法")
    LikelyQuestion.objects.all().delete()
    call_command("likely_questions")
    assert "1 sources to be indexed again" in capsys.readouterr().out
    file.write_text("没有\n")
    with pytest.raises(CommandError, match="第 1 行"):
        call_command("likely_questions", str(file))


# Drafted by a model


class Endpoint(BaseHTTPRequestHandler):
    """Speaks as much of the OpenAI protocol as one reply needs."""

    said = ""
    status = 200
    heard: list[dict[str, Any]] = []

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.heard.append({**json.loads(self.rfile.read(size)), "key": self.headers["Authorization"]})
        message = {"role": "assistant", "content": self.said}
        reply = {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "local",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        }
        body = json.dumps(reply).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def endpoint(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Endpoint]]:
    class Here(Endpoint):
        heard: list[dict[str, Any]] = []

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Here)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.CHAT_MODEL, settings.CHAT_API_KEY = "local", "secret"
    settings.CHAT_BASE_URL = f"http://127.0.0.1:{server.server_port}/v1"
    yield Here
    server.shutdown()
    server.server_close()


GOOD = "1. 地几天拖一回？\n- “抹布能不能擦碗”\n答案是每天。\n洗啊\n"
BAD = "怎么办（《食品安全法》第三条）\n以下是问题：\n地几天拖一回\n" + "长" * 61


def test_a_model_drafts_questions_that_wait_for_approval(
    endpoint: type[Endpoint], upload: Callable[..., Source], staff_client: Client
) -> None:
    source = upload(
        "食堂小规定", "食堂的地面每天清洗，抹布分颜色使用，不得用擦地的抹布擦餐具，用后消毒晾干。"
    )
    endpoint.said = GOOD + BAD
    shown = page(staff_client, "library_likely_draft")
    assert shown.select_one(f'option[value="{source.pk}"]')
    staff_client.post(reverse("library_likely_draft"), {"source": source.pk})
    drafts = LikelyQuestion.objects.drafts().filter(origin=Origin.DRAFTED)
    assert [one.question for one in drafts] == ["地几天拖一回？", "抹布能不能擦碗"]
    assert keys_of(source) == []
    assert endpoint.heard[0]["model"] == "local"
    assert endpoint.heard[0]["key"] == "Bearer secret"
    assert "抹布分颜色使用" in json.dumps(endpoint.heard, ensure_ascii=False)


def test_places_that_have_questions_are_not_drafted_again(
    endpoint: type[Endpoint], upload: Callable[..., Source]
) -> None:
    source = upload(
        "食堂小规定", "食堂的地面每天清洗，抹布分颜色使用，不得用擦地的抹布擦餐具，用后消毒晾干。"
    )
    endpoint.said = "地几天拖一回\n抹布能不能擦碗\n抹布要不要消毒"
    assert draft_questions.func(source.pk) == {"drafted": 3, "error": ""}
    assert draft_questions.func(source.pk) == {"drafted": 0, "error": ""}
    assert len(endpoint.heard) == 1


def test_an_endpoint_that_fails_is_told_and_nothing_is_lost(
    endpoint: type[Endpoint], upload: Callable[..., Source]
) -> None:
    source = upload(
        "食堂小规定", "食堂的地面每天清洗，抹布分颜色使用，不得用擦地的抹布擦餐具，用后消毒晾干。"
    )
    endpoint.status = 400
    told = draft_questions.func(source.pk)
    assert told["drafted"] == 0
    assert told["error"]
    assert not LikelyQuestion.objects.exists()


def test_what_not_everybody_may_read_is_shown_to_no_model(
    endpoint: type[Endpoint], upload: Callable[..., Source]
) -> None:
    source = upload("食堂小规定")
    Source.objects.filter(pk=source.pk).update(audience="r-1")
    assert draft_questions.func(source.pk) == {"drafted": 0, "error": ""}
    assert endpoint.heard == []


def test_without_a_model_there_is_a_note_and_no_button(staff_client: Client) -> None:
    assert staff_client.get(reverse("library_likely_draft")).status_code == 404
    draft = reverse("library_likely_draft")
    assert not page(staff_client, f"{LIST}:list").select(f'a[href="{draft}"]')
    assert "CHAT_MODEL" in page(staff_client, "library_likely_import").text


def test_only_questions_are_accepted() -> None:
    lines = [
        "问1：四季豆煮多久",
        "四季豆煮多久？",
        "（3）剩饭咋整呀",
        "依据：食品安全法咋说",
        "第三十三条",
        "不到四",
    ]
    assert accepted(lines, ["剩饭咋整呀？"]) == ["四季豆煮多久"]


def test_a_deleted_question_leads_nowhere(
    staff_client: Client, upload: Callable[..., Source], commit: Commit
) -> None:
    upload("食堂小规定")
    with commit():
        add([Likely("食堂小规定", "第二条", "剩饭咋整")], Origin.EDITOR)
    with commit():
        staff_client.post(reverse(f"{LIST}:delete", args=[LikelyQuestion.objects.get().pk]))
    assert leads_to("剩饭咋整") == []
