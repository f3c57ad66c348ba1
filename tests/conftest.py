import gc
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.db.backends.sqlite3.base import Database
from django.test import Client
from wagtail.models import Page, Site
from xdist.scheduler import LoadScopeScheduling

from academy.accounts.models import User
from academy.core import knowledge
from academy.library.models import FAQ
from academy.library.tree import ensure_tree
from academy.reports import journeys, kept, snapshots
from academy.reports.register import untrained
from tests.factories import StaffFactory, UserFactory


class Together(LoadScopeScheduling):
    """What shares a running site or server stays in one process, all other tests go where there is room. The groups of xdist 3.8
    have no effect on pytest 9.2, which keeps the name that they are written into elsewhere."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if "/e2e/" in file:
            return "e2e"
        return file if "/services/" in file else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    return Together(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first."""
    for item in items:
        folder = item.path.parent.name
        if folder in ("e2e", "services"):
            item.add_marker("e2e" if folder == "e2e" else "service")
    items.sort(key=lambda item: ("e2e", "services", "tests").index(item.path.parent.name))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Where a browser and servers are installed on purpose, a test that skips for want of them has failed."""
    report = yield
    needs_more = any(item.get_closest_marker(name) for name in ("e2e", "service"))
    if report.skipped and needs_more and os.environ.get("REFUSE_SKIPS"):
        report.outcome, report.longrepr = "failed", f"skipping is refused here: {report.longrepr}"
    return report


@contextmanager
def hurried(config: pytest.Config) -> Iterator[None]:
    """Making the database is half as long when it is not measured and nothing looks for garbage."""
    measuring = config.pluginmanager.getplugin("_cov")
    if measuring:
        measuring.cov_controller.pause()
    gc.disable()
    yield
    gc.enable()
    if measuring:
        measuring.cov_controller.resume()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> None:
    """On SQLite a test that commits is undone by DELETE, which the log would refuse; its own tests put that back."""
    with hurried(request.config):
        request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        if connection.vendor == "sqlite":
            editor.execute("DROP TRIGGER records_statement_no_delete", None)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Each test begins with an empty knowledge base and empty caches."""
    knowledge.close()
    cache.clear()
    yield
    knowledge.close()


@pytest.fixture
def kept_as_in_a_large_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where few work, today's state is read for every page."""
    monkeypatch.setattr(kept, "FEW", 0)
    monkeypatch.setattr(kept, "TIMES", 1_000_000)
    monkeypatch.setattr(snapshots, "_journeys", kept.Kept(journeys.read).current)
    monkeypatch.setattr(snapshots, "current", kept.Kept(snapshots._take).current)
    monkeypatch.setattr(untrained, "_trained", kept.Kept(untrained._read))


@pytest.fixture
def worker(db: Any) -> User:
    return UserFactory()


@pytest.fixture
def worker_client(client: Client, worker: User) -> Client:
    client.force_login(worker, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def staff(db: Any) -> User:
    return StaffFactory()


@pytest.fixture
def staff_client(staff: User) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


Commit = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Commit:
    """`with commit():` ends like a transaction does: what waits for the commit runs."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def retained_samples(db: Any, commit: Commit) -> None:
    """A site that knows one thing: how much is kept of each dish, and how long."""
    ensure_tree()
    with commit():
        FAQ.objects.create(
            question="留样要留多少，留多久",
            answer="<p>每个品种留样125克以上，冷藏存放48小时以上。</p>",
            basis="厨房操作卫生手册",
            state="stricter",
        )


@pytest.fixture
def home(db: Any) -> Page:
    """The page under which a test builds its site."""
    return Site.objects.get(is_default_site=True).root_page


AtOnce = Callable[[Callable[[], Any], int], list[Any]]


@pytest.fixture
def at_once(transactional_db: None, tmp_path: Path) -> Iterator[AtOnce]:
    """`at_once(do, 8)`: eight threads do it together on what the test has stored; their results, errors among them.

    SQLite's database in memory cannot be shared by threads as one in a file can: theirs is a copy.
    """
    known = connection.settings_dict["NAME"]

    def run(do: Callable[[], Any], times: int) -> list[Any]:
        if connection.vendor == "sqlite" and connection.settings_dict["NAME"] == known:
            path = tmp_path / "shared.sqlite3"
            with closing(Database.connect(path)) as file:
                connection.connection.backup(file)
            connection.settings_dict["NAME"] = str(path)
        barrier = Barrier(times)

        def one(_n: int) -> Any:
            barrier.wait()
            try:
                return do()
            except Exception as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    yield run
    connection.settings_dict["NAME"] = known
