"""On a real PostgreSQL: the ordinary tests of what touches the database, a site from nothing, many at once."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from django.db import connections

from academy.library.text_index import TextIndex, create_tables
from academy.settings.databases import database, sqlite
from kb.text import grams
from kb.types import Passage
from tests.services.postgres import Postgres, free_port, postgres_running

ROOT = Path(__file__).resolve().parents[2]
# what is to behave alike on both databases
TOPICS = [
    "asking",
    "courses",
    "exams",
    "import_people",
    "imports",
    "index_state",
    "me",
    "organisations",
    "merging",
    "racing",
    "racing_lists",
    "records",
    "reports",
    "roles",
    "sign_in",
    "text_index",
    "topics",
    "uploads",
]
FILES = [f"tests/test_{topic}.py" for topic in TOPICS]
FILES += sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").glob("test_machine_*.py"))
# a site as it is served, but for the model and the vectors
SETTINGS = """
from academy.settings.dev import *
KNOWLEDGE_BASE = {**KNOWLEDGE_BASE, "embedder": "hashing", "vector_store": "memory", "reader": "none"}
"""
PATIENCE = 30


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgres_running() as server:
        yield server


def run(*command: str, **env: str) -> str:
    """In a process of its own, which takes its database from the environment."""
    made = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, (made.stdout + made.stderr)[-6000:]
    return made.stdout


def test_the_ordinary_tests_pass(postgres: Postgres) -> None:
    # a folder of its own for what the tests write
    env = {"DATABASE_URL": postgres.url("academy"), "PYTEST_XDIST_WORKER": "postgres"}
    said = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *FILES, **env)
    assert " passed" in said
    assert "skipped" not in said


@pytest.fixture(scope="module")
def site(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a site that was made from nothing."""
    var = tmp_path_factory.mktemp("site")
    (var / "postgres_settings.py").write_text(SETTINGS)
    env = {
        "DATABASE_URL": postgres.create("site"),
        # fewer than come at once, below
        "DATABASE_POOL": "3",
        "DJANGO_SETTINGS_MODULE": "postgres_settings",
        "PYTHONPATH": f"{var}:{os.environ.get('PYTHONPATH', '')}",
        "VAR_DIR": str(var),
    }
    run("manage.py", "migrate", "--verbosity", "0", **env)
    assert "staff@example.org" in run("manage.py", "demo", **env)
    return env


def test_a_site_comes_about_from_nothing_and_lacks_no_migration(site: Mapping[str, str]) -> None:
    assert "No changes" in run("manage.py", "makemigrations", "--check", "--dry-run", **site)


@pytest.fixture
def address(site: Mapping[str, str]) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "academy.asgi:application", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--log-level", "warning", "--no-access-log"], cwd=ROOT, env={**os.environ, **site}
    )
    deadline = time.monotonic() + PATIENCE
    while not _answers(f"http://127.0.0.1:{port}/healthz"):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(PATIENCE)


def _answers(url: str) -> bool:
    try:
        return bool(urlopen(url, timeout=2).status == 200)
    except (URLError, OSError):
        return False


def test_more_come_at_once_than_there_are_connections(address: str) -> None:
    """Nobody is turned away, and afterwards every connection is back."""

    def visit(n: int) -> int:
        body = urlencode({"question": "留样要留多少？"}).encode() if n % 2 else None
        with urlopen(f"{address}/ask/stream" if body else f"{address}/courses/", body, PATIENCE) as response:
            # every second who asks hangs up at once
            assert n % 4 == 1 or response.read()
            return int(response.status)

    for _round in range(2):
        with ThreadPoolExecutor(24) as threads:
            assert set(threads.map(visit, range(48))) == {200}


# The ranking, on both

WORDS = [
    *(
        [
            "四季豆",
            "烧熟煮透",
            "留样",
            "冷藏存放",
            "从业人员",
            "健康证明",
            "消毒",
            "餐具",
            "回收食品",
            "生熟分开",
            "中心温度",
            "食品添加剂",
        ]
    ),
    *(
        [
            "洗手",
            "晨检",
            "四十八小时",
            "125克",
            "专间",
            "冷荤",
            "凉菜",
            "采购查验",
            "进货记录",
            "保质期",
            "交叉污染",
            "亚硝酸盐",
            "发芽土豆",
        ]
    ),
]


@pytest.fixture
def indexes(
    postgres: Postgres, tmp_path: Path, django_db_blocker: Any
) -> Iterator[tuple[TextIndex, TextIndex]]:
    """Of SQLite and of PostgreSQL, with the same passages."""
    databases = {
        "fts5": sqlite(tmp_path / "texts.sqlite3"),
        "postings": database(postgres.create("texts"), 0),
    }
    with django_db_blocker.unblock():
        for alias, chosen in databases.items():
            connections.settings[alias] = connections.configure_settings({"default": {}, alias: chosen})[
                alias
            ]
            create_tables(alias)
            for source, passages in _texts().items():
                TextIndex(alias).replace(source, passages)
        yield TextIndex("fts5"), TextIndex("postings")
        for alias in databases:
            connections[alias].close()
            del connections[alias], connections.settings[alias]


def _texts() -> dict[str, list[Passage]]:
    """Some words in many passages and some in few, in long ones and in short ones."""
    made: dict[str, list[Passage]] = {}
    for n in range(120):
        words = [word for at, word in enumerate(WORDS) if (n * 7 + at * 5) % (at + 3) == 0]
        text = "，".join(words) + "。" + "应当按照规定执行。" * (n % 4)
        made.setdefault(f"page:{n % 8}", []).append(Passage(f"page:{n % 8}", n, "规范", (f"第{n}条",), text))
    return made


def test_both_rank_alike(indexes: tuple[TextIndex, TextIndex]) -> None:
    fts5, postings = indexes
    for question in (*WORDS, "四季豆没烧熟", "留样留多少克，冷藏多久", "“\"' OR *", "没有"):
        asked = grams(question)
        for only in (None, "page:3"):
            ranked = fts5.search(asked, 200, only=only)
            # those that are as good stand in any order
            assert dict(postings.search(asked, 200, only=only)) == pytest.approx(dict(ranked), abs=1e-6), (
                question
            )
        assert postings.frequencies(asked) == fts5.frequencies(asked), question
        assert postings.says(question) == fts5.says(question), question
