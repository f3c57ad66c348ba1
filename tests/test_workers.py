"""Tasks over which a worker died are done by the next one; those of the living are left to them."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from academy.core.management.commands.db_worker import go_on
from academy.core.readiness import problems
from academy.core.workers import HOST, at_work, is_anybody_at_work, lock, pick_up

pytestmark = pytest.mark.django_db


def begun_by(*workers: str) -> DBTaskResult:
    return DBTaskResult.objects.create(
        task_path="academy.library.indexing.index_source",
        args_kwargs={"args": [0], "kwargs": {}},
        backend_name="default",
        status=TaskResultStatus.RUNNING,
        run_after=timezone.now(),
        started_at=timezone.now(),
        worker_ids=list(workers),
    )


def test_only_the_tasks_of_the_dead_are_picked_up() -> None:
    with at_work() as dead:
        pass
    with at_work() as alive:
        orphan, theirs = begun_by(f"{dead}/slow"), begun_by(f"{dead}/slow", f"{alive}/slow")
        far, unknown = begun_by("elsewhere:1/slow"), begun_by("x" * 32)
        assert pick_up() == 1
    for task in (orphan, theirs, far, unknown):
        task.refresh_from_db()
    assert orphan.status == TaskResultStatus.READY
    assert {task.status for task in (theirs, far, unknown)} == {TaskResultStatus.RUNNING}
    assert pick_up() == 1


def test_a_lock_is_held_by_one_at_a_time() -> None:
    with lock("test") as first, lock("test") as second:
        assert (first, second) == (True, False)
    with lock("test") as again:
        assert again


def test_a_worker_counts_as_alive_while_it_is() -> None:
    assert not is_anybody_at_work()
    with at_work() as name:
        assert name.startswith(HOST)
        assert is_anybody_at_work()
    assert not is_anybody_at_work()


def test_a_long_queue_before_a_living_worker_is_no_trouble() -> None:
    task = begun_by()
    long_ago = timezone.now() - timedelta(hours=1)
    DBTaskResult.objects.filter(pk=task.pk).update(
        status=TaskResultStatus.READY, enqueued_at=long_ago, run_after=long_ago
    )
    assert "tasks wait and no worker takes them" in problems()
    with at_work():
        assert problems() == []


class Busy:
    """A worker that meets a locked database, or something worse, before it finds no more to do."""

    running = True

    def __init__(self, *met: Exception) -> None:
        self.met, self.runs = list(met), 0

    def run(self) -> None:
        self.runs += 1
        if self.met:
            raise self.met.pop(0)


def test_a_worker_outlives_a_locked_database() -> None:
    worker = Busy(OperationalError("database is locked"), OperationalError("database is locked"))
    go_on(worker)
    assert worker.runs == 3
    with pytest.raises(OperationalError, match="disk"):
        go_on(Busy(OperationalError("disk I/O error")))
