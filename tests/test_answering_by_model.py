"""A chat model answers in its own words only where every sentence is borne out; else the texts speak for themselves."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from langchain_openai import ChatOpenAI  # noqa: F401  (loads before time is counted)

from academy.chat import answering
from academy.chat.models import Asking, Message
from academy.core import knowledge
from academy.library.models import FAQ
from academy.library.tree import ensure_tree
from kb.generate import Limits
from tests.conftest import Commit
from tests.openai_server import End, OpenAIServer, fails, says
from tests.test_asking import stream

pytestmark = pytest.mark.django_db

QUESTION = "冷藏存放要多久？"
RULE = "每个品种留样125克以上，冷藏存放48小时以上。"
GOOD = "留样每个品种125克以上，冷藏存放48小时以上。[1]"


@pytest.fixture(autouse=True)
def _texts(db: Any, commit: Commit) -> None:
    ensure_tree()
    with commit():
        FAQ.objects.create(question="留样要留多少，留多久", answer=f"<p>{RULE}</p>", basis="手册")


@pytest.fixture
def model(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(answering, "LIMITS", Limits(first=2, between=0.3, total=4, characters=300))
    with OpenAIServer() as server:
        settings.ANSWER_BY_MODEL, settings.CHAT_MODEL, settings.CHAT_BASE_URL = (
            True,
            "scripted",
            server.base_url,
        )
        knowledge.close()
        yield server
    knowledge.close()


def test_a_sentence_that_is_borne_out_is_shown_with_its_citation(client: Client, model: OpenAIServer) -> None:
    model.scripted.append(says(GOOD))
    told = stream(client, QUESTION)
    body = told[-1][1]
    assert body["answer"] == GOOD
    assert RULE in body["citations"][0]["quote"]
    assert ("token", {"text": GOOD.removesuffix("[1]"), "citations": [1]}) in told
    assert Asking.objects.get().written
    assert "answer v1" in Message.objects.get().answer["writer"]
    assert "由语言模型归纳" in client.get(body["url"]).content.decode()


@pytest.mark.parametrize(
    "reply",
    [
        fails(500),
        fails(429),
        says("", end=End.STALL),
        says("留样每个品种", end=End.STALL),
        says("留样" * 400, end=End.NEVER),
        says("留样每个品种125克以上", end=End.CLOSE),
        says("冷藏存放48小时以上。"),
        says("冷藏存放48小时以上。[9]"),
        says("冷藏存放24小时以上。[1]"),
        says("冷藏存放48小时以下。[1]"),
        says(f"{GOOD}冷藏存放72小时以上。[1]"),
        says("看这里：https://example.com/ 48小时以上。[1]"),
        says("![](https://example.com/a.png)冷藏存放48小时以上。[1]"),
    ],
)
def test_whatever_else_a_model_does_ends_in_the_sources_own_words(
    client: Client, model: OpenAIServer, reply: Any
) -> None:
    model.scripted.append(reply)
    told = stream(client, QUESTION)
    body = told[-1][1]
    assert body["answer"] == f"{RULE}[1]"
    last = max(at for at, (name, _) in enumerate(told) if name == "sources")
    assert [each["text"] for name, each in told[last:] if name == "token"] == [RULE]
    whole = json.dumps(told, ensure_ascii=False)
    assert not any(words in whole for words in ("72小时", "24小时", "48小时以下", "example.com"))
    assert not Asking.objects.get().written


def test_a_form_without_scripts_is_answered_by_the_model_too(client: Client, model: OpenAIServer) -> None:
    model.scripted.append(says(GOOD))
    html = client.post("/ask/", {"question": QUESTION}, follow=True).content.decode()
    assert "由语言模型归纳" in html


def test_a_model_is_not_asked_what_no_text_answers(client: Client, model: OpenAIServer) -> None:
    body = stream(client, "怎么炒股票能赚钱")[-1][1]
    assert not body["answered"]
    assert model.requests == []


def test_a_follow_up_is_put_in_full_by_the_model(client: Client, model: OpenAIServer) -> None:
    model.scripted += [says(GOOD), says("留样要冷藏多久"), says(GOOD)]
    mine = stream(client, QUESTION)[-1][1]["conversation"]
    body = stream(client, "那要多久？", conversation=mine)[-1][1]
    assert body["understood"] == "留样要冷藏多久"
    assert body["answer"] == GOOD


def test_where_no_model_is_wanted_none_is_asked(client: Client, model: OpenAIServer, settings: Any) -> None:
    settings.ANSWER_BY_MODEL = False
    assert stream(client, QUESTION)[-1][1]["answer"] == f"{RULE}[1]"
    assert model.requests == []
