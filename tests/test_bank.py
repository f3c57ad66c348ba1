"""The question bank in the admin: written, imported, exported, looked at by its figures."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import ModelLogEntry, Revision

from academy.accounts.models import User
from academy.exams import sitting
from academy.exams.bank.files import FORMATS, parse
from academy.exams.exchange import BadRowsError, entries, judge, read_file, rows_of, take_in
from academy.exams.measuring import figures
from academy.exams.models import Attempt, BankImport, Question
from tests.factories import PaperFactory, QuestionFactory, StaffFactory, UserFactory

NOW = timezone.now()
LIST = "wagtailsnippets_exams_question:list"
ADD = "wagtailsnippets_exams_question:add"
EDIT = "wagtailsnippets_exams_question:edit"
DELETE = "wagtailsnippets_exams_question:delete"


@pytest.fixture
def image(db: None) -> Any:
    return get_image_model().objects.create(title="后厨", file=get_test_image_file(size=(600, 400)))


def form(kind: str, *choices: dict[str, Any], saved: Question | None = None, **fields: Any) -> dict[str, Any]:
    """What the editing form sends; `saved` is the question whose choices are there already."""
    before = list(saved.choices.all()) if saved else []
    data = {"kind": kind, "stem": "肉要烧到多少度？", "columns": 6, "rows": 4, "difficulty": 2, "tags": ""}
    data |= {"explanation": "", "basis": "", "image": "", **fields}
    data |= {"choices-TOTAL_FORMS": len(choices), "choices-INITIAL_FORMS": len(before)}
    data |= {"choices-MIN_NUM_FORMS": 1, "choices-MAX_NUM_FORMS": 1000}
    for n, choice in enumerate(choices):
        said = {"ORDER": n + 1, "id": before[n].pk if n < len(before) else "", **choice}
        data |= {f"choices-{n}-{name}": value for name, value in said.items()}
    return data


def errors(client: Client, data: dict[str, Any]) -> list[str]:
    response = client.post(reverse(ADD), data)
    if response.status_code == 302:
        return []
    shown = response.context["form"]
    return [*shown.non_field_errors(), *(str(words) for words in shown.errors.values())]


RIGHT_AND_WRONG = ({"text": "甲", "correct": "on"}, {"text": "乙"})


# ── writing ──


def test_what_does_not_fit_its_kind_is_told_in_words(staff_client: Client, image: Any) -> None:
    for kind, choices in {
        "order": [{"text": "洗"}],
        "match": [{"text": "肉", "pair": "红"}, {"text": "菜"}],
        "short": [{"text": "。"}],
        "hotspot": [{"text": "冰箱", "cells": "A1"}, {"text": "灶", "cells": "A2"}],
        "faults": [{"text": "没盖", "cells": "A1"}],
        "single": [{"text": "甲"}, {"text": "乙"}],
    }.items():
        assert errors(staff_client, form(kind, *choices, image=image.pk)), kind
    assert errors(staff_client, form("hotspot", {"text": "冰箱", "cells": "A1"}))
    outside = form("faults", {"text": "甲", "cells": "G1"}, {"text": "乙", "cells": "A1"}, image=image.pk)
    assert "G1" in errors(staff_client, outside)[0]
    twice = form("faults", {"text": "甲", "cells": "a1"}, {"text": "乙", "cells": "A1 B1"}, image=image.pk)
    assert "A1" in errors(staff_client, twice)[0]
    assert not Question.objects.exists()


def test_what_fits_is_saved_and_what_its_kind_does_not_use_is_passed_over(
    staff_client: Client, image: Any
) -> None:
    for kind, choices in {
        "order": [{"text": "洗", "cells": "没用"}, {"text": "切", "correct": "on"}],
        "match": [{"text": "肉", "pair": "红"}, {"text": "菜", "pair": "绿"}],
        "short": [{"text": "70"}],
        "hotspot": [{"text": "冰箱", "cells": "A1，b2"}],
        "faults": [{"text": "没盖", "cells": "A1"}, {"text": "混放", "cells": "B1"}],
        "truefalse": RIGHT_AND_WRONG,
    }.items():
        assert errors(staff_client, form(kind, *choices, image=image.pk)) == [], kind
    assert Question.objects.count() == 6
    assert len(set(Question.objects.values_list("fingerprint", flat=True))) == 6


def test_a_version_counts_what_changed_for_whoever_answers(staff_client: Client) -> None:
    staff_client.post(reverse(ADD), form("single", *RIGHT_AND_WRONG))
    question = Question.objects.get()
    versions = []
    for fields in (
        {"explanation": "说明"},
        {"difficulty": 3, "tags": "留样"},
        {"stem": "改了？"},
        {"stem": "改了？"},
    ):
        staff_client.post(
            reverse(EDIT, args=[question.pk]), form("single", *RIGHT_AND_WRONG, saved=question, **fields)
        )
        question.refresh_from_db()
        versions.append(question.version)
    other_key = ({"text": "甲"}, {"text": "乙", "correct": "on"})
    staff_client.post(
        reverse(EDIT, args=[question.pk]), form("single", *other_key, saved=question, stem="改了？")
    )
    question.refresh_from_db()
    assert [*versions, question.version] == [1, 1, 2, 2, 3]


def test_steps_are_saved_in_the_order_the_editor_gave_them(staff_client: Client) -> None:
    staff_client.post(reverse(ADD), form("order", {"text": "切", "ORDER": 2}, {"text": "洗", "ORDER": 1}))
    question = Question.objects.get()
    assert [choice.text for choice in question.choices.all()] == ["洗", "切"]
    assert question.fingerprint == _saved_again(question)


def _saved_again(question: Question) -> str:
    Question.objects.get(pk=question.pk).save()
    return Question.objects.get(pk=question.pk).fingerprint


def test_a_copy_is_a_question_of_its_own(staff_client: Client) -> None:
    question = QuestionFactory(version=4)
    url = reverse("wagtailsnippets_exams_question:copy", args=[question.pk])
    assert "选项3" in staff_client.get(url).content.decode()
    staff_client.post(reverse(ADD), form("single", *RIGHT_AND_WRONG))
    assert [(one.version, one.choices.count()) for one in Question.objects.all()] == [(4, 4), (1, 2)]


def test_who_changed_what_and_when_can_be_compared_and_taken_back(staff_client: Client, staff: User) -> None:
    question = QuestionFactory(stem="旧的？")
    choices = [{"text": c.text, **({"correct": "on"} if c.correct else {})} for c in question.choices.all()]
    staff_client.post(
        reverse(EDIT, args=[question.pk]), form("single", *choices, saved=question, stem="新的？")
    )
    first, second = Revision.objects.for_instance(question).order_by("pk")
    assert second.user == staff
    url = reverse("wagtailsnippets_exams_question:revisions_compare", args=[question.pk, first.pk, second.pk])
    compared = staff_client.get(url).content.decode()
    assert "旧" in compared
    assert "新" in compared
    assert (
        staff_client.get(reverse("wagtailsnippets_exams_question:history", args=[question.pk])).status_code
        == 200
    )


def test_the_same_question_twice_is_saved_and_told(staff_client: Client) -> None:
    staff_client.post(reverse(ADD), form("single", *RIGHT_AND_WRONG))
    response = staff_client.post(
        reverse(ADD), form("single", *RIGHT_AND_WRONG[::-1], stem="肉要烧到多少度?"), follow=True
    )
    first = Question.objects.first()
    assert f"#{first.pk}" in response.content.decode()
    assert "肉要烧到" in staff_client.get(reverse("exams_bank_duplicates")).content.decode()


def test_near_questions_are_listed_and_retired_ones_are_not(staff_client: Client) -> None:
    QuestionFactory(stem="冷藏食品的中心温度应当是多少度以下？")
    near = QuestionFactory(stem="冷藏食品的中心温度应当是多少度以上？")
    QuestionFactory(stem="留样要多少克？")
    listed = staff_client.get(reverse("exams_bank_duplicates")).content.decode()
    assert listed.count("冷藏食品") == 2
    assert "留样" not in listed
    near.retired = True
    near.save()
    assert "冷藏" not in staff_client.get(reverse("exams_bank_duplicates")).content.decode()


@pytest.mark.parametrize("mode", ["asked", "marked"])
def test_a_question_is_previewed_as_the_worker_sees_it(staff_client: Client, image: Any, mode: str) -> None:
    data = form(
        "faults", {"text": "没盖严", "cells": "A1"}, {"text": "生熟混放", "cells": "B2"}, image=image.pk
    )
    url = reverse("wagtailsnippets_exams_question:preview_on_add")
    assert staff_client.post(url, data).json()["is_valid"]
    page = staff_client.get(url, {"mode": mode}).content.decode()
    assert "肉要烧到" in page
    assert "grid c6 named" in page
    assert ("没盖严" in page) == (mode == "marked")


# ── kept, not deleted ──


def test_a_question_that_was_asked_is_drawn_no_longer_instead_of_deleted(
    staff_client: Client, worker: User
) -> None:
    paper = PaperFactory(questions=[QuestionFactory()])
    sitting.start(worker, paper, "course:1:1", NOW)
    asked = Question.objects.get()
    paper.entries.all().delete()
    url = reverse(DELETE, args=[asked.pk])
    assert staff_client.get(url).status_code == 200
    staff_client.post(url)
    asked.refresh_from_db()
    assert asked.retired
    assert not Question.objects.in_use().exists()


def test_a_question_on_a_paper_is_kept_too_and_one_that_nobody_needs_is_deleted(staff_client: Client) -> None:
    on_paper, free = QuestionFactory(), QuestionFactory()
    PaperFactory(title="结业考试", questions=[on_paper])
    assert "结业考试" in staff_client.get(reverse(DELETE, args=[on_paper.pk])).content.decode()
    for question in (on_paper, free):
        staff_client.post(reverse(DELETE, args=[question.pk]))
    assert list(Question.objects.values_list("pk", "retired")) == [(on_paper.pk, True)]


def test_of_many_questions_none_is_deleted_where_one_is_needed(staff_client: Client) -> None:
    on_paper, free = QuestionFactory(), QuestionFactory()
    PaperFactory(questions=[on_paper])
    url = reverse("wagtail_bulk_action", args=["exams", "question", "delete"])
    staff_client.post(f"{url}?id={on_paper.pk}&id={free.pk}")
    assert Question.objects.count() == 2
    staff_client.post(f"{url}?id={free.pk}&id={QuestionFactory().pk}")
    assert list(Question.objects.all()) == [on_paper]


# ── the list ──


def test_the_bank_is_filtered_by_kind_tag_difficulty_paper_and_use(staff_client: Client) -> None:
    wanted = QuestionFactory(stem="留样的题", kind="multiple", difficulty=3, right=[0, 1])
    wanted.tags.add("留样")
    wanted.save()
    paper = PaperFactory(questions=[wanted])
    QuestionFactory(stem="别的题")
    QuestionFactory(stem="旧的题", retired=True)
    tag = wanted.tags.get()
    for query in (
        {"kind": "multiple"},
        {"tag": tag.pk},
        {"difficulty": 3},
        {"paper": paper.pk},
        {"q": "样的"},
    ):
        shown = staff_client.get(reverse(LIST), query).content.decode()
        assert "留样的题" in shown, query
        assert "别的题" not in shown, query
    assert "旧的题" in staff_client.get(reverse(LIST), {"retired": "true"}).content.decode()


def test_a_question_is_found_once_by_the_words_of_its_choices(staff_client: Client) -> None:
    QuestionFactory(stem="只有一道")
    assert len(staff_client.get(reverse(LIST), {"q": "选项"}).context["object_list"]) == 1


def test_half_a_question_is_not_saved_while_it_is_typed(staff_client: Client) -> None:
    edit = reverse(EDIT, args=[QuestionFactory().pk])
    for url in (reverse(ADD), edit, edit.replace("edit", "copy")):
        assert "w-autosave-interval" not in staff_client.get(url).content.decode(), url


def test_a_longer_list_takes_no_more_queries(staff_client: Client) -> None:
    counts = []
    for _ in range(2):
        for _n in range(5):
            QuestionFactory().tags.add("留样")
        staff_client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as queries:
            staff_client.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ── importing ──

SHEET = """题型,题干,选项A,选项B,答案,标签
单选题,肉要烧到多少度？,70℃以上,60℃,A,温度
判断题,剩菜闻着没坏就能卖。,,,错,
多选题,哪些要留样？,米饭,红烧肉,AB,留样
"""
BAD = SHEET + "单选题,没有答案,甲,乙,,\n"


def upload(client: Client, text: str, name: str = "题.csv", **more: Any) -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return client.post(
        reverse("exams_bank_import"), {"file": file, "tags": "", "difficulty": 2, **more}, follow=True
    )


def test_a_file_is_looked_at_before_anything_is_imported(staff_client: Client) -> None:
    page = upload(staff_client, SHEET, tags="2026年、食堂", difficulty=3)
    assert not Question.objects.exists()
    assert "剩菜闻着" in page.content.decode()
    batch = BankImport.objects.get()
    for _ in range(2):
        staff_client.post(reverse("exams_bank_preview", args=[batch.pk]))
    assert Question.objects.count() == 3
    first = Question.objects.first()
    assert sorted(tag.name for tag in first.tags.all()) == ["2026年", "温度", "食堂"]
    assert first.difficulty == 3
    assert [(c.text, c.correct) for c in first.choices.all()] == [("70℃以上", True), ("60℃", False)]
    assert ModelLogEntry.objects.filter(action="wagtail.create", content_type__model="question").count() == 3
    for question in Question.objects.all():
        assert question.fingerprint == _saved_again(question)
        assert Question.objects.get(pk=question.pk).version == 1


def test_a_bad_row_stops_everything_unless_it_is_left_out(staff_client: Client) -> None:
    page = upload(staff_client, BAD).content.decode()
    assert "答案" in page
    url = reverse("exams_bank_preview", args=[BankImport.objects.get().pk])
    staff_client.post(url)
    assert not Question.objects.exists()
    staff_client.post(url, {"leave_out": "1"})
    assert Question.objects.count() == 3


def test_what_is_there_already_is_passed_over(staff_client: Client, staff: User) -> None:
    upload(staff_client, SHEET)
    staff_client.post(reverse("exams_bank_preview", args=[BankImport.objects.get().pk]))
    again = SHEET.replace("单选题,肉要烧到多少度？,70℃以上,60℃,A", "单选题,肉要烧到多少度?,60℃,70℃ 以上,B")
    batch = read_file("题.csv", (again + "判断题,新的。,,,对,\n").encode(), staff, NOW)
    assert [one.state for one in judge(rows_of(batch))] == ["same", "same", "same", "new"]
    assert take_in(batch, staff, False, NOW) == 1
    assert Question.objects.count() == 4


def test_rows_that_are_alike_within_a_file_are_named(staff: User) -> None:
    text = SHEET + "单选题,肉要烧到多少度？,70℃以上,60℃,A,\n单选题,肉要烧到多少度？,70℃以上,60℃,B,\n"
    judged = judge(rows_of(read_file("题.csv", text.encode(), staff, NOW)))
    assert [(one.state, one.twin) for one in judged[3:]] == [("same", 2), ("near", 2)]


def test_nobody_takes_in_what_somebody_else_has_read(staff_client: Client) -> None:
    batch = read_file("题.csv", SHEET.encode(), StaffFactory(), NOW)
    assert staff_client.post(reverse("exams_bank_preview", args=[batch.pk])).status_code == 404


def test_a_preview_that_nobody_took_in_is_forgotten(staff: User) -> None:
    old = read_file("题.csv", SHEET.encode(), staff, NOW)
    read_file("题.csv", SHEET.encode(), staff, NOW + timedelta(days=2))
    assert not BankImport.objects.filter(pk=old.pk).exists()


def test_a_file_that_is_none_is_refused_on_the_form(staff_client: Client) -> None:
    page = upload(staff_client, "什么,都没有\n", "x.csv")
    assert page.context["form"].errors["file"]
    assert not BankImport.objects.exists()


def test_only_editors_import(worker_client: Client, staff_client: Client) -> None:
    assert staff_client.get(reverse("exams_bank_import")).status_code == 200
    assert worker_client.get(reverse("exams_bank_import")).status_code == 302


def test_pictures_are_named_by_number_or_title(staff: User, image: Any) -> None:
    line = {"type": "hotspot", "question": "点冰箱", "options": ["冰箱"], "cells": ["A1"]}
    lines = [
        {**line, "question": f"点{n}", "picture": said}
        for n, said in enumerate([image.pk, "后厨", "没有", "999"])
    ]
    data = "\n".join(json.dumps(one) for one in lines).encode()
    batch = read_file("x.jsonl", data, staff, NOW)
    assert [one.state for one in judge(rows_of(batch))] == ["new", "new", "error", "error"]
    take_in(batch, staff, True, NOW)
    assert set(Question.objects.values_list("image", flat=True)) == {image.pk}
    assert image.get_usage().count() == 2


class AnyImport(TestCase):
    """Whatever a file says: all its good rows come in, or none, and never twice."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.sampled_from(
                ["单选题,甲,一,二,A", "单选题,乙,一,二,B", "判断题,丙,,,对", "坏的,丁,,,", ",,,,x"]
            ),
            min_size=1,
            max_size=6,
        ),
        st.booleans(),
    )
    def test_an_import_is_whole_or_nothing(self, lines: list[str], leave_out: bool) -> None:
        staff = StaffFactory()
        text = "\n".join(["题型,题干,选项A,选项B,答案", *lines])
        batch = read_file("x.csv", text.encode(), staff, NOW)
        good = {line for line in lines if line[0] in "单判"}
        try:
            take_in(batch, staff, leave_out, NOW)
            take_in(batch, staff, leave_out, NOW)
        except BadRowsError:
            good = set()
            assert not leave_out
        assert Question.objects.count() == len(good)
        again = read_file("x.csv", text.encode(), staff, NOW)
        assert take_in(again, staff, True, NOW) == len({x for x in lines if x[0] in "单判"}) - len(good)


# ── exporting ──


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_exported_brings_nothing_when_it_is_imported(
    staff_client: Client, staff: User, name: str
) -> None:
    take_in(read_file("题.csv", SHEET.encode(), staff, NOW), staff, False, NOW)
    QuestionFactory(kind="truefalse")
    QuestionFactory(kind="multiple", right=[1, 2])
    before = list(entries(Question.objects.all()))
    file = staff_client.get(reverse("exams_bank_export"), {"format": name})
    assert file.status_code == 200
    assert [row.question for row in parse(f"x.{name}", file.content)] == before
    batch = read_file(f"x.{name}", file.content, staff, NOW)
    assert take_in(batch, staff, False, NOW) == 0


def test_a_part_of_the_bank_is_exported(staff_client: Client) -> None:
    QuestionFactory(stem="要的", kind="multiple", right=[0, 1]).tags.add("留样")
    QuestionFactory(stem="不要的")
    QuestionFactory(stem="旧的", retired=True)
    url = reverse("exams_bank_export")
    assert staff_client.get(url).status_code == 200
    text = staff_client.get(url, {"format": "csv", "kind": "multiple"}).content.decode()
    assert "要的" in text
    assert "不要的" not in text
    assert "旧的" not in staff_client.get(url, {"format": "jsonl"}).content.decode()
    assert "旧的" in staff_client.get(url, {"format": "jsonl", "retired": "on"}).content.decode()
    assert staff_client.get(url, {"format": "doc"}).status_code == 200


# ── figures ──


def test_figures_are_shown_from_handed_in_attempts_and_downloaded(staff_client: Client) -> None:
    paper = PaperFactory(
        questions=[QuestionFactory(stem="肉要烧到多少度？"), QuestionFactory()], attempts_allowed=0
    )
    question = paper.entries.first().question
    for n in range(20):
        attempt = sitting.start(UserFactory(), paper, "course:1:1", NOW)
        for drawn in attempt.questions:
            right = [o["key"] for o in drawn["options"] if o["correct"] == (n < 5)][:1]
            attempt = sitting.answer(attempt, drawn["key"], right, NOW)
        sitting.submit(attempt, NOW)
    sitting.start(UserFactory(), paper, "course:1:1", NOW)
    url = reverse("exams_bank_statistics")
    page = staff_client.get(url, {"question": question.pk})
    ((one, there, reasons),) = page.context["rows"]
    assert there
    assert (one.drawn, one.answered, one.difficulty, one.discrimination) == (20, 20, 0.25, pytest.approx(1))
    assert len(reasons) == 1
    for order in ("", "drawn", "difficulty", "discrimination", "x"):
        assert len(staff_client.get(url, {"order": order, "look": "1"}).context["rows"]) == 2
    table = b"".join(staff_client.get(url, {"format": "csv"})).decode("utf-8-sig")
    assert "0.25" in table
    assert staff_client.get(url, {"format": "pdf"}).status_code == 404


def test_figures_take_the_same_number_of_queries_for_any_number_of_attempts(
    staff_client: Client, worker: User
) -> None:
    paper = PaperFactory(attempts_allowed=0)
    counts = []
    for _ in range(2):
        sitting.submit(sitting.start(worker, paper, "p", NOW), NOW)
        with CaptureQueriesContext(connection) as queries:
            assert figures()[0].drawn == Attempt.objects.count()
        counts.append(len(queries))
    assert counts[0] == counts[1]
