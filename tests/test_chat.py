"""Asking: a cited answer, an honest "not found", and clear words for what cannot be asked."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from academy.chat.emergency import is_emergency
from academy.chat.models import Asking, ChatSettings, Conversation, Message
from academy.library.models import FAQ
from academy.library.tree import ensure_tree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("retained_samples")]


def post(client: Client, question: str, **more: Any) -> Any:
    return client.post("/ask/", {"question": question, **more}, follow=True)


def main_of(response: Any) -> str:
    html: str = response.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def test_an_answer_has_an_address_of_its_own_and_cites_its_source(client: Client) -> None:
    response = post(client, "留样要留多少，留多久？")
    html = response.content.decode()
    message = Message.objects.get()
    assert response.redirect_chain == [(f"/ask/{message.pk}/", 302)]
    assert "125克以上" in html
    assert f"/faq/#faq-{FAQ.objects.get().pk}" in html
    assert "留样" in client.get("/faq/").content.decode()


def test_what_is_not_written_is_not_found_and_is_kept_for_editors(client: Client) -> None:
    html = post(client, "怎么炒股票能赚钱").content.decode()
    assert "没查到，我们不猜" in html
    post(client, "留样要留多少，留多久？")
    assert [asking.message.question for asking in Asking.objects.filter(found=False)] == ["怎么炒股票能赚钱"]


@pytest.mark.parametrize("question", ["", "   ", "\u200b\u200b"])
def test_an_empty_question_is_told_what_to_do(client: Client, question: str) -> None:
    response = client.post("/ask/", {"question": question})
    assert response.status_code == 422
    assert "先写一句话" in response.content.decode()
    assert not Message.objects.exists()


def test_a_question_of_5000_characters_is_kept_in_the_box_and_told_to_be_shorter(client: Client) -> None:
    response = client.post("/ask/", {"question": "豆" * 5000})
    html = response.content.decode()
    assert response.status_code == 422
    assert "一次最多写500字，现在是5000字" in html
    assert "豆" * 5000 in html


def test_a_further_question_stays_in_the_conversation(client: Client) -> None:
    post(client, "留样要留多少？")
    first = Message.objects.get()
    html = post(client, "要留多久？", conversation=first.conversation_id).content.decode()
    assert Conversation.objects.count() == 1
    assert f"/ask/{first.pk}/" in html


def test_an_unknown_conversation_is_refused_politely(client: Client) -> None:
    assert client.post("/ask/", {"question": "留样", "conversation": "no"}).status_code == 422


def test_a_signed_in_worker_owns_the_conversation(worker_client: Client, worker: Any) -> None:
    post(worker_client, "留样要留多少？")
    assert Conversation.objects.get().user == worker


def test_an_answer_may_be_passed_on_but_not_the_conversation_of_its_owner(
    worker_client: Client, client: Client
) -> None:
    post(worker_client, "留样要留多少？")
    mine = Conversation.objects.get()
    post(worker_client, "我自己的另一个问题", conversation=mine.pk)
    first, _second = mine.messages.all()
    client.logout()
    html = client.get(f"/ask/{first.pk}/").content.decode()
    assert "留样要留多少" in html
    assert "我自己的另一个问题" not in html
    post(client, "外人接着问", conversation=mine.pk)
    assert mine.messages.count() == 2


def test_when_somebody_is_ill_first_aid_comes_before_everything(client: Client) -> None:
    site_settings = ChatSettings.for_site(ensure_tree().get_site())
    site_settings.emergency_title = "先救人"
    site_settings.emergency_steps = '[{"type": "step", "value": {"lead": "救人。", "detail": "马上打120。"}}]'
    site_settings.save()
    html = main_of(post(client, "客人吃了豆角一直吐"))
    assert "先救人" in html
    assert html.index("先救人") < html.index("原文这么说" if "原文这么说" in html else "没查到")
    assert "先救人" not in main_of(post(client, "留样要留多少？"))


@pytest.mark.parametrize(
    "question",
    [
        "客人吃了吐咋办",
        "好几个人拉肚子",
        "有人中毒了",
        "kids vomit after lunch",
        "学生吃完面包吐了",
        "呕吐",
        "吃了蘑菇头晕，怎么预防",
        "孩子花生过敏喘不上气",
    ],
)
def test_symptom_words_are_an_emergency(question: str) -> None:
    assert is_emergency(question)


@pytest.mark.parametrize(
    "question",
    [
        "什么是食物中毒",
        "发烧能上班吗",
        "食物中毒不报告罚多少",
        "吐司能放几天",
        "how to prevent food poisoning",
    ],
)
def test_reading_up_is_no_emergency(question: str) -> None:
    assert not is_emergency(question)


def test_the_question_is_shown_as_text_and_never_as_markup(client: Client) -> None:
    html = post(client, "<script>alert(1)</script>留样").content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;" in html


def test_nobody_elses_answer_can_be_guessed(client: Client) -> None:
    assert client.get("/ask/00000000-0000-4000-8000-000000000000/").status_code == 404


@given(st.text(max_size=600))
def test_no_question_breaks_the_emergency_check(text: str) -> None:
    assert is_emergency(text) in (True, False)
