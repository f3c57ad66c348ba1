"""Question sets that editors import and have asked of the live index, and what they see of it."""

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult
from wagtail.documents.models import Document as Upload
from wagtail.models import Collection, CollectionViewRestriction

from academy.accounts.roles import EDITORS, STAFF
from academy.core.workers import taken
from academy.library.evaluation import running
from academy.library.evaluation.chart import charts
from academy.library.evaluation.files import parse, take_in, write
from academy.library.evaluation.gold import Gold, name_of
from academy.library.evaluation.results import compare
from academy.library.evaluation.running import NothingToAsk, ask_some, start
from academy.library.indexing import withdraw
from academy.library.models import (
    ChapterPage,
    EvaluationQuestion,
    EvaluationResult,
    EvaluationRun,
    HandbookIndexPage,
    HandbookPage,
    QuestionSet,
    Source,
)
from academy.library.tree import ensure_child, ensure_tree
from ingest.evaluation import Question
from ingest.load import Unreadable
from kb.types import Passage, Status
from tests.conftest import Commit
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BEANS = "四季豆先用开水烫煮10分钟以上，再下锅炒。"
SAMPLES = "每个品种留样量不少于125克，冷藏保存48小时以上。"
QUESTIONS = [
    Question("1", "四季豆要烫煮多久", "豆类规定（2020年版）.md", "烫煮 10分钟以上"),
    Question("2", "留样量多少克", "留样规定", "留样量不少于125克"),
    Question("3", "摩托车怎么换机油"),
    Question("4", "冷库几度", "冷库规定.docx", "零下18摄氏度"),
]
In = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _site(db: Any) -> None:
    ensure_tree()


@pytest.fixture
def upload(commit: Commit) -> Callable[..., Source]:
    def make(title: str, text: str, name: str = "文.txt") -> Source:
        with commit():
            file = Upload.objects.create(title=title, file=ContentFile(text.encode(), name=name))
        return Source.objects.get(key=f"document:{file.pk}")

    return make


@pytest.fixture
def beans(upload: Callable[..., Source]) -> Source:
    return upload("豆类规定（2023年版）", BEANS)


@pytest.fixture
def samples(upload: Callable[..., Source]) -> Source:
    return upload("某某单位内部文件", SAMPLES, "留样规定.txt")


@pytest.fixture
def kitchen() -> QuestionSet:
    made = QuestionSet.objects.create(name="厨房问题")
    take_in(made, QUESTIONS)
    return made


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


def result(run: EvaluationRun, qid: str) -> EvaluationResult:
    return run.results.get(qid=qid)


def finished(question_set: QuestionSet) -> EvaluationRun:
    run = start(question_set)
    run.refresh_from_db()
    assert run.finished_at
    return run


# Files


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


TWO = [Question("7", "问一", "甲.md", "原话"), Question("8", "问二")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("q.jsonl", write(TWO).encode()),
        ("q.jsonl", b'{"qid": 7, "question": "\xe9\x97\xae\xe4\xb8\x80", "gold_doc": "\xe7\x94\xb2.md", '
         b'"gold_text": "\xe5\x8e\x9f\xe8\xaf\x9d"}\n\n{"qid": "8", "question": "\xe9\x97\xae\xe4\xba\x8c"}'),
        ("q.xlsx", sheet(("编号", "问题", "出处", "原文"), (7, "问一", "甲.md", "原话"), (8, " 问二 ", None, None))),
        ("q.csv", "题号,提问,文件,gold_text\n7,问一,甲.md,原话\n,,,\n8,问二,,\n".encode("gb18030")),
    ],
)  # fmt: skip
def test_every_form_of_file_gives_the_same_questions(name: str, data: bytes) -> None:
    parsed = parse(name, data)
    assert parsed.errors == []
    assert parsed.questions == TWO


def test_a_question_without_a_number_gets_one_of_its_words() -> None:
    data = "问题\n留样 多少克\n".encode()
    first, again = parse("q.csv", data).questions, parse("q.csv", data).questions
    assert first == again
    assert first[0].qid


def test_bad_rows_are_named_by_their_line() -> None:
    lines = [
        '{"qid": "1", "question": "好"}',
        "不是",
        '{"qid": "2", "question": " "}',
        '{"qid": "3", "question": "问", "gold_text": "只有原文"}',
        '{"qid": "1", "question": "又一个"}',
        '{"qid": "4", "question": ["问"]}',
        json.dumps({"qid": "5", "question": "长" * 501}),
        '{"qid": true, "question": "问"}',
    ]
    assert parse("q.jsonl", "\n".join(lines).encode()).errors == [
        "第 2 行：不是 JSON 对象。",
        "第 3 行：没有问题。",
        "第 4 行：有原文而没有出处：请写明它在哪份文件里。",
        "第 5 行：编号“1”与第 1 行相同。",
        "第 6 行：问题不是文字。",
        "第 7 行：问题超过 500 个字。",
        "第 8 行：编号不是文字。",
    ]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("q.txt", "问题".encode(), "不支持"),
        ("q.csv", b"a,b\n1,2\n", "列名"),
        ("q.xlsx", b"PK not a workbook", "打不开"),
        ("q.jsonl", b"\n", "没有问题"),
        ("q.jsonl", b" " * 5_000_001, "5 MB"),
        ("q.jsonl", "".join(f'{{"question": "{n}"}}\n' for n in range(5_001)).encode(), "5,000"),
    ],
)
def test_what_is_no_question_set_is_refused_with_a_reason(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(name, data)


# What is right


def test_titles_and_file_names_are_the_same_without_format_and_edition() -> None:
    for name in (
        "食品安全法",
        "中华人民共和国食品安全法（2025修正）.gb18030.txt",
        "《食品安全法》",
        "食品安全法.DOCX",
    ):
        assert name_of(name) == "食品安全法"
    assert name_of("GB 2760.1 通则") == "GB 2760.1 通则"


def test_the_right_passage_is_of_the_text_or_of_another_in_force(beans: Source) -> None:
    gold = Gold.now()
    long, short = (
        Question("1", "?", "豆类规定.pdf", "烫煮10 分钟以上"),
        Question("2", "?", "豆类规定", "10分钟"),
    )

    def passage(source: str, status: Status = Status.CURRENT, words: str = BEANS) -> Passage:
        return Passage(source, 0, "?", (), words, status=status)

    assert gold.is_right(passage(beans.key, Status.SUPERSEDED), short)
    assert gold.is_right(passage("page:9"), long)
    assert not gold.is_right(passage("page:9"), short)
    assert not gold.is_right(passage("page:9", Status.SUPERSEDED), long)
    assert not gold.is_right(passage(beans.key, words="别的话"), long)
    assert gold.is_right(passage(beans.key), Question("3", "?", "豆类规定"))
    assert not gold.is_right(passage("page:9"), Question("3", "?", "豆类规定"))
    assert not gold.is_right(passage(beans.key), Question("4", "?"))


def test_a_text_is_known_by_its_file_its_book_and_its_double(
    beans: Source, samples: Source, upload: Callable[..., Source], commit: Commit
) -> None:
    upload("抄来的豆类规定", BEANS, "抄.md")
    book = ensure_child(HandbookIndexPage.objects.get(), HandbookPage, "kitchen", title="厨房手册")
    words = json.dumps([{"type": "text", "value": "<p>抹布分颜色使用。</p>"}])
    with commit():
        chapter = ensure_child(book, ChapterPage, "cloths", title="抹布", body=words)
    gold = Gold.now()
    assert gold.sources(Question("1", "?", "抄来的豆类规定")) == {beans.key}
    assert gold.sources(Question("1", "?", "抄.md")) == {beans.key}
    assert gold.sources(Question("1", "?", "留样规定")) == {samples.key}
    assert gold.sources(Question("1", "?", "厨房手册")) == {f"page:{chapter.pk}"}
    assert gold.place(Question("1", "?", "厨房手册", "没有这句"))[1] == EvaluationResult.Trouble.NO_PASSAGE
    assert gold.place(Question("1", "?", "没有这本"))[1] == EvaluationResult.Trouble.NO_TEXT


# Running


def test_a_run_asks_the_live_index_and_measures(beans: Source, samples: Source, kitchen: QuestionSet) -> None:
    run = finished(kitchen)
    assert (run.done, run.total, run.error) == (4, 4, "")
    assert run.passages == 2
    assert run.settings["dense_weight"] == 0.5
    assert not {"chroma_url", "collection", "model_dir"} & run.settings.keys()
    assert [result(run, qid).rank for qid in "1234"] == [1, 1, 0, 0]
    assert result(run, "4").trouble == EvaluationResult.Trouble.NO_TEXT
    assert result(run, "1").found[0]["source"] == beans.key
    assert run.measures["hit@1"] == run.measures["hit@5"] == pytest.approx(2 / 3, abs=1e-3)
    assert run.measures["questions"] == 4
    assert run.measures["unanswerable"] == 1
    assert 0 <= run.measures["refused"] <= 1


def test_nothing_withdrawn_is_found(beans: Source, kitchen: QuestionSet, commit: Commit) -> None:
    with commit():
        withdraw(beans.kind, beans.object_id)
    run = finished(kitchen)
    one = result(run, "1")
    assert (one.rank, one.trouble) == (0, EvaluationResult.Trouble.NO_TEXT)
    assert BEANS not in json.dumps([one.found, one.answer], ensure_ascii=False)


def test_a_run_goes_in_steps_and_on_where_it_was_cut_off(
    beans: Source, kitchen: QuestionSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "STEP", 2)
    run = finished(kitchen)
    first = result(run, "1").asked_at
    run.results.filter(qid__in="34").update(asked_at=None)
    EvaluationRun.objects.filter(pk=run.pk).update(finished_at=None, error="停了")
    assert start(kitchen) == run
    run.refresh_from_db()
    assert run.finished_at
    assert run.error == ""
    assert (run.done, result(run, "1").asked_at) == (4, first)
    when = run.finished_at
    ask_some.func(run.pk)
    run.refresh_from_db()
    assert run.finished_at == when


def test_one_that_waits_or_is_cut_off_goes_on_instead(kitchen: QuestionSet, settings: Any) -> None:
    backend = {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "slow"]}
    settings.TASKS = {"default": backend}
    run = start(kitchen)
    assert start(kitchen) == run
    assert taken(ask_some) == {run.pk}
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.all().delete()
    assert start(kitchen) == run
    assert taken(ask_some) == {run.pk}


def test_what_was_asked_under_other_settings_is_asked_again(beans: Source, kitchen: QuestionSet) -> None:
    run = finished(kitchen)
    EvaluationRun.objects.filter(pk=run.pk).update(finished_at=None, settings={"model": "another"})
    run.results.update(rank=9)
    assert start(kitchen) == run
    run.refresh_from_db()
    assert run.settings["model"] != "another"
    assert result(run, "1").rank == 1


def test_without_the_vectors_it_stops_and_says_so(
    beans: Source, kitchen: QuestionSet, settings: Any, staff_client: Client
) -> None:
    settings.KNOWLEDGE_BASE = {**settings.KNOWLEDGE_BASE, "vector_store": "chroma"}
    run = start(kitchen)
    run.refresh_from_db()
    assert run.finished_at is None
    assert "向量服务连不上" in run.error
    assert run.done == 0
    assert run.error in text(staff_client, reverse("library_evaluation_run", args=[run.pk]))


def test_an_empty_set_is_not_run_and_a_deleted_run_harms_nobody() -> None:
    with pytest.raises(NothingToAsk):
        start(QuestionSet.objects.create(name="空"))
    ask_some.func(99)
    assert not EvaluationRun.objects.exists()


# Comparing


def test_two_runs_differ_by_what_is_newly_right_and_newly_wrong(
    beans: Source, upload: Callable[..., Source], kitchen: QuestionSet, commit: Commit
) -> None:
    before = finished(kitchen)
    upload("留样规定", SAMPLES)
    with commit():
        withdraw(beans.kind, beans.object_id)
    take_in(kitchen, [Question("3", "换了说法"), Question("5", "新的")])
    EvaluationQuestion.objects.filter(qid="4").delete()
    after = finished(kitchen)
    EvaluationRun.objects.filter(pk=before.pk).update(settings={**before.settings, "read": 3})
    before.refresh_from_db()
    result(after, "2").answered or EvaluationResult.objects.filter(run=after, qid="2").update(answered=True)
    result(before, "1").answered or EvaluationResult.objects.filter(run=before, qid="1").update(answered=True)
    found = compare(before, after)
    assert [new.qid for _, new in found.better] == ["2"]
    assert [new.qid for _, new in found.worse] == ["1"]
    assert found.left_out == 4
    assert found.settings == [("read", 3, 5)]
    assert [one.label for one in charts([before, after])]


def test_the_charts_show_each_measure_and_keep_inside() -> None:
    question_set = QuestionSet.objects.create(name="图")
    runs = [
        EvaluationRun.objects.create(question_set=question_set, measures={"hit@1": value})
        for value in (0.0, 0.75, 1.0)
    ]
    (chart,) = charts(runs)
    assert (chart.latest, chart.difference) == ("100.0%", "+25.0")
    assert [dot.y for dot in chart.dots] == [92.0, 33.5, 14.0]
    assert [tick.words for tick in chart.ticks] == ["0%", "50%", "100%"]
    (single,) = charts(runs[2:])
    assert (single.difference, single.last, single.ticks[0].words) == ("", "", "90%")
    assert charts([]) == []


# In the admin


def test_an_editor_imports_runs_and_sees_what_was_missed(
    signed_in: In, beans: Source, samples: Source
) -> None:
    editor = signed_in(EDITORS)
    url = reverse("library_evaluation_import")
    for _ in range(2):
        file = ContentFile(write(QUESTIONS).encode(), name="厨房.jsonl")
        response = editor.post(url, {"file": file})
        question_set = QuestionSet.objects.get(name="厨房")
        assert response["Location"] == reverse("evaluation:inspect", args=[question_set.pk])
    assert question_set.questions.count() == 4
    page = text(editor, response["Location"])
    assert "冷库规定.docx" in page
    for _ in range(2):
        ran = editor.post(reverse("library_evaluation_start", args=[question_set.pk]))
    assert question_set.runs.count() == 2
    shown = text(editor, ran["Location"])
    assert "冷库几度" in shown
    assert "零下18摄氏度" in shown
    assert "留样量多少克" not in shown
    assert "留样量多少克" in text(editor, ran["Location"], show="all")
    response = editor.get(ran["Location"], {"show": "all"})
    link = reverse("index_state:inspect", args=[beans.pk])
    assert f'href="{link}?p=1#p-0"' in response.content.decode()
    soup = BeautifulSoup(editor.get(reverse("evaluation:inspect", args=[question_set.pk])).content, "lxml")
    assert len(soup.select("svg polyline")) == 5
    assert "66.7%" in soup.text
    first, second = question_set.runs.order_by("pk")
    compared = reverse("library_evaluation_compare", args=[question_set.pk])
    assert "66.7%" in text(editor, compared, a=first.pk, b=second.pk)
    assert editor.get(compared, {"a": "x", "b": second.pk}).status_code == 404
    assert "66.7%" in text(editor, reverse("evaluation:index"))


def test_what_is_withdrawn_after_a_run_is_not_shown_any_more(
    staff_client: Client, beans: Source, kitchen: QuestionSet, commit: Commit
) -> None:
    run = finished(kitchen)
    address = reverse("library_evaluation_run", args=[run.pk])
    assert "再下锅炒" in text(staff_client, address, show="all")
    with commit():
        withdraw(beans.kind, beans.object_id)
    assert "再下锅炒" not in text(staff_client, address, show="all")


def test_a_file_with_one_bad_row_imports_nothing(staff_client: Client) -> None:
    url = reverse("library_evaluation_import")
    data = sheet(("编号", "问题", "出处", "原文"), (1, "好的", "甲", ""), (2, "坏的", "", "只有原文"))
    shown = staff_client.post(url, {"file": ContentFile(data, name="q.xlsx")}).content.decode()
    assert "第 3 行：有原文而没有出处" in shown
    for name, content in (("q.exe", b"MZ"), ("q.jsonl", b"\n")):
        assert staff_client.post(url, {"file": ContentFile(content, name=name)}).status_code == 200
    assert staff_client.post(url, {}).status_code == 200
    assert not QuestionSet.objects.exists()
    assert not EvaluationQuestion.objects.exists()


def test_a_file_goes_into_a_chosen_set(staff_client: Client, kitchen: QuestionSet) -> None:
    changed = write([Question("1", "豆角煮多久"), Question("9", "新的")]).encode()
    url = reverse("library_evaluation_import")
    assert f'value="{kitchen.pk}" selected' in staff_client.get(url, {"set": kitchen.pk}).content.decode()
    staff_client.post(url, {"file": ContentFile(changed, name="q.jsonl"), "question_set": kitchen.pk})
    assert kitchen.questions.count() == 5
    assert kitchen.questions.get(qid="1").as_question == Question("1", "豆角煮多久")
    lines = staff_client.get(reverse("library_evaluation_export", args=[kitchen.pk])).content
    assert len(parse("q.jsonl", lines).questions) == 5


def test_a_question_is_written_and_changed_by_hand(
    staff_client: Client, beans: Source, kitchen: QuestionSet
) -> None:
    add = reverse("evaluation_questions:add")
    assert (
        f'value="{kitchen.pk}" selected'
        in staff_client.get(add, {"question_set": kitchen.pk}).content.decode()
    )
    fields = {
        "question_set": kitchen.pk,
        "question": " 豆角 ",
        "gold_doc": "没有这份",
        "gold_text": "",
        "qid": "",
    }
    response = staff_client.post(add, fields, follow=True)
    assert "没有这份" in response.content.decode()
    one = kitchen.questions.get(question="豆角")
    assert one.qid
    edit = reverse("evaluation_questions:edit", args=[one.pk])
    assert staff_client.post(edit, {**fields, "qid": "1"}).status_code == 200
    assert staff_client.post(edit, {**fields, "gold_doc": "", "gold_text": "原话"}).status_code == 200
    assert staff_client.post(edit, {**fields, "gold_doc": "豆类规定", "qid": "50"}).status_code == 302
    one.refresh_from_db()
    assert (one.qid, one.gold_doc) == ("50", "豆类规定")
    listed = text(staff_client, reverse("evaluation_questions:index"), question_set=kitchen.pk, q="冷库")
    assert "冷库几度" in listed
    assert "四季豆要烫煮多久" not in listed


def test_sets_and_runs_are_made_and_deleted(staff_client: Client, kitchen: QuestionSet) -> None:
    staff_client.post(reverse("evaluation:add"), {"name": "空的", "note": ""})
    empty = QuestionSet.objects.get(name="空的")
    ran = staff_client.post(reverse("library_evaluation_start", args=[empty.pk]))
    assert ran["Location"] == reverse("evaluation:inspect", args=[empty.pk])
    assert staff_client.get(reverse("library_evaluation_start", args=[empty.pk])).status_code == 405
    run = finished(kitchen)
    delete = reverse("library_evaluation_run_delete", args=[run.pk])
    assert staff_client.get(delete).status_code == 200
    assert staff_client.post(delete)["Location"] == reverse("evaluation:inspect", args=[kitchen.pk])
    assert not EvaluationRun.objects.exists()
    delete = reverse("evaluation:delete", args=[kitchen.pk])
    assert "4" in text(staff_client, delete)
    staff_client.post(delete)
    assert list(QuestionSet.objects.all()) == [empty]


def test_only_editors_evaluate(signed_in: In, worker_client: Client, kitchen: QuestionSet) -> None:
    addresses = [
        reverse("evaluation:index"),
        reverse("evaluation:inspect", args=[kitchen.pk]),
        reverse("library_evaluation_import"),
        reverse("library_evaluation_export", args=[kitchen.pk]),
        reverse("evaluation_questions:index"),
    ]
    editor, official = signed_in(EDITORS), signed_in(STAFF)
    for address in addresses:
        assert editor.get(address).status_code == 200
        assert official.get(address).status_code in (302, 403)
        assert worker_client.get(address).status_code in (302, 403)
    begin = reverse("library_evaluation_start", args=[kitchen.pk])
    assert official.post(begin).status_code in (302, 403)
    assert not EvaluationRun.objects.exists()


def test_a_restricted_text_is_neither_found_nor_expected(
    samples: Source, kitchen: QuestionSet, staff_client: Client
) -> None:
    run = finished(kitchen)
    shelf = Collection.get_first_root_node().add_child(name="内部")
    CollectionViewRestriction.objects.create(collection=shelf, restriction_type="login")
    Upload.objects.filter(pk=samples.object_id).update(collection=shelf)
    assert "冷藏保存" not in text(staff_client, reverse("library_evaluation_run", args=[run.pk]), show="all")
    again = result(finished(kitchen), "2")
    assert (again.found, again.expected, again.trouble) == ([], {}, EvaluationResult.Trouble.NO_TEXT)
