"""An answer as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import chain, repeat
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, override

from academy.chat.askers import Asker
from academy.chat.emergency import is_emergency
from academy.chat.questions import Question
from academy.chat.queueing import Busy, busy
from academy.chat.working import Unanswered, Work, begin, went_wrong

# seconds after which a reader hears that his question has arrived, if there is nothing else to tell
SOON = 0.1
# and between signs of life, so that nothing on the way takes the line for dead
ALIVE = 15.0

Event = tuple[str, dict[str, Any]]


def stream(question: Question, asker: Asker) -> AsyncIterator[str]:
    """In the language of whoever calls: when the events come, the request's is over."""
    return _stream(question, asker, get_language() or settings.LANGUAGE_CODE)


async def _stream(question: Question, asker: Asker, language: str) -> AsyncIterator[str]:
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    work = begin(question, asker, lambda *event: events.put_nowait(event))
    work.add_done_callback(lambda _work: events.put_nowait(None))
    try:
        async for event in _told(events, question):
            yield event
    finally:
        # whoever asked may have hung up; the work is done in the request's own thread, and with its connection to the
        # database, which is given back when the request ends
        await asyncio.wait([work])
    if failure := _failure(work, language):
        yield written("error", {"message": failure})


async def _told(events: asyncio.Queue[Event | None], question: Question) -> AsyncIterator[str]:
    for wait in chain([SOON], repeat(ALIVE)):
        try:
            event = await asyncio.wait_for(events.get(), wait)
        except TimeoutError:
            yield written("sources", _heard(question)) if wait == SOON else ": still here\n\n"
            continue
        if event is None:
            return
        yield written(*event)


def written(event: str, body: dict[str, Any]) -> str:
    return f"event: {event}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"


def _failure(work: Work, language: str) -> str:
    """In the reader's language; nothing where it was answered, or stopped."""
    error = None if work.cancelled() else work.exception()
    with override(language):
        return busy() if isinstance(error, Busy) else went_wrong() if isinstance(error, Unanswered) else ""


def _heard(question: Question) -> dict[str, Any]:
    return {"pending": True, "emergency": is_emergency(question.text), "citations": []}
