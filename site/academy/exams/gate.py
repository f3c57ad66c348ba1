"""When a whole city begins an exam at once, those who begin wait their turn, so that those who answer do not."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

App = Callable[..., Awaitable[None]]

# every page of an exam but the one small request that saves an answer
PAGES = re.compile(r"^/(?:(?:courses|assignments)/\d+/exam|spot-exams/\d+)/(?!\d+/answers/)")


class ExamGate:
    """A saved answer is one hundredth of a page's work. Without this it would stand in line with thousands of pages."""

    def __init__(self, app: App, at_once: int) -> None:
        self.app = app
        self.turns = asyncio.Semaphore(at_once)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not PAGES.match(scope["path"]):
            return await self.app(scope, receive, send)
        async with self.turns:
            return await self.app(scope, receive, send)
