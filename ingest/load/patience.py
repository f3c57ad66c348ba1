"""How long the process that reads one file may go on. The system ends it, even inside a library that hangs."""

import os
import resource
import signal
from dataclasses import dataclass

_given = 0
_parent = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """Bytes of memory, seconds for one page, seconds of a processor for the whole file."""

    memory: int
    page: int
    file: int


def begin(budget: Budget) -> None:
    """Bounds this process for good. It writes no file from now on, and dies of what exceeds its budget."""
    resource.setrlimit(resource.RLIMIT_DATA, (budget.memory, budget.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (budget.file, budget.file + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    global _given, _parent
    _given, _parent = budget.page, os.getppid()
    renew()


def renew() -> None:
    """Another page's time, if this process is bounded at all; its end, if nobody waits for it any more."""
    if not _given:
        return
    if os.getppid() != _parent:
        os._exit(1)
    signal.alarm(_given)
