"""When a whole city begins an exam at once, those who begin wait their turn, so that those who answer do not."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

# every page of an exam but the one small request that saves an answer
PAGES = re.compile(r"^/(?:(?:courses|assignments)/\d+/exam|spot-exams/\d+)/(?!\d+/answers/)")
# no form of these pages comes near it
MOST_SENT = 256 * 1024


class ExamGate:
    """A saved answer is one hundredth of a page's work. Without this it would stand in line with thousands of pages.

    A turn lasts as long as the page is made. Whoever sends or reads slowly does so outside, else a handful of them
    would keep everybody from the exam.
    """

    def __init__(self, app: App, at_once: int) -> None:
        self.app = app
        self.turns = asyncio.Semaphore(at_once)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not PAGES.match(scope["path"]):
            return await self.app(scope, receive, send)
        sent = await _all_sent(receive)
        if sent is None:
            return await _refuse(send)
        page: list[Message] = []

        async def keep(message: Message) -> None:
            page.append(message)

        async with self.turns:
            await self.app(scope, _again(sent, receive), keep)
        for message in page:
            await send(message)
        return None


async def _all_sent(receive: Receive) -> Message | None:
    """The whole body, or that whoever sends it has hung up; None where it is more than any form has."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return message
        body += message.get("body", b"")
        if len(body) > MOST_SENT:
            return None
        if not message.get("more_body"):
            return {"type": "http.request", "body": bytes(body)}


def _again(sent: Message, receive: Receive) -> Receive:
    """What was received once more, then what comes after it."""
    waiting = [sent]

    async def given() -> Message:
        return waiting.pop() if waiting else await receive()

    return given


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body"})
