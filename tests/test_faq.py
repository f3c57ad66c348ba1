"""Questions that editors answer themselves: matched by their wordings, shown first, never when withdrawn."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from academy.core.blocks import STATES
from academy.core.knowledge import knowledge_base
from academy.library.models import FAQ, Source
from kb.faq import Matcher, Wordings
from kb.glossary import Glossary
from tests.asking import ask
from tests.conftest import Commit

GLOSSARY = Glossary.of([("四季豆", ["豆角"]), ("腹泻", ["拉肚子"])])
BEANS = Wordings(1, ("豆角没炒熟能吃吗", "没熟的四季豆吃了会怎样"), ("豆角没炒熟怎么处罚",))
LICENCE = Wordings(2, ("健康证过期了还能上班吗",))


def matching(question: str, entries: list[Wordings]) -> int | None:
    return Matcher.of(entries, GLOSSARY).match(question)


def found(question: str) -> int | None:
    return matching(question, [BEANS, LICENCE])


@pytest.mark.parametrize(
    "question",
    ["豆角没炒熟能吃吗", "请问，豆角没炒熟能吃么？？", "四季豆没炒熟能吃吗", "没熟的四季豆吃了会怎样啊"],
)
def test_other_ways_to_say_it_match(question: str) -> None:
    assert found(question) == 1


@pytest.mark.parametrize(
    "question",
    [
        "豆角炒熟能吃吗",
        "豆角没炒熟怎么处罚",
        "四季豆没炒熟怎么处罚？",
        "鸡肉没炒熟能吃吗",
        "豆角",
        "",
        "？？",
        "能吃吗",
    ],
)
def test_what_asks_something_else_does_not(question: str) -> None:
    assert found(question) is None


def test_the_nearest_of_several_is_meant() -> None:
    near = [Wordings(1, ("留样要留多少克",)), Wordings(2, ("留样要留多少天",))]
    assert matching("留样要留多少天呢", near) == 2


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("没有健康证能上班吗", "没健康证可以上班吗"),
        ("凉菜放2小时还能卖吗", "凉菜放了2小时还能不能卖啊"),
        ("进货票据要保存多久", "进货票据要保存几年"),
        ("剩菜能不能回锅再卖", "请问剩菜可以回锅再卖吗"),
        ("拉肚子的厨师能上班吗", "腹泻的厨师能不能上班"),
    ],
)
def test_the_same_in_other_words_matches(written: str, asked: str) -> None:
    assert matching(asked, [Wordings(1, (written,))]) == 1


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("凉菜放了2小时还能再卖给客人吗", "凉菜放了5小时还能再卖给客人吗"),
        ("没有健康证能上班吗", "有健康证能上班吗"),
        ("剩菜能不能回锅再卖", "剩菜不能回锅再卖吗"),
        ("食堂留样冰箱的温度要多少度", "食堂留样冰箱的温度多久记一次"),
        ("食堂留样冰箱的钥匙归谁管", "食堂留样冰箱的钥匙怎么管"),
        ("为什么不能戴手表", "能戴手表吗"),
        ("冷藏冰箱的温度要多少度", "冷冻冰箱的温度要多少度"),
    ],
)
def test_another_number_denial_or_kind_of_thing_is_another_question(written: str, asked: str) -> None:
    assert matching(asked, [Wordings(1, (written,))]) is None


@given(st.text(max_size=40))
def test_its_own_words_always_match_and_blocked_ones_never(question: str) -> None:
    assert matching(question, [Wordings(1, ("别的",), (question,))]) is None
    assert matching(question, [Wordings(1, (question,))]) in (1, None)


def entry(**fields: Any) -> FAQ:
    values = {"question": "健康证过期还能上班吗", "answer": "<p>先换到不碰直接入口食品的活。</p>", **fields}
    return FAQ.objects.create(**values)


def page(client: Client, question: str) -> str:
    return client.post("/ask/", {"question": question}, follow=True).content.decode()


@pytest.mark.django_db
def test_a_match_is_shown_first_as_the_editors_answer(client: Client) -> None:
    entry(wordings="证到期了能接着干不", basis="《食品安全法》第四十五条")
    shown = page(client, "证到期了能接着干不？")
    assert "编辑部答复" in shown
    assert "先换到不碰直接入口食品的活" in shown
    assert "《食品安全法》第四十五条" in shown
    assert "没有写到" not in shown


@pytest.mark.django_db
def test_an_answer_is_gone_as_soon_as_it_is_not_published(client: Client) -> None:
    faq = entry()
    message = ask(faq.question, None, None)
    assert message.found
    faq.published = False
    faq.save()
    assert "编辑部答复" not in client.get(reverse("chat:answer", args=[message.pk])).content.decode()
    assert "编辑部答复" not in page(client, faq.question)


@pytest.mark.django_db
def test_a_wording_that_must_not_match_does_not(client: Client) -> None:
    entry(unlike="健康证过期罚多少")
    assert "编辑部答复" not in page(client, "健康证过期罚多少")


@pytest.mark.django_db
def test_what_an_editor_writes_cannot_run(client: Client) -> None:
    entry(question="能不能<script>alert(1)</script>", basis="<img src=x onerror=alert(1)>")
    shown = page(client, "能不能<script>alert(1)</script>")
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


@pytest.mark.django_db
def test_a_wording_cannot_ask_this_and_something_else() -> None:
    faq = FAQ(question="能吃吗", answer="<p>能。</p>", wordings=" 能吃不 \n\n能吃不", unlike="能吃吗")
    with pytest.raises(ValidationError):
        faq.full_clean()
    faq.unlike = ""
    faq.full_clean()
    assert faq.other_wordings == ["能吃不"]


@pytest.mark.django_db
def test_other_wordings_lead_to_its_passage(commit: Any) -> None:
    faq = entry()
    faq.wordings = "证到期了能接着干不"
    with commit():
        faq.save()
    base = knowledge_base()
    stamps = base.vectors.asked(base.embedder.questions(["证到期了能接着干不"])[0], 3)
    assert any(stamp.startswith(f"faq:{faq.pk}#") and score > 0.99 for stamp, score in stamps)


@pytest.mark.django_db
def test_the_texts_below_do_not_repeat_the_editors_answer(client: Client, commit: Any) -> None:
    with commit():
        faq = entry()
    assert Source.objects.get(key=f"faq:{faq.pk}").live
    shown = page(client, faq.question)
    assert shown.count("先换到不碰直接入口食品的活") == 1
    assert f"/faq/#faq-{faq.pk}" in shown
    # a question that is only near it still finds it among the passages
    assert "先换到不碰直接入口食品的活" in page(client, "直接入口食品的活谁能碰，健康证过期怎么换")


@pytest.mark.django_db
def test_an_answer_says_who_wrote_it_and_when(staff_client: Client, staff: Any) -> None:
    form = {
        "question": "健康证过期还能上班吗",
        "wordings": "证到期了能接着干不",
        "unlike": "",
        "answer": '{"blocks": [{"key": "a", "type": "unstyled", "depth": 0, "text": "先<b>换</b>岗。", "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}',
        "basis": "",
        "state": "current",
        "published": "on",
    }
    add = reverse("wagtailsnippets_library_faq:add")
    assert staff_client.post(add, form).status_code == 302
    faq = FAQ.objects.get()
    assert faq.changed_by == staff
    shown = page(staff_client, faq.question)
    assert staff.name in shown
    assert f"{faq.updated_at:%Y-}" in shown
    assert "先&lt;b&gt;换&lt;/b&gt;岗。" in shown
    # another entry with a wording that this one has is saved, and told of
    again = staff_client.post(add, {**form, "question": "别的问题"}, follow=True).content.decode()
    assert "证到期了能接着干不" in again
    assert FAQ.objects.count() == 2
    edit = reverse("wagtailsnippets_library_faq:edit", args=[faq.pk])
    assert staff_client.post(edit, {**form, "unlike": form["question"]}).status_code == 200


# Files


HEAD = ("问题", "其他问法", "不是问这个", "答复", "依据", "状态", "发布")
IMPORT = "library_faq_import"


def sheet(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("问答.xlsx", data.getvalue())


def send(client: Client, file: SimpleUploadedFile) -> str:
    return client.post(reverse(IMPORT), {"file": file}, follow=True).content.decode()


@pytest.mark.django_db
def test_a_file_adds_and_changes_and_twice_changes_nothing(staff_client: Client, staff: Any) -> None:
    kept = entry(basis="旧依据")
    rows = (
        ("健康证过期还能上班吗", "证到期了呢\n到期了能上班不", "", "", "", "", "否"),
        (
            "留样留多久",
            "",
            "留样留多少",
            "冷藏48小时。\n写明<日期>。",
            "手册",
            str(dict(STATES)["stricter"]),
            "",
        ),
    )
    for _time in range(2):
        send(staff_client, sheet(*rows))
        kept.refresh_from_db()
        assert kept.other_wordings == ["证到期了呢", "到期了能上班不"]
        assert (kept.basis, kept.published) == ("旧依据", False)
        assert "先换到" in kept.answer
        new = FAQ.objects.exclude(pk=kept.pk).get()
        assert "写明&lt;日期&gt;。" in new.answer
        assert (new.published, new.state, new.changed_by) == (True, "stricter", staff)
    times = set(FAQ.objects.values_list("updated_at", flat=True))
    send(staff_client, sheet(*rows))
    assert set(FAQ.objects.values_list("updated_at", flat=True)) == times


@pytest.mark.django_db
def test_what_is_exported_is_imported_unchanged(staff_client: Client) -> None:
    link = '<p>见<a href="https://example.org/?a=1&amp;b=2">办事指南</a>，<b>别等</b>。</p><ul><li>带身份证</li></ul>'
    entry(answer=link, wordings="一\n二", published=False)
    before = FAQ.objects.get()
    listing = reverse("wagtailsnippets_library_faq:list")
    data = b"".join(staff_client.get(listing, {"export": "xlsx"}).streaming_content)
    send(staff_client, SimpleUploadedFile("faq.xlsx", data))
    assert FAQ.objects.get().updated_at == before.updated_at
    FAQ.objects.all().delete()
    send(staff_client, SimpleUploadedFile("faq.xlsx", data))
    after = FAQ.objects.get()
    assert (after.wordings, after.published, after.state) == ("一\n二", False, before.state)
    assert 'href="https://example.org/?a=1&amp;b=2"' in after.answer
    assert "<b>别等</b>" in after.answer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer",
    [
        "<p>一<script>alert(1)</script></p>",
        '<p><a href="javascript:alert(1)">甲</a></p>',
        '<p>乙<img src="x" onerror="alert(1)"/></p>',
        '<p onclick="alert(1)">丙</p>',
        "<p>丁<iframe src='x'></p></div><b",
        "<script>alert(1)</script>",
    ],
)
def test_what_a_file_brings_cannot_run(staff_client: Client, answer: str) -> None:
    send(staff_client, sheet(("健康证过期还能上班吗", "", "", answer, "", "", "")))
    for faq in FAQ.objects.all():
        shown = page(staff_client, faq.question)
        assert not any(
            word in shown for word in ("<script>alert", "javascript:", "onerror=", "onclick=", "<iframe")
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("新问题", "", "", "", "", "", ""), "第 3 行：答复：没有写"),
        (("", "", "", "有答复", "", "", ""), "第 3 行：问题："),
        (("问" * 201, "", "", "答", "", "", ""), "第 3 行：问题："),
        (("新问题", "", "", "答", "", "胡写", ""), "第 3 行：状态：没有“胡写”这种状态"),
        (("新问题", "", "", "答", "", "", "也许"), "第 3 行：发布：请写“是”或“否”"),
        (("新问题", "一样", "一样", "答", "", "", ""), "第 3 行：不是问这个："),
        (("好问题", "", "", "答", "", "", ""), "第 3 行：“好问题”在文件里已经有了"),
    ],
)
def test_a_file_with_a_mistake_imports_nothing(
    staff_client: Client, row: tuple[str, ...], words: str
) -> None:
    assert words in send(staff_client, sheet(("好问题", "", "", "答", "", "", ""), row))
    assert not FAQ.objects.exists()


@pytest.mark.django_db
def test_only_editors_import(worker_client: Client, staff_client: Client) -> None:
    assert worker_client.get(reverse(IMPORT)).status_code == 302
    listing = staff_client.get(reverse("wagtailsnippets_library_faq:list")).content.decode()
    assert reverse(IMPORT) in listing
    assert "没有认得的列名" in send(staff_client, SimpleUploadedFile("a.csv", "甲,乙\n1,2".encode()))


@pytest.mark.django_db
def test_an_answer_that_is_superseded_is_no_longer_the_editors(commit: Commit, client: Client) -> None:
    with commit():
        entry = FAQ.objects.create(question="剩菜能卖吗", answer="<p>客人剩下的菜，一律不再卖。</p>")
    assert ask("剩菜能卖吗", None, None).answer["faq"] == entry.pk
    entry.state = "superseded"
    with commit():
        entry.save()
    message = ask("剩菜能卖吗", None, None)
    assert message.answer["faq"] is None
    assert message.answer["citations"][0]["status"] == "superseded"
    assert "已被取代" in client.get("/faq/").content.decode()


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("凉菜间不可以戴口罩吗", "凉菜间不需要戴口罩吗"),
        ("冻肉必须化冻吗", "冻肉可以化冻吗"),
        ("添加剂可以放5%吗", "添加剂可以放5吗"),
    ],
)
def test_whether_it_must_and_whether_it_may_are_two_questions(written: str, asked: str) -> None:
    assert matching(asked, [Wordings(1, (written,))]) is None
    assert matching(asked, [Wordings(1, (written,), (asked,))]) is None
    assert matching(written, [Wordings(1, (written,), (asked,))]) == 1
