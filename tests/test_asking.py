"""Asking by every door: the stream, the API, a frame in another site; what is kept, voted on and forgotten."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from academy.chat import answering, streaming, working
from academy.chat.askers import Asker
from academy.chat.models import ApiKey, Asking, ChatSettings, Conversation, Feedback, Message
from academy.chat.questions import Question
from academy.core import limiting
from academy.library.models import FAQ
from academy.library.tree import ensure_tree

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("retained_samples")]


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    limiting.limiter.cache_clear()
    yield
    limiting.limiter.cache_clear()


def events(text: str) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n") if block.startswith("event: ")]
    return [(name.removeprefix("event: "), json.loads(body.removeprefix("data: "))) for name, body in blocks]


def stream(client: Client, question: str, **more: Any) -> list[tuple[str, Any]]:
    return events(b"".join(client.post("/ask/stream", {"question": question, **more})).decode())


def api(client: Client, body: Any, **headers: str) -> Any:
    return client.post("/api/ask", json.dumps(body), content_type="application/json", headers=headers)


# The stream


def test_a_stream_tells_the_sources_then_the_sentences_then_the_whole(client: Client) -> None:
    told = stream(client, "冷藏存放要多久？")
    names = [name for name, _ in told]
    assert (names[0], names[-1]) == ("sources", "done")
    # a busy machine begins twice
    assert "token" in names[1:-1]
    assert set(names[1:-1]) <= {"sources", "token"}
    body = told[-1][1]
    assert body["answered"]
    assert "48小时以上" in body["answer"]
    assert "".join(each["text"] for name, each in told if name == "token") in body["answer"].replace(
        "[1]", ""
    )
    assert Message.objects.get().get_absolute_url() == body["url"]


def test_a_stream_is_never_collected_on_the_way(client: Client) -> None:
    response = client.post("/ask/stream", {"question": "冷藏存放要多久？"})
    assert response["Content-Type"] == "text/event-stream"
    assert response["X-Accel-Buffering"] == "no"
    assert not response.has_header("Content-Encoding")
    b"".join(response)


def test_whoever_waits_hears_soon_that_the_question_has_arrived(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "SOON", 0)
    told = stream(client, "客人吃了吐咋办")
    assert told[0] == ("sources", {"pending": True, "emergency": True, "citations": []})
    assert told[-1][0] == "done"


@pytest.mark.parametrize("question", ["", "\u200b", "豆" * 501])
def test_a_stream_says_what_is_wrong_with_a_question(client: Client, question: str) -> None:
    response = client.post("/ask/stream", {"question": question})
    [(name, body)] = events(response.content.decode())
    assert response.status_code == 422
    assert name == "error"
    assert body["message"]


def test_what_fails_is_told_in_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("academy.chat.answering.find", lambda *_: 1 / 0)
        told = stream(client, "冷藏存放要多久？")
    assert told[-1] == ("error", {"message": "这边出了点问题。你的问题还在，过一分钟再问一次。"})
    assert not Message.objects.exists()
    client.cookies["django_language"] = "en"
    with monkeypatch.context() as broken:
        broken.setattr("academy.chat.answering.find", lambda *_: 1 / 0)
        assert stream(client, "冷藏存放要多久？")[-1][1]["message"].startswith("Something went wrong")


def test_the_faster_of_two_processes_keeps_the_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(uuid4())
    first = stream(client, "冷藏存放要多久？", key=key)[-1][1]
    # the second looked before the first was done
    monkeypatch.setattr("academy.chat.answering.sent_before", lambda *_: None)
    assert stream(client, "冷藏存放要多久？", key=key)[-1][1]["message"] == first["message"]
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_whoever_hangs_up_at_another_door_is_answered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request ends when the answer is written, not before."""
    found = answering.find
    monkeypatch.setattr(answering, "find", lambda *asked: time.sleep(0.2) or found(*asked))

    async def hang_up() -> None:
        request = asyncio.create_task(working.finish(Question("冷藏存放要多久？"), Asker()))
        await asyncio.sleep(0.05)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request

    asyncio.run(hang_up())
    assert Message.objects.get().found


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_question_that_is_stopped_says_so_at_every_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "find", lambda *_: time.sleep(0.2) or 1 / 0)
    key = uuid4()

    async def stopped() -> None:
        request = asyncio.create_task(working.finish(Question("冷藏存放要多久？", key=key), Asker()))
        await asyncio.sleep(0.05)
        assert working.stop(key)
        with pytest.raises(working.Unanswered):
            await request

    asyncio.run(stopped())
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_answer_is_kept_when_the_line_breaks() -> None:
    async def hang_up() -> None:
        events = streaming.stream(Question("冷藏存放要多久？"), Asker())
        await anext(events)
        await events.aclose()
        await asyncio.gather(*working._running.values())

    asyncio.run(hang_up())
    assert Message.objects.get().found


def test_a_question_that_is_sent_twice_is_asked_once(client: Client) -> None:
    key = str(uuid4())
    first = stream(client, "冷藏存放要多久？", key=key)[-1]
    assert stream(client, "冷藏存放要多久？", key=key)[-1] == first
    client.post("/ask/", {"question": "冷藏存放要多久？", "key": key})
    assert Message.objects.count() == Asking.objects.count() == 1
    stream(client, "别的问题", key=key)
    assert Message.objects.count() == 2


def test_the_key_of_another_opens_nothing(client: Client) -> None:
    key = str(uuid4())
    mine = stream(client, "冷藏存放要多久？", key=key)[-1][1]
    other = Client()
    other.get("/ask/")
    theirs = stream(other, "冷藏存放要多久？", key=key)[-1][1]
    assert theirs["message"] != mine["message"]


def test_a_browser_that_sends_its_first_question_twice_asks_once() -> None:
    key = str(uuid4())
    answers = [stream(Client(), "冷藏存放要多久？", key=key)[-1][1]["message"] for _time in range(2)]
    assert len(set(answers)) == 1
    assert stream(Client(), "留样要留多少？", key=key)[-1][1]["message"] != answers[0]


# Conversations


def test_a_browser_goes_on_in_its_own_conversation_only(client: Client) -> None:
    mine = stream(client, "留样要留多少？")[-1][1]["conversation"]
    assert stream(client, "留多久？", conversation=mine)[-1][1]["conversation"] == mine
    assert stream(Client(), "留多久？", conversation=mine)[-1][1]["conversation"] != mine
    assert Conversation.objects.get(pk=mine).messages.count() == 2


def test_a_conversation_begun_before_signing_in_becomes_the_persons(client: Client, worker: Any) -> None:
    mine = stream(client, "留样要留多少？")[-1][1]["conversation"]
    client.force_login(worker)
    stream(client, "留多久？", conversation=mine)
    assert Conversation.objects.get(pk=mine).user == worker


def test_what_was_asked_is_listed_and_can_be_deleted_while_it_stays_counted(worker_client: Client) -> None:
    first = stream(worker_client, "留样要留多少？")[-1][1]
    second = stream(worker_client, "怎么炒股票能赚钱")[-1][1]
    listed = worker_client.get("/ask/history/").content.decode()
    assert first["url"] in listed
    assert "没查到" in listed
    worker_client.post("/ask/history/delete/", {"conversation": first["conversation"]})
    assert [str(each.pk) for each in Conversation.objects.all()] == [second["conversation"]]
    worker_client.post("/ask/history/delete/")
    assert not Message.objects.exists()
    assert Asking.objects.count() == 2
    assert "还没问过" in worker_client.get("/ask/history/").content.decode()


def test_nobody_deletes_what_is_anothers(worker_client: Client) -> None:
    mine = stream(worker_client, "留样要留多少？")[-1][1]["conversation"]
    Client().post("/ask/history/delete/", {"conversation": mine})
    assert Conversation.objects.count() == 1


def test_signing_in_may_be_asked_for(client: Client, settings: Any) -> None:
    settings.ANONYMOUS_ASKING = False
    assert client.get("/ask/").url == "/accounts/login/?next=/ask/"
    assert client.post("/ask/stream", {"question": "留样"}).status_code == 403


# What people think of an answer


def test_a_verdict_counts_once_and_may_be_changed(client: Client) -> None:
    url = stream(client, "冷藏存放要多久？")[-1][1]["url"]
    client.post(f"{url}feedback/", {"verdict": "helped"})
    response = client.post(f"{url}feedback/", {"verdict": "wrong", "reason": "应该是72小时"}, follow=True)
    feedback = Feedback.objects.get()
    assert (feedback.verdict, feedback.reason) == ("wrong", "应该是72小时")
    assert "你说过：数字或出处不对" in response.content.decode()
    Client().post(f"{url}feedback/", {"verdict": "helped"})
    assert Feedback.objects.count() == 2


def test_a_verdict_that_is_none_is_not_taken(client: Client) -> None:
    url = stream(client, "冷藏存放要多久？")[-1][1]["url"]
    client.post(f"{url}feedback/", {"verdict": "great"})
    client.post(f"{url}feedback/", {"verdict": "wrong", "reason": "错" * 501})
    assert not Feedback.objects.exists()


# Programs


def test_a_program_gets_an_answer_with_its_citations(client: Client) -> None:
    body = api(client, {"question": "冷藏存放要多久？"}).json()
    assert body["answered"]
    [citation] = body["citations"]
    assert set(citation) >= {"n", "title", "place", "url", "quote"}
    assert "48小时以上" in citation["quote"]
    again = api(client, {"question": "那125克呢？", "conversation": body["conversation"]}).json()
    assert again["conversation"] == body["conversation"]
    assert Asking.objects.filter(door="api").count() == 2


def test_what_is_not_found_is_said_so(client: Client) -> None:
    body = api(client, {"question": "怎么炒股票能赚钱"}).json()
    assert (body["answered"], body["answer"], body["citations"]) == (False, "", [])


def test_the_editors_answer_comes_first_and_is_cited(client: Client) -> None:
    body = api(client, {"question": "留样要留多少，留多久？"}).json()
    assert body["answer"].startswith("每个品种留样125克以上，冷藏存放48小时以上。[1]")
    assert body["citations"][0]["url"] == f"/faq/#faq-{FAQ.objects.get().pk}"


@pytest.mark.parametrize(
    ("body", "status"), [([], 400), ("x", 400), ({}, 422), ({"question": "豆" * 501}, 422)]
)
def test_a_program_is_told_what_is_wrong(client: Client, body: Any, status: int) -> None:
    response = api(client, body)
    assert response.status_code == status
    assert response.json()["error"]


def test_where_a_key_is_needed_it_opens_the_door_until_its_quota_is_spent(
    client: Client, settings: Any
) -> None:
    settings.API_OPEN = False
    key = ApiKey(name="市政务热线", daily_quota=1)
    secret = key.renew()
    key.save()
    ask = {"question": "冷藏存放要多久？"}
    assert api(client, ask).status_code == 401
    assert api(client, ask, authorization="Bearer wrong").status_code == 401
    assert api(client, ask, authorization=f"Bearer {secret}").status_code == 200
    assert api(client, ask, authorization=f"Bearer {secret}").status_code == 429
    ApiKey.objects.update(used_on=timezone.localdate() - timezone.timedelta(days=1))
    assert api(client, ask, authorization=f"Bearer {secret}").status_code == 200
    ApiKey.objects.update(active=False)
    assert api(client, ask, authorization=f"Bearer {secret}").status_code == 401


@pytest.mark.parametrize("body", ["[" * 100_000, '{"question":', "[]", "\x00"])
def test_what_is_no_object_is_told_so(client: Client, body: str) -> None:
    response = client.post("/api/ask", body, content_type="application/json")
    assert response.status_code == 400
    assert "JSON" in response.json()["error"]


def test_what_could_not_be_answered_costs_nothing(client: Client, settings: Any, monkeypatch: Any) -> None:
    key = ApiKey(name="市政务热线", daily_quota=1)
    secret = key.renew()
    key.save()
    ask = {"question": "冷藏存放要多久？"}
    settings.ASK_WAITING = 0
    response = api(client, ask, authorization=f"Bearer {secret}")
    assert (response.status_code, "再问" in response.json()["error"]) == (503, True)
    assert stream(client, "冷藏存放要多久？")[-1][0] == "error"
    page = client.post("/ask/", ask)
    assert "现在问的人太多" in page.content.decode()
    assert "冷藏存放要多久？" in page.content.decode()
    settings.ASK_WAITING = 9
    assert api(client, ask, authorization=f"Bearer {secret}").status_code == 200


def test_a_key_has_a_limit_a_minute_too(client: Client, settings: Any) -> None:
    settings.ASK_LIMITS = {"program": "1/minute"}
    key = ApiKey(name="市政务热线", daily_quota=9)
    secret = key.renew()
    key.save()
    ask = {"question": "冷藏存放要多久？"}
    assert api(client, ask, authorization=f"Bearer {secret}").status_code == 200
    assert api(client, ask, authorization=f"Bearer {secret}").status_code == 429


def test_what_it_is_about_is_short(client: Client) -> None:
    assert api(client, {"question": "留多久", "about": f"{'a' * 500}:1"}).status_code == 422


def test_a_question_of_hidden_characters_is_told_to_be_empty(client: Client) -> None:
    assert "先写一句话" in api(client, {"question": "\x00\u200b"}).json()["error"]


def test_a_key_is_shown_once_and_kept_as_a_digest(admin_client: Client) -> None:
    response = admin_client.post(
        "/admin/api-keys/new/", {"name": "热线", "daily_quota": 5, "active": "on"}, follow=True
    )
    html = response.content.decode()
    key = ApiKey.objects.get()
    secret = html[html.index(key.hint) :][:46]
    assert ApiKey.objects.that_opens(secret) == key
    assert secret not in admin_client.get("/admin/api-keys/").content.decode()


# Limits


def test_a_person_asks_so_often_and_no_more(client: Client, settings: Any) -> None:
    settings.ASK_LIMITS = {"person": "2/minute"}
    for _turn in range(2):
        assert client.post("/ask/", {"question": "留样要留多少？"}).status_code == 302
    refused = client.post("/ask/", {"question": "留样要留多少？"})
    assert refused.status_code == 422
    assert "一分钟里问得太多" in refused.content.decode()
    assert "留样要留多少？" in refused.content.decode()
    assert client.post("/ask/stream", {"question": "留样"}).status_code == 429
    assert Client().post("/ask/", {"question": "留样要留多少？"}).status_code == 302


def test_an_address_has_a_limit_too(client: Client, settings: Any) -> None:
    settings.ASK_LIMITS = {"address": "1/minute"}
    assert api(client, {"question": "留样要留多少？"}).status_code == 200
    assert api(Client(), {"question": "留样要留多少？"}).status_code == 429


# In other sites


def test_only_named_sites_may_show_the_chat(client: Client, settings: Any) -> None:
    assert client.get("/ask/embed/").status_code == 404
    settings.EMBED_ORIGINS = ["https://www.example.gov.cn"]
    response = client.get("/ask/embed/")
    # the header's parts come in any order
    assert "frame-ancestors https://www.example.gov.cn" in response["Content-Security-Policy"].split("; ")
    assert not response.has_header("X-Frame-Options")
    assert client.get("/embed.js").url == "/static/academy/embed.js"
    assert "frame-ancestors 'self'" in client.get("/ask/")["Content-Security-Policy"]


def test_where_nobody_may_ask_unnamed_there_is_no_frame(client: Client, settings: Any) -> None:
    settings.EMBED_ORIGINS = ["https://www.example.gov.cn"]
    settings.ANONYMOUS_ASKING = False
    assert client.get("/ask/embed/").status_code == 404


def test_in_a_frame_a_conversation_goes_on_without_cookies(settings: Any) -> None:
    settings.EMBED_ORIGINS = ["https://www.example.gov.cn"]
    first = Client(enforce_csrf_checks=True).post("/ask/embed/", {"question": "冷藏存放要多久？"})
    assert "48小时以上" in first.content.decode()
    conversation = Conversation.objects.get()
    Client().post("/ask/embed/", {"question": "留多少？", "conversation": str(conversation.pk)})
    assert conversation.messages.count() == 2
    assert set(Asking.objects.values_list("door", flat=True)) == {"embedded"}


def test_a_page_of_another_season_suggests_nothing_of_this_one(client: Client) -> None:
    chat = ChatSettings.for_site(ensure_tree().get_site())
    seasons = ["spring", "summer", "autumn", "winter"]
    chat.suggestions = json.dumps(
        [
            {"type": "suggestion", "value": {"post": "厨师", "question": f"{one}的问题", "season": one}}
            for one in seasons
        ]
    )
    chat.save()
    html = client.get("/ask/").content.decode()
    assert sum(f"{one}的问题" in html for one in seasons) == 1


# Editors


def test_editors_see_what_a_model_is_told(admin_client: Client) -> None:
    html = admin_client.get("/admin/prompts/").content.decode()
    assert "answer v1" in html
    assert "rewrite v1" in html
