"""What is read from the database for one page and serves the next ones too."""

from collections.abc import Callable
from threading import Lock, Thread
from time import monotonic
from typing import Generic, Protocol, TypeVar

from django.db import connections

# with fewer rows it is read anew each time
FEW = 20_000
# of ten, reading takes a tenth of a second in every ten: kept a hundred times as long as reading took
TIMES = 100


class Sized(Protocol):
    def __len__(self) -> int: ...


Value = TypeVar("Value", bound=Sized)


class Kept(Generic[Value]):
    """A small city is read whenever it is asked for, so its numbers are of this moment. A large one is kept, and read anew
    beside the pages, which meanwhile show the one before: only the first waits. Each value says when it was read."""

    def __init__(self, read: Callable[[], Value]) -> None:
        self._read, self._lock = read, Lock()
        self._value: Value | None = None
        self._until = 0.0

    def current(self) -> Value:
        value = self._value
        if value is None:
            with self._lock:
                return self._value or self._fresh()
        if monotonic() >= self._until and self._lock.acquire(blocking=False):
            Thread(target=self._beside, daemon=True).start()
        return value

    def _beside(self) -> None:
        try:
            self._fresh()
        finally:
            self._lock.release()
            connections.close_all()

    def _fresh(self) -> Value:
        began = monotonic()
        value = self._read()
        self._value = value if len(value) >= FEW else None
        self._until = monotonic() + TIMES * (monotonic() - began)
        return value
