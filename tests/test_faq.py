"""Questions that editors answer themselves: matched by their wordings, shown first, never when withdrawn."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from academy.chat.asking import ask
from academy.core.knowledge import knowledge_base
from academy.library.models import FAQ
from kb.faq import Matcher, Wordings
from kb.glossary import Glossary

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
