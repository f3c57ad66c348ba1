"""A PostgreSQL of its own: made in a folder, there as long as it is needed, ended by the number of its process."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

PATIENCE = 30
ROLE = "academy"
# what is lost when the machine stops is lost on purpose
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")
# what was acknowledged is there after a crash
SAFE = ("max_connections=60",)


class Postgres:
    def __init__(self, port: int, password: str, begin: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self._server = f"postgres://{ROLE}:{password}@127.0.0.1:{port}"
        self._begin = begin
        self.start()

    def start(self) -> None:
        self._process = self._begin()
        deadline = time.monotonic() + PATIENCE
        while not self.is_up():
            assert self._process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT sends away whoever is still connected; SIGKILL is a crash."""
        self._process.send_signal(how)
        self._process.wait(PATIENCE)

    def url(self, name: str) -> str:
        """For DATABASE_URL; tests make a database of their own beside it."""
        return f"{self._server}/{name}"

    def create(self, name: str) -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def is_up(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def postgres_running(options: Sequence[str] = FAST) -> Iterator[Postgres]:
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    # not in pytest's folder, which nobody else may look into: the server does not run as root
    folder, who = Path(tempfile.mkdtemp(prefix="academy-postgres-", dir="/tmp")), _unprivileged()
    try:
        with _serving(programs, folder, who, options) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _serving(programs: Path, folder: Path, who: dict[str, Any], given: Sequence[str]) -> Iterator[Postgres]:
    data, port, password = _made(programs, folder, who), free_port(), (folder / "password").read_text()
    options = [part for one in (*given, "unix_socket_directories=") for part in ("-c", one)]
    command = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), *options]

    def begin() -> "subprocess.Popen[bytes]":
        with (folder / "log").open("ab") as log:
            return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **who)

    server = Postgres(port, password, begin)
    try:
        yield server
    finally:
        server.end()


def _made(programs: Path, folder: Path, who: dict[str, Any]) -> Path:
    (folder / "password").write_text(secrets.token_urlsafe(16))
    if who:
        for path in (folder, folder / "password"):
            os.chown(path, who["user"], who["group"])
    subprocess.run(
        [
            *(programs / "initdb", "-D", folder / "data", "-U", ROLE, "--encoding=UTF8", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync"),
        ],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
        **who,
    )
    return folder / "data"


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def _unprivileged() -> dict[str, Any]:
    """The server refuses root."""
    if os.geteuid():
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
