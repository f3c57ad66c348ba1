"""Real processes killed without warning while many files come in: afterwards each is in the index, once."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = 12
PATIENCE = 90
SETTINGS = """
from academy.settings.dev import *
KNOWLEDGE_BASE = {**KNOWLEDGE_BASE, "embedder": "hashing"}
"""
UPLOAD = """
from pathlib import Path
from wagtail.models import Collection
from academy.library.uploading import Shelf
shelf = Shelf(None, Collection.get_first_root_node())
for path in sorted(Path({folder!r}).iterdir()):
    for received in shelf.receive(path.name, path.read_bytes()):
        pass
"""
COUNT = """
import json
from collections import Counter
from academy.core.knowledge import knowledge_base
from academy.library.models import IngestedFile, Passage, RegulationPage, Source
from wagtail.documents.models import Document
live = Source.objects.filter(state="indexed", live=True)
kb = knowledge_base()
print(json.dumps({
    "states": Counter(Source.objects.exclude(state="withdrawn").values_list("state", flat=True)),
    "live": sorted(live.values_list("title", flat=True)),
    "passages": sum(live.values_list("passages", flat=True)),
    "texts": Passage.objects.count(),
    "vectors": kb.vectors.count(),
    "sources": len(kb.vectors.sources()),
    "uploads": Document.objects.count(),
    "files": IngestedFile.objects.count(),
    "pages": RegulationPage.objects.count(),
}))
"""


@dataclass
class Site:
    """A site of its own, whose processes are started and killed by their number."""

    var: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "killed_settings",
            "PYTHONPATH": str(self.var),
            "VAR_DIR": str(self.var),
            "DATABASE_URL": "",
        }

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        with (self.var / "out.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def run(self, *command: str) -> str:
        made = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr
        return made.stdout

    def state(self) -> dict[str, Any]:
        """Empty where it cannot be asked now."""
        found: dict[str, Any] = json.loads(
            self.run("shell", "--verbosity", "0", "-c", COUNT).splitlines()[-1]
        )
        return found

    def ask(self, sql: str) -> int:
        with sqlite3.connect(f"file:{self.var}/academy.sqlite3?mode=ro", uri=True, timeout=20) as database:
            return int(database.execute(sql).fetchone()[0])

    def indexed(self) -> int:
        return self.ask("SELECT count(*) FROM library_source WHERE state = 'indexed'")

    def stored(self) -> int:
        return self.ask("SELECT count(*) FROM library_ingestedfile")

    def wait(self, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < deadline, (self.var / "out.log").read_text()[-3000:]
            time.sleep(0.02)


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a site on which nothing has happened."""
    if not Path(sys.executable).with_name("chroma").exists():
        pytest.skip("the chroma program is not installed")
    var = tmp_path_factory.mktemp("empty")
    (var / "killed_settings.py").write_text(SETTINGS)
    Site(var).run("migrate", "--verbosity", "0")
    return var


@pytest.fixture
def site(empty: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(empty, tmp_path, dirs_exist_ok=True)
    made = Site(tmp_path)
    yield made
    for process in reversed(made.processes):
        if process.poll() is None:
            process.terminate()
            process.wait(20)


@pytest.fixture
def laws(tmp_path: Path) -> Path:
    folder = tmp_path / "laws"
    folder.mkdir()
    for n in range(FILES):
        articles = "\n\n".join(
            f"第{a}条 第{n}号示例规定的第{a}项要求，留样{n * 100 + a}克以上。" for a in range(1, 60)
        )
        (folder / f"示例规定{n:02}.md").write_text(f"# 示例规定{n}\n\n{articles}\n", encoding="utf8")
    return folder


def assert_all_is_there_once(state: dict[str, Any]) -> None:
    assert state["states"] == {"indexed": FILES}
    assert len(set(state["live"])) == FILES
    assert state["passages"] == state["texts"] == state["vectors"] > FILES
    assert state["sources"] == state["uploads"] == state["files"] == FILES


def chroma_server(supervisor: "subprocess.Popen[bytes]") -> int:
    children = Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()
    return int(children[0])


def test_uploads_survive_the_death_of_web_worker_and_vectors(site: Site, laws: Path) -> None:
    chroma = site.start("chroma")
    upload = ("shell", "--verbosity", "0", "-c", UPLOAD.format(folder=str(laws)))
    web = site.start(*upload)
    site.wait(lambda: site.stored() >= 4)
    kill(web)
    site.run(*upload)
    worker = site.start("db_worker", "--interval", "0.1", "--no-startup-delay", "--verbosity", "0")
    site.wait(lambda: site.indexed() >= 2)
    kill(worker)
    worker = site.start("db_worker", "--interval", "0.1", "--no-startup-delay", "--verbosity", "0")
    site.wait(lambda: site.indexed() >= 5)
    os.kill(chroma_server(chroma), signal.SIGKILL)
    site.wait(lambda: site.indexed() == FILES)
    assert_all_is_there_once(site.state())
    worker.terminate()
    assert worker.wait(20) == 0


def test_the_ingest_command_killed_and_run_again_ends_with_everything_once(site: Site, laws: Path) -> None:
    site.start("chroma")
    site.wait(lambda: (site.var / "chroma" / "endpoint.json").exists())
    for reached in (2, 6):
        command = site.start("ingest", str(laws))
        site.wait(lambda n=reached: site.indexed() >= n)  # type: ignore[misc]
        kill(command)
    assert "0 failed" in site.run("ingest", str(laws))
    state = site.state()
    assert_all_is_there_once(state)
    assert state["pages"] == FILES
    assert f"{FILES} unchanged" in site.run("ingest", str(laws))
