import signal
import threading
from argparse import ArgumentParser
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any, Protocol

from django.conf import settings
from django.db import OperationalError
from django_tasks_db.management.commands import db_worker
from django_tasks_db.utils import is_locked_database_exception

from academy.core.knowledge import warm_up_indexing
from academy.core.workers import at_work, minute, pick_up


class Worker(Protocol):
    running: bool

    def run(self) -> None: ...


def go_on(worker: Worker) -> None:
    """It looks for tasks again where SQLite was locked for longer than it waits: its own loop ends then, and a worker that
    ends takes the site with it."""
    while worker.running:
        try:
            worker.run()
            return
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise


class Command(db_worker.Command):
    """Takes the place of the command of the same name.

    A thread for each queue, so that a pile of files holds up nothing else, and one embedding model for all.
    """

    help = "Do the tasks of every queue, first of all those over which another worker died."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(queue_name=",".join(settings.TASKS["default"]["QUEUES"]), reload=False)

    def handle(self, *, queue_name: str, verbosity: int, exclude_queues: str, **options: Any) -> None:
        self.configure_logging(verbosity)
        queues = [name for name in queue_name.split(",") if name not in exclude_queues.split(",")]
        asked = {name: options[name] for name in ("interval", "batch", "backend_name", "startup_delay")}
        threading.Thread(target=warm_up_indexing, name="warm-up", daemon=True).start()
        with at_work() as name:
            pick_up()
            minute.send(type(self))
            self._serve(
                [
                    db_worker.Worker(
                        **asked,
                        queue_names=[queue],
                        excluded_queue_names=[],
                        max_tasks=options["max_tasks"],
                        worker_id=f"{name}/{queue}",
                    )
                    for queue in queues
                ]
            )

    def _serve(self, workers: list[db_worker.Worker]) -> None:
        """Until told to stop, and then until what was begun is done; told twice, at once."""

        def stop(number: int = 0, *_frame: Any) -> None:
            for worker in workers:
                worker.running = False
            if number:
                signal.signal(number, signal.SIG_DFL)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        with ThreadPoolExecutor(len(workers)) as threads:
            runs = [threads.submit(go_on, worker) for worker in workers]
            wait(runs, return_when=FIRST_EXCEPTION)
            stop()
        for run in runs:
            run.result()
