"""What of an answer others see, and what is left of it when its source says something else."""

from typing import Any

import pytest
from django.test import Client

from academy.chat.models import Asking, Conversation, Feedback, Message
from academy.chat.presenting import summary
from academy.library.audiences import EVERYBODY
from academy.library.models import FAQ, Passage
from tests.asking import ask
from tests.conftest import Commit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("retained_samples")]


def api(question: str, **more: Any) -> Any:
    body = {"question": question, **more}
    return Client().post("/api/ask", body, content_type="application/json").json()


def page(client: Client, message: Message) -> str:
    return client.get(message.get_absolute_url()).content.decode()


def test_a_programs_answer_that_is_passed_on_shows_nothing_else_that_was_asked() -> None:
    first = api("张三拉肚子还来上班，留样要留多少？")
    second = api("冷藏存放要多久？", conversation=first["conversation"])
    assert second["conversation"] == first["conversation"]
    html = page(Client(), Message.objects.get(pk=second["message"]))
    assert "48小时" in html
    assert "张三" not in html
    assert first["conversation"] not in html


def test_a_follow_up_that_is_passed_on_does_not_say_what_it_leant_on(worker_client: Client) -> None:
    conversation = ""
    for question in ("张三负责留样要留多少", "那要多久"):
        worker_client.post("/ask/", {"question": question, "conversation": conversation})
        conversation = str(Conversation.objects.get().pk)
    message = Message.objects.get(question="那要多久")
    assert "张三" in page(worker_client, message)
    assert "张三" not in page(Client(), message)


def test_nobody_takes_over_a_programs_conversation(worker_client: Client) -> None:
    conversation = api("留样要留多少？")["conversation"]
    worker_client.post("/ask/", {"question": "冷藏存放要多久？", "conversation": conversation})
    assert Conversation.objects.get(pk=conversation).user is None


def test_what_was_corrected_is_not_repeated(commit: Commit) -> None:
    message = ask("冷藏存放要多久？")
    with commit():
        faq = FAQ.objects.get()
        faq.answer = "<p>每个品种留样125克以上，冷藏存放72小时以上。</p>"
        faq.save()
    seen = summary(message, EVERYBODY)
    assert not seen["answered"]
    assert "48小时" not in str(seen)


def test_what_was_said_stays_where_only_its_neighbour_was_corrected(commit: Commit) -> None:
    FAQ.objects.update(answer="<p>每个品种留样125克以上。</p><p>冷藏存放48小时以上。</p>")
    with commit():
        FAQ.objects.get().save()
    message = ask("冷藏存放要多久？")
    with commit():
        faq = FAQ.objects.get()
        faq.answer = faq.answer.replace("125", "200")
        faq.save()
    seen = str(summary(message, EVERYBODY))
    assert "48小时" in seen
    assert "125克" not in seen


def test_a_sentence_goes_with_any_of_its_sources(commit: Commit) -> None:
    """A model may have drawn it from two passages together."""
    message = ask("冷藏存放要多久？")
    gone = {**message.answer["citations"][0], "n": 2, "source": "page:0"}
    message.answer["citations"].append(gone)
    message.answer["statements"] = [{"text": "留样存放48小时。", "citations": [1, 2], "also": []}]
    assert not summary(message, EVERYBODY)["answered"]


def test_how_a_text_stands_is_told_as_of_today() -> None:
    message = ask("冷藏存放要多久？")
    assert summary(message, EVERYBODY)["citations"][0]["state"] == "teaching"
    Passage.objects.update(status="superseded")
    assert summary(message, EVERYBODY)["citations"][0]["state"] == "superseded"


def test_with_the_conversation_goes_what_was_said_of_it_but_not_that_it_was(worker_client: Client) -> None:
    worker_client.post("/ask/", {"question": "冷藏存放要多久？"})
    message = Message.objects.get()
    data = {"verdict": "wrong", "reason": "我是张三，应该更久"}
    worker_client.post(f"{message.get_absolute_url()}feedback/", data)
    assert Feedback.objects.get().reason
    worker_client.post("/ask/history/delete/", {"conversation": str(message.conversation_id)})
    feedback = Feedback.objects.get()
    assert (feedback.verdict, feedback.reason) == ("wrong", "")
    assert "user" not in feedback.given_by
    assert Asking.objects.count() == 1


def test_a_conversation_that_is_none_is_not_deleted(worker_client: Client) -> None:
    assert worker_client.post("/ask/history/delete/", {"conversation": "' OR 1=1"}).status_code == 404
