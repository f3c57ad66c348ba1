"""Questions wait for their turn: searching keeps a core busy, and more at once would only make each other late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from academy.core.database import let_go

# So many who wait keep their connection to SQLite, for opening one takes 4 ms; of more, it would take too many files.
# PostgreSQL's come from a pool, where somebody else waits for them.
KEPT = {"sqlite": 32}


class Busy(Exception):
    """More are waiting than can be answered before they give up."""


def busy() -> str:
    return _("Too many people are asking at this moment. Ask again in half a minute.")


class Queue:
    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[int]:
        """Inside, it is one's turn; gives how many are still waiting then. Raises Busy."""
        if self._waiting >= settings.ASK_WAITING:
            raise Busy
        if self._places.locked() and self._waiting >= KEPT.get(connection.vendor, 0):
            await rest()
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield self._waiting
        finally:
            self._places.release()


def queue() -> Queue:
    """Of this process."""
    return _queue_of(asyncio.get_running_loop())


@lru_cache(maxsize=2)
def _queue_of(_loop: asyncio.AbstractEventLoop) -> Queue:
    return Queue(settings.ASK_AT_ONCE)


async def rest() -> None:
    """Whoever waits for long keeps no connection to the database."""
    await sync_to_async(let_go)()
