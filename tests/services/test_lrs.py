"""Against a real learning record store, Ralph (MIT), in an environment of its own: it needs other versions than ours.

Ralph speaks xAPI 1.0.3, and takes no notice of the version that a statement or its sender names. So it stores what we
send as it is, its own strict models judge it as 1.0.3, and `tests/xapi_rules.py` judges it as 2.0.
"""

import json
import os
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest
from django.core.management import CommandError, call_command

from academy.records.exporting import NotTaken, Store, lines
from academy.records.log import record
from academy.records.models import Statement, Verb
from academy.records.xapi import xapi
from tests.factories import UserFactory
from tests.xapi_rules import broken

ROOT = Path(__file__).resolve().parents[2]
PINS = Path(__file__).with_name("lrs-requirements.txt")
HOME = ROOT / "var" / f"lrs-{sha256(PINS.read_bytes()).hexdigest()[:12]}"
PYTHON = HOME / "bin" / "python"
AUTH = "school:secret"
CREDENTIALS = """
import bcrypt, json, sys
hash = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
scopes = ["statements/write", "statements/read"]
json.dump([{"username": "school", "hash": hash, "scopes": scopes, "agent": {"mbox": "mailto:lrs@example.com"}}], sys.stdout)
"""
# Ralph keeps statements in a file here, and left to itself makes that file once: it would take a single batch.
SERVE = """
import sys, uvicorn
from ralph.backends.data.base import BaseOperationType
from ralph.backends.lrs.fs import FSLRSBackend
FSLRSBackend.default_operation_type = BaseOperationType.APPEND
uvicorn.run("ralph.api:app", host="127.0.0.1", port=int(sys.argv[1]))
"""
JUDGE = """
import json, sys
from ralph.models.xapi.base.statements import BaseXapiStatement
for line in sys.stdin:
    BaseXapiStatement.model_validate({**json.loads(line), "version": "1.0.3"})
    print("valid")
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def python() -> Path:
    """Ralph's own Python, made once and kept."""
    ready = HOME / "ready"
    if not ready.exists():
        install = [str(PYTHON), "-m", "pip", "install", "-q", "--no-compile", "--no-deps", "-r", str(PINS)]
        for command in ([sys.executable, "-m", "venv", "--clear", str(HOME)], install):
            made = subprocess.run(command, env=env(), capture_output=True, text=True, check=False)
            if made.returncode:
                pytest.skip(f"the learning record store cannot be installed here: {made.stderr[-500:]}")
        ready.touch()
    return PYTHON


def env(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more


def run(python: Path, program: str, given: bytes = b"") -> str:
    command = [str(python), "-c", program]
    return subprocess.run(command, env=env(), input=given, capture_output=True, check=True).stdout.decode()


@dataclass
class Lrs:
    url: str

    def get(self, query: str = "") -> dict[str, Any]:
        return dict(json.loads(self._read(f"/statements?{query}")))

    def is_alive(self) -> bool:
        try:
            self._read("/statements")
        except HTTPError:
            return True
        except (URLError, OSError):
            return False
        return True

    def _read(self, path: str) -> bytes:
        request = Request(self.url + path, headers={"X-Experience-API-Version": "1.0.3"})
        request.add_header("Authorization", f"Basic {b64encode(AUTH.encode()).decode()}")
        with urlopen(request, timeout=30) as response:
            return bytes(response.read())


@pytest.fixture
def lrs(python: Path, tmp_path: Path) -> Iterator[Lrs]:
    (tmp_path / "auth.json").write_text(run(python, CREDENTIALS), encoding="utf8")
    (tmp_path / "data").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [str(python), "-c", SERVE, str(port)],
        env=env(
            RALPH_RUNSERVER_BACKEND="fs",
            RALPH_APP_DIR=str(tmp_path),
            RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH=str(tmp_path / "data"),
        ),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    store = Lrs(f"http://127.0.0.1:{port}/xAPI")
    try:
        for _ in range(300):
            if store.is_alive():
                break
            time.sleep(0.1)
        yield store
    finally:
        server.terminate()
        server.wait(10)


EVIDENCE: dict[Verb, dict[str, Any]] = {
    Verb.PROGRESSED: {"progress": 62.5, "seconds": 310, "intervals": [[0, 180.5], [200, 329.5]]},
    Verb.ANSWERED: {"answer": ["A", "C"], "correct": False, "course": "course:12"},
    Verb.PASSED: {"score": 85, "max": 100, "pass": 60},
    Verb.FAILED: {"score": 40.5, "max": 100},
    Verb.COMPLETED: {"score": None, "max": 100, "hours": "1.5"},
    Verb.REFUSED: {"why": "题目不在试卷中", "claimed": {"question": "x" * 9000, "score": 1e308}},
    Verb.CREDITED: {"hours": "2.0", "by": 3},
}


def everything() -> list[Statement]:
    """One of every kind: each verb, about each kind of object, with the evidence that it comes with."""
    user = UserFactory()
    objects = [
        "course:12",
        "lesson:40",
        "question:7",
        "attempt:9",
        "certificate:食安 2026/001",
        "hours:1",
        "odd",
    ]
    return [
        record(user, verb, key, "生熟分开 “安全”", edition=edition, evidence=EVIDENCE.get(verb))
        for verb in Verb
        for key, edition in zip(objects, [1, 2, None, 3, None, 0, None], strict=True)
    ]


def test_every_kind_of_statement_is_stored_and_comes_back_as_it_was(lrs: Lrs) -> None:
    made = everything()
    for _twice in range(2):
        call_command("export_xapi", to=lrs.url, auth=AUTH, until=None, user=made[0].user.phone)
    for verb in Verb:
        sent = {str(row.pk): xapi(row) for row in made if row.verb == verb}
        assert len(sent) == 7
        for key, statement in sent.items():
            assert broken(statement) == []
            back = lrs.get(f"statementId={key}")["statements"]
            assert len(back) == 1
            assert {name: back[0][name] for name in statement} == statement


def test_its_own_strict_models_find_nothing_wrong(python: Path) -> None:
    made = everything()
    found = run(python, JUDGE, b"".join(lines(Statement.objects.all())))
    assert found.split() == ["valid"] * len(made)


def test_what_is_there_with_other_words_is_let_be_and_the_rest_is_taken(lrs: Lrs) -> None:
    first, second = everything()[:2]
    store = Store(lrs.url, AUTH)
    store.take([first])
    first.object_name = "改了名"
    store.take([first, second])
    kept = lrs.get(f"statementId={first.pk}")["statements"][0]
    assert kept["object"]["definition"]["name"] == {"zh-Hans": "生熟分开 “安全”"}
    assert lrs.get(f"statementId={second.pk}")["statements"]


def test_a_store_that_refuses_is_an_error_and_nothing_is_taken_for_sent(
    lrs: Lrs, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    made = everything()
    with pytest.raises(CommandError, match=r"0 sent.*401"):
        call_command("export_xapi", to=lrs.url, auth="school:wrong")
    call_command("export_xapi", to=lrs.url, auth=AUTH, batch=50)
    assert {row["id"] for row in pages(lrs)} == {str(row.pk) for row in made}


def test_no_store_at_all_is_said_plainly() -> None:
    with pytest.raises(NotTaken, match="refused"):
        Store("http://127.0.0.1:9/xAPI").take(everything()[:1])


def pages(lrs: Lrs) -> list[dict[str, Any]]:
    got = lrs.get("limit=100")
    rows = list(got["statements"])
    while more := got.get("more"):
        got = lrs.get(more.partition("?")[2])
        rows += got["statements"]
    return rows
