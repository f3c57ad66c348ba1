"""The log on its way out: as a file that grows line by line, or into a learning record store, batch by batch."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from academy.core.walking import walk
from academy.records.models import Statement, StatementQuerySet
from academy.records.xapi import VERSION, xapi

AT_ONCE = 1000
PATIENCE = 60
CONFLICT = 409


class NotTaken(Exception):
    """The store did not take what it was sent."""


def stored(rows: StatementQuerySet) -> Iterator[Statement]:
    """In the order in which they came in, a thousand in memory at a time."""
    return walk(rows.as_stored(), AT_ONCE)


def lines(rows: StatementQuerySet) -> Iterator[bytes]:
    """JSON lines: one xAPI statement each."""
    return (f"{json.dumps(xapi(row), ensure_ascii=False)}\n".encode() for row in stored(rows))


def batches(rows: StatementQuerySet, size: int) -> Iterator[list[Statement]]:
    waiting = stored(rows)
    while batch := list(islice(waiting, size)):
        yield batch


@dataclass(frozen=True)
class Store:
    """A learning record store. What it has already, it knows by the statement's id: sending again adds nothing."""

    url: str
    auth: str = ""
    version: str = VERSION

    def take(self, rows: Iterable[Statement]) -> None:
        """All together; when some of them clash with what the store has, each by itself, and those are let be."""
        statements = [xapi(row) for row in rows]
        if not self._takes(statements):
            for statement in statements:
                self._takes([statement])

    def _takes(self, statements: list[dict[str, Any]]) -> bool:
        try:
            with urlopen(self._request(statements), timeout=PATIENCE):
                return True
        except HTTPError as error:
            if error.code != CONFLICT:
                raise NotTaken(f"{error.code} {error.read(500).decode(errors='replace')}") from error
            return False
        except (URLError, OSError) as error:
            raise NotTaken(str(error)) from error

    def _request(self, statements: list[dict[str, Any]]) -> Request:
        headers = {"Content-Type": "application/json", "X-Experience-API-Version": self.version}
        if self.auth:
            headers["Authorization"] = f"Basic {base64.b64encode(self.auth.encode()).decode()}"
        return Request(f"{self.url.rstrip('/')}/statements", json.dumps(statements).encode(), headers)
