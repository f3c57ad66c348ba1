"""A worker killed without warning while it checks, imports and undoes: the next one goes on, and each row comes once."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import registers

ROOT = Path(__file__).resolve().parents[2]
ROWS, BAD = 6_000, 40
GOOD = sum(row.is_good for row in registers.rows("enterprises", ROWS, BAD))
PATIENCE = 180
SETTINGS = """
from academy.settings.test import *
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "slow", "imports"]}}
"""
BRING = f"""
from benchmarks import registers
from academy.accounts.models import User
from academy.organisations.imports import beginning
registers.places()
user = User.objects.create_superuser("officer@example.com")
rows = list(registers.rows("enterprises", {ROWS}, {BAD}))
beginning.bring("enterprises", "a.xlsx", registers.file("enterprises", "xlsx", rows), user)
"""
MOVE = """
from academy.organisations.imports import beginning
from academy.organisations.models import RegisterImport
assert beginning.move(RegisterImport.objects.get(), {before!r}, {after!r}, only_good=True)
"""


class Site:
    def __init__(self, folder: Path) -> None:
        self.database = folder / "site.sqlite3"
        (folder / "killed_import_settings.py").write_text(SETTINGS, encoding="utf8")
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "killed_import_settings",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT / "site"), str(ROOT)]),
            "PYTEST_XDIST_WORKER": "killed-import",
        }
        self.worker: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, check=True)

    def move(self, before: str, after: str) -> None:
        self.manage("shell", "--verbosity", "0", "--command", MOVE.format(before=(before,), after=after))

    def work(self) -> None:
        command = [sys.executable, "manage.py", "db_worker", "--interval", "0.2"]
        self.worker = subprocess.Popen(command, cwd=ROOT, env=self.env)

    def kill(self) -> None:
        assert self.worker
        self.worker.kill()
        self.worker.wait()

    def ask(self, question: str) -> int:
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return int(connection.execute(question).fetchone()[0])

    def wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def is_in(self, state: str) -> bool:
        return bool(self.ask(f"SELECT count(*) FROM organisations_registerimport WHERE state = '{state}'"))

    @property
    def enterprises(self) -> int:
        return self.ask("SELECT count(*) FROM organisations_enterprise")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    running = Site(tmp_path)
    running.manage("migrate", "--verbosity", "0")
    yield running
    running.kill()


def test_killed_three_times_it_does_everything_once(site: Site) -> None:
    site.manage("shell", "--verbosity", "0", "--command", BRING)
    site.work()
    site.wait(lambda: site.ask("SELECT count(*) FROM organisations_importrow") > 0)
    site.kill()
    assert site.enterprises == 0
    site.work()
    site.wait(lambda: site.is_in("checked"))
    assert site.ask("SELECT count(*) FROM organisations_importrow") == ROWS

    site.move("checked", "applying")
    site.wait(lambda: site.enterprises > 0)
    site.kill()
    assert site.enterprises == site.ask("SELECT count(*) FROM organisations_importchange")
    site.work()
    site.wait(lambda: site.is_in("applied"))
    assert site.enterprises == GOOD
    assert site.ask("SELECT count(DISTINCT credit_code) FROM organisations_enterprise") == GOOD

    site.move("applied", "looking")
    site.wait(lambda: site.is_in("looked"))
    site.move("looked", "undoing")
    site.wait(lambda: site.enterprises < GOOD)
    site.kill()
    site.work()
    site.wait(lambda: site.is_in("undone"))
    assert site.enterprises == 0
