"""Who does the tasks: which worker lives, and what becomes of the tasks of one that died.

A worker holds a lock on a file for as long as it lives; the system lets go of it however the process ends.
Workers of other machines are left alone.
"""

import fcntl
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.dispatch import Signal
from django.utils.crypto import get_random_string
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

# Sent when a worker starts and once a minute: whoever waits for something looks whether it is due.
minute = Signal()

# seconds after which a lock's file is no longer just being made
SETTLED = 60
HOST = socket.gethostname().split(".")[0][:24]


@contextmanager
def lock(name: str, wait: bool = False) -> Iterator[bool]:
    """Whether nobody on this machine holds it; held until the end of the block, or of the process."""
    path = _folder() / name
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def at_work() -> Iterator[str]:
    """A name for this worker, which counts as alive inside the block."""
    name = f"{HOST}:{get_random_string(12)}"
    with lock(name, wait=True):
        yield name
    (_folder() / name).unlink(missing_ok=True)


def is_anybody_at_work() -> bool:
    return any(not _is_free(path.name) for path in _folder().glob(f"{HOST}:*"))


def pick_up() -> int:
    """Tasks over which a worker of this machine died are ready for the next; tells how many."""
    dead = [task.pk for task in DBTaskResult.objects.running() if _is_orphan(task)]
    for path in _folder().glob(f"{HOST}:*"):
        # one that is being made now is not held yet
        if path.stat().st_mtime < time.time() - SETTLED and _is_free(path.name):
            path.unlink(missing_ok=True)
    abandoned = DBTaskResult.objects.running().filter(pk__in=dead)
    return int(abandoned.update(status=TaskResultStatus.READY, started_at=None))


def taken(task: Task[Any, Any]) -> set[Any]:
    """The first argument of each call of this task that waits or is being done."""
    calls = DBTaskResult.objects.filter(
        task_path=task.module_path, status__in=(TaskResultStatus.READY, TaskResultStatus.RUNNING)
    )
    return {given["args"][0] for given in calls.values_list("args_kwargs", flat=True)}


def _is_orphan(task: Any) -> bool:
    name = (task.worker_ids or [""])[-1].rpartition("/")[0]
    return name.startswith(f"{HOST}:") and (not (_folder() / name).exists() or _is_free(name))


def _is_free(name: str) -> bool:
    with lock(name) as is_mine:
        return is_mine


def _folder() -> Path:
    folder = Path(settings.VAR_DIR) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
