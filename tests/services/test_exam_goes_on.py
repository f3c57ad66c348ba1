"""Web, worker and database killed in the middle of an exam: the sitter goes on where they were."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.services.postgres import SAFE, Postgres, free_port, postgres_running

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
SETTINGS = """
from academy.settings.dev import *
KNOWLEDGE_BASE = {**KNOWLEDGE_BASE, "embedder": "hashing", "vector_store": "memory", "reader": "none"}
"""
PREPARE = """
from uuid import uuid4
from tests.factories import PaperFactory, QuestionFactory, UserFactory, make_course
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from wagtail.models import Site
paper = PaperFactory(pass_mark=50, questions=[QuestionFactory() for _ in range(3)])
home = Site.objects.get(is_default_site=True).root_page
course = make_course(home, lessons=0, paper=paper, validity_months=12)
user, session = UserFactory(phone=f"137{uuid4().int % 10**8:08d}"), SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print(course.pk, session.session_key)
"""
READ = """
import json
from academy.exams.models import Attempt
from academy.records.models import Certificate, Completion
attempt = Attempt.objects.last()
mine = {"user": attempt.user}
print(json.dumps({
    "answers": attempt.answers, "saved": attempt.saved.count(), "reason": attempt.reason,
    "completions": Completion.objects.filter(**mine).count(), "certificates": Certificate.objects.filter(**mine).count(),
    "right": {q["key"]: [o["key"] for o in q["options"] if o["correct"]] for q in attempt.questions},
}))
"""
OVERDUE = """
from datetime import timedelta
from django.utils import timezone
from academy.exams.models import Attempt
Attempt.objects.filter(submitted_at=None).update(deadline=timezone.now() - timedelta(minutes=1))
"""


@dataclass
class Site:
    env: dict[str, str]
    port: int = field(default_factory=free_port)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.env, check=True, capture_output=True, text=True
        )
        return done.stdout

    def shell(self, script: str) -> str:
        return self.run("manage.py", "shell", "--verbosity", "0", "--command", script)

    def serve(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "academy.asgi:application", "--port", str(self.port)]
        self.web = subprocess.Popen(
            [*command, "--log-level", "error", "--no-access-log"], cwd=ROOT, env=self.env
        )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.web.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        self.web.send_signal(signal.SIGKILL)
        self.web.wait(PATIENCE)


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres_running(SAFE) as server:
        yield server


@pytest.fixture(scope="module")
def site(database: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    tmp_path = tmp_path_factory.mktemp("killed")
    (tmp_path / "killed_settings.py").write_text(SETTINGS)
    path = os.pathsep.join(filter(None, (str(tmp_path), str(ROOT), os.environ.get("PYTHONPATH", ""))))
    made = Site(
        {
            **os.environ,
            "DATABASE_URL": database.create("killed"),
            "DJANGO_SETTINGS_MODULE": "killed_settings",
            "PYTHONPATH": path,
            "VAR_DIR": str(tmp_path),
        }
    )
    made.run("manage.py", "migrate", "--verbosity", "0")
    made.serve()
    yield made
    made.kill()


@dataclass
class Sitter:
    """A phone: it sends what was not acknowledged until it is, as the page's outbox does."""

    site: Site
    course: str
    session: str
    attempt: str = ""

    def __post_init__(self) -> None:
        token = "x" * 32
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.site.port}",
            cookies={"sessionid": self.session, "csrftoken": token},
            headers={"X-CSRFToken": token},
            timeout=30,
        )

    @property
    def url(self) -> str:
        return f"/courses/{self.course}/exam/{self.attempt}/"

    def start(self) -> list[str]:
        begun = self.http.post(f"/courses/{self.course}/exam/start/", data={"nth": "1"})
        found = re.search(r"/exam/(\d+)/", begun.headers["location"])
        assert found
        self.attempt = found[1]
        return sorted(set(re.findall(r'data-key="(\d+)"', self.page())))

    def page(self) -> str:
        return self.http.get(self.url).text

    def send(self, letter: dict[str, object]) -> int:
        try:
            sent = self.http.post(f"{self.url}answers/", content=json.dumps(letter))
        except httpx.HTTPError:
            return 0
        return sent.status_code

    def until_taken(self, letter: dict[str, object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.send(letter) != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def letter(question: str, sequence: int, chosen: str) -> dict[str, object]:
    return {"question": question, "chosen": [chosen], "key": str(uuid4()), "sequence": sequence}


@pytest.fixture
def sitter(site: Site) -> Sitter:
    course, session = site.shell(PREPARE).split()[-2:]
    return Sitter(site, course, session)


def test_the_sitter_goes_on_where_they_were(site: Site, database: Postgres, sitter: Sitter) -> None:
    first, second, third = sitter.start()
    right = json.loads(site.shell(READ))["right"]
    sitter.until_taken(letter(first, 1, right[first][0]))

    site.kill()
    lost = letter(second, 2, right[second][0])
    assert sitter.send(lost) == 0
    site.serve()
    assert f'value="{right[first][0]}" checked' in sitter.page()
    sitter.until_taken(lost)

    database.end(signal.SIGKILL)
    late = letter(third, 3, right[third][0])
    assert sitter.send(late) >= 500
    database.start()
    sitter.until_taken(late)
    sitter.until_taken(lost)
    assert sitter.page().count(" checked") >= 1

    sitter.http.post(f"{sitter.url}hand-in/")
    after = json.loads(site.shell(READ))
    assert after["answers"] == right
    assert (after["saved"], after["completions"], after["certificates"]) == (3, 1, 1)


def test_whoever_does_not_come_back_is_closed_by_the_next_clock(site: Site, sitter: Sitter) -> None:
    question = sitter.start()[0]
    sitter.until_taken(letter(question, 1, "a"))
    site.shell(OVERDUE)
    # killed as soon as it begins; whatever it got to, the next one brings to its end
    clock = subprocess.Popen([sys.executable, "manage.py", "clock"], cwd=ROOT, env=site.env)
    time.sleep(2)
    clock.send_signal(signal.SIGKILL)
    clock.wait(PATIENCE)
    site.run("manage.py", "clock", "--once")
    after = json.loads(site.shell(READ))
    assert (after["reason"], after["answers"]) == ("expired", {question: ["a"]})
