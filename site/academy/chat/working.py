"""Answers come about in tasks of their own: whoever hangs up meanwhile is answered all the same."""

import asyncio
import logging
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from academy.chat.answering import Tell, answer
from academy.chat.askers import Asker
from academy.chat.questions import Question
from academy.chat.queueing import Busy

logger = logging.getLogger(__name__)

Work = asyncio.Task[dict[str, Any]]

# the questions that are being answered by this process; also what keeps their tasks from being forgotten
_running: dict[UUID, Work] = {}


class Unanswered(Exception):
    """Something broke, or it was stopped; nothing was written down."""


def in_silence(_event: str, _body: dict[str, Any]) -> None:
    """For doors at which only the whole answer counts."""


def begin(question: Question, asker: Asker, tell: Tell = in_silence) -> Work:
    key = question.key or uuid4()
    work = _running[key] = asyncio.create_task(_work(question, asker, tell, _running.get(key)))
    work.add_done_callback(partial(_forget, key))
    return work


async def finish(question: Question, asker: Asker) -> dict[str, Any]:
    """The answer's `summary`. Raises Unanswered, and Busy."""
    work = begin(question, asker)
    try:
        await asyncio.wait([work])
    except asyncio.CancelledError:
        # whoever asked has hung up; the work is done in the request's own thread, which must not end before
        await asyncio.wait([work])
        raise
    if work.cancelled():
        raise Unanswered
    return work.result()


def stop(key: UUID) -> bool:
    """Whether that question was being answered here; it ends with what there is."""
    work = _running.get(key)
    return bool(work and work.cancel())


def went_wrong() -> str:
    return _("Something went wrong here. Your question is kept; ask again in a minute.")


async def _work(question: Question, asker: Asker, tell: Tell, before: Work | None) -> dict[str, Any]:
    try:
        if before:
            await _after(before)
        return await answer(question, asker, tell)
    except Busy:
        raise
    except Exception as error:
        logger.exception("A question was not answered")
        raise Unanswered from error


async def _after(before: Work) -> None:
    """Sent twice: the second waits for what becomes of the first, and is stopped with it."""
    try:
        await asyncio.wait([before])
    except asyncio.CancelledError:
        before.cancel()
        raise


def _forget(key: UUID, work: Work) -> None:
    if _running.get(key) is work:
        del _running[key]
    if not work.cancelled():
        # whoever waited for it has hung up
        work.exception()
