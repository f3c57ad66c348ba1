"""An answer as server-sent events. The work goes on when nobody listens any more, so that the conversation has it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from functools import partial
from itertools import chain, repeat
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from academy.chat.answering import answer
from academy.chat.askers import Asker
from academy.chat.emergency import is_emergency
from academy.chat.questions import Question

logger = logging.getLogger(__name__)

# seconds after which a reader hears that his question has arrived, if there is nothing else to tell
SOON = 0.1
# and between signs of life, so that nothing on the way takes the line for dead
ALIVE = 15.0

Event = tuple[str, dict[str, Any]]

# the questions that are being answered by this process; also what keeps their tasks from being forgotten
_running: dict[UUID, "asyncio.Task[None]"] = {}


def stream(question: Question, asker: Asker) -> AsyncIterator[str]:
    """In the language of whoever calls: when the events come, the request's is over."""
    return _stream(question, asker, get_language() or settings.LANGUAGE_CODE)


async def _stream(question: Question, asker: Asker, language: str) -> AsyncIterator[str]:
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    key = question.key or uuid4()
    before = _running.get(key)
    task = _running[key] = asyncio.create_task(_work(question, asker, events, before, language))
    task.add_done_callback(partial(_forget, key))
    for wait in chain([SOON], repeat(ALIVE)):
        try:
            event = await asyncio.wait_for(events.get(), wait)
        except TimeoutError:
            yield written("sources", _heard(question)) if wait == SOON else ": still here\n\n"
            continue
        if event is None:
            return
        yield written(*event)


def stop(key: UUID) -> bool:
    """Whether that question was being answered here; it ends with what there is."""
    task = _running.get(key)
    return bool(task and task.cancel())


def written(event: str, body: dict[str, Any]) -> str:
    return f"event: {event}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n"


async def _work(
    question: Question,
    asker: Asker,
    events: "asyncio.Queue[Event | None]",
    before: "asyncio.Task[None] | None",
    language: str,
) -> None:
    try:
        if before:
            # sent twice: the second waits for what becomes of the first
            await asyncio.wait([before])
        await answer(question, asker, lambda *event: events.put_nowait(event))
    except Exception:
        logger.exception("A question was not answered")
        with override(language):
            message = _("Something went wrong here. Your question is kept; ask again in a minute.")
        events.put_nowait(("error", {"message": message}))
    finally:
        events.put_nowait(None)


def _forget(key: UUID, task: "asyncio.Task[None]") -> None:
    if _running.get(key) is task:
        del _running[key]


def _heard(question: Question) -> dict[str, Any]:
    return {"pending": True, "emergency": is_emergency(question.text), "citations": []}
