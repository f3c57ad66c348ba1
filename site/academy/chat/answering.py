"""From a question to its answer: told while it comes about, written down when it is whole."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from academy.chat.askers import Asker
from academy.chat.finding import Found, find
from academy.chat.models import Conversation, Message
from academy.chat.presenting import summary
from academy.chat.questions import Question
from academy.chat.queueing import queue, rest
from academy.chat.recording import draft, fill, record, sent_before
from academy.core.knowledge import chat_model, knowledge_base
from academy.library.audiences import EVERYBODY
from kb.followup import adds, follow, otherwise
from kb.generate import Limits, Unsupported, generate, numbered, rewrite, written
from kb.ports import ChatModel, ChatUnavailable
from kb.prompts import prompt
from kb.types import Statement

logger = logging.getLogger(__name__)

# how many questions back a follow-up may look
EARLIER = 3
LIMITS = Limits()

# the name of an event and its body
Tell = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Turn:
    """A question in its conversation; `understood` is what it asks by itself, `otherwise` what it may ask if that finds
    nothing. Nothing is written down before there is an answer."""

    question: Question
    asker: Asker
    message: Message
    earlier: Sequence[str]
    understood: str
    otherwise: str
    tell: Tell
    begun: float


async def answer(question: Question, asker: Asker, tell: Tell) -> dict[str, Any]:
    """The answer's `summary`. Events: `sources` begins an answer, and may begin it anew; `token` is a sentence of it;
    `done`, with the whole."""
    turn = await sync_to_async(_open)(question, asker, tell)
    if isinstance(turn, Turn):
        body = await _answer(turn)
    else:
        body = turn
        _tell_sources(body, tell)
    tell("done", body)
    return body


def _open(question: Question, asker: Asker, tell: Tell) -> Turn | dict[str, Any]:
    """Or, where it has been answered already, the answer."""
    begun = time.monotonic()
    if known := sent_before(question, asker):
        return summary(known, asker.reader)
    conversation = Conversation.objects.open_to(asker, question.conversation)
    asked = Message.objects.filter(conversation=conversation.pk).order_by("-asked_at")[:EARLIER]
    earlier = [message.understood or message.question for message in asked][::-1]
    message = draft(question, conversation)
    return Turn(question, asker, message, earlier, *_readings(question.text, earlier), tell, begun)


def _readings(question: str, earlier: Sequence[str]) -> tuple[str, str]:
    """What speaks of something that no text knows is not answered from what was asked before."""
    if not earlier or not knowledge_base().knows(adds(question)):
        return question, ""
    return follow(question, earlier), otherwise(question, earlier)


async def _answer(turn: Turn) -> dict[str, Any]:
    model = chat_model() if settings.ANSWER_BY_MODEL else None
    if model and turn.earlier:
        turn = replace(turn, understood=await _rewritten(turn, model))
    found, body = await _found(turn)
    _tell_sources(body, turn.tell)
    by_model = await _written(turn, found, model) if model and found.answer.found else None
    if by_model:
        found, body = by_model, await sync_to_async(_filled)(turn, by_model)
    else:
        if model:
            # whatever it had begun to say is taken back
            _tell_sources(body, turn.tell)
        _tell(turn, found.answer.statements)
    kept = await sync_to_async(record)(turn.message, found, turn.asker, turn.question.door, turn.begun)
    if kept.pk != turn.message.pk:
        # sent twice, and another process was faster
        return await sync_to_async(summary)(kept, turn.asker.reader)
    # another one, where it was deleted meanwhile
    return {**body, "conversation": str(kept.conversation_id)}


async def _rewritten(turn: Turn, model: ChatModel) -> str:
    try:
        said = await rewrite(turn.question.text, turn.earlier, model, LIMITS)
        return turn.understood if said == turn.question.text else said
    except ChatUnavailable as error:
        logger.warning("A follow-up is understood by rules: %s", error)
        return turn.understood


async def _found(turn: Turn) -> tuple[Found, dict[str, Any]]:
    async with queue().turn() as waiting:
        in_full = waiting <= settings.READ_WHILE_WAITING
        search = asyncio.ensure_future(sync_to_async(_search)(turn, in_full))
        try:
            return await asyncio.shield(search)
        except asyncio.CancelledError:
            # a thread cannot be stopped, and keeps its place until it is done
            await asyncio.wait([search])
            search.exception()
            raise


def _search(turn: Turn, in_full: bool) -> tuple[Found, dict[str, Any]]:
    found = _find(turn, turn.understood, in_full)
    if turn.otherwise and not found.is_answered:
        again = _find(turn, turn.otherwise, in_full)
        found = again if again.is_answered else found
    return found, _filled(turn, found)


def _find(turn: Turn, reading: str, in_full: bool) -> Found:
    """Where it was put together with the question before, what is new in it weighs more."""
    asked = turn.question
    stressed = adds(asked.text) if reading != asked.text else ""
    return find(reading, turn.asker.reader, asked.about, in_full, stressed)


def _filled(turn: Turn, found: Found) -> dict[str, Any]:
    fill(turn.message, found)
    return summary(turn.message, turn.asker.reader, found.sources)


async def _written(turn: Turn, found: Found, model: ChatModel) -> Found | None:
    """The answer in a model's words; nothing, unless every sentence is borne out."""
    if not await sync_to_async(_is_public)(found):
        return None
    await rest()
    said: list[Statement] = []
    try:
        async with aclosing(generate(found.answer, model, LIMITS)) as statements:
            async for statement in statements:
                said.append(statement)
                _tell(turn, numbered(said)[-1:])
    except (ChatUnavailable, Unsupported, asyncio.CancelledError) as reason:
        logger.warning("Answered in the sources' own words: %s", reason or type(reason).__name__)
        return None
    by = prompt("answer")
    writer = f"{settings.CHAT_MODEL} · {by.name} v{by.version}"
    return replace(found, answer=written(found.answer, said), writer=writer)


def _is_public(found: Found) -> bool:
    """Nothing else is shown to a model that may be another's."""
    keys = {passage.source for passage in found.answer.read}
    return EVERYBODY.live_keys(keys) == keys


def _tell_sources(body: dict[str, Any], tell: Tell) -> None:
    tell("sources", {name: body[name] for name in body if name != "answer"})


def _tell(turn: Turn, statements: Sequence[Statement]) -> None:
    for statement in statements:
        turn.tell("token", {"text": statement.text, "citations": list(statement.citations)})
