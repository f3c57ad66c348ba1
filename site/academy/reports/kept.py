"""What is read from the database for one page and serves the next ones too."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Generic, Protocol, TypeVar

# with fewer rows it is read anew each time
FEW = 20_000
# of ten, reading takes a tenth of a second in every ten: kept a hundred times as long as reading took
TIMES = 100


class Sized(Protocol):
    def __len__(self) -> int: ...


Value = TypeVar("Value", bound=Sized)


class Kept(Generic[Value]):
    """A small city is read whenever it is asked for, so its numbers are of this moment. A large one is kept, and whoever
    asks while it is read anew has the one before: nobody waits for another's page. Each value says when it was read."""

    def __init__(self, read: Callable[[], Value]) -> None:
        self._read, self._lock = read, Lock()
        self._value: Value | None = None
        self._until = 0.0

    def current(self) -> Value:
        value = self._value
        if value is not None and monotonic() < self._until:
            return value
        if not self._lock.acquire(blocking=value is None):
            assert value is not None
            return value
        try:
            return self._fresh()
        finally:
            self._lock.release()

    def _fresh(self) -> Value:
        if self._value is not None and monotonic() < self._until:
            return self._value
        began = monotonic()
        value = self._read()
        if len(value) < FEW:
            self._value = None
        else:
            self._value, self._until = value, monotonic() + TIMES * (monotonic() - began)
        return value
