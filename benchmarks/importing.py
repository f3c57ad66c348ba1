"""Registers and rosters of 50,000 rows with 400 bad ones, through a web server and a worker: `python -m benchmarks.importing`.

Run with `DATABASE_URL` of an empty database of its own: it is migrated, filled and left as it is. For each kind and form of file: what the
upload, the check, the import, the second check and the undoing take, the largest memory of the worker meanwhile, the
slowest page, how often the progress moved; then whether every bad row was named, every good row came in, the second
time changed nothing, and undoing brought back every row of the register as it was.
"""

import argparse
import hashlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import httpx

from benchmarks import registers

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "benchmarks.importing_settings"
CSRF = "x" * 32
LONGEST = 3600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--bad", type=int, default=400)
    parser.add_argument("--kinds", nargs="+", default=["enterprises", "people"])
    parser.add_argument("--forms", nargs="+", default=["xlsx", "csv"])
    parser.add_argument("--port", type=int, default=8360)
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    registers.places()
    with _site(asked.port) as desk:
        for kind in asked.kinds:
            _prepare(kind, asked.rows)
            for form in asked.forms:
                _measure(desk, kind, form, asked.rows, asked.bad)


class Desk:
    """An official's browser, and a look at the worker's memory."""

    def __init__(self, client: httpx.Client, worker: int) -> None:
        self.client, self.worker = client, worker

    def send(self, kind: str, name: str, data: bytes) -> tuple[int, float]:
        begun = time.perf_counter()
        answer = self.client.post(f"/staff/imports/new/{kind}/", files={"file": (name, data)})
        assert answer.status_code == 302, (answer.status_code, answer.text[-500:])
        return int(answer.headers["Location"].rstrip("/").split("/")[-1]), time.perf_counter() - begun

    def do(self, batch: int, what: str, **body: str) -> None:
        assert self.client.post(f"/staff/imports/{batch}/{what}/", data=body).status_code == 302

    def wait(self, what: str, batch: int) -> str:
        """Looks every half second, as a page does that is open; prints what it took."""
        begun, slowest, seen = time.perf_counter(), 0.0, set()
        self._forget_memory()
        while time.perf_counter() - begun < LONGEST:
            asked = time.perf_counter()
            page = self.client.get(f"/staff/imports/{batch}/")
            slowest = max(slowest, time.perf_counter() - asked)
            assert page.status_code == 200, page.text[-500:]
            now = _import(batch)
            seen.add(now.done)
            assert not now.stopped, now.stopped
            if not now.is_busy:
                break
            time.sleep(0.5)
        passed = time.perf_counter() - begun
        print(
            f"    {what:14} {passed:7.1f} s  worker {self._memory():5.0f} MB  slowest page {slowest:5.2f} s"
            f"  progress seen {len(seen):3} times  {now.state}",
            flush=True,
        )
        return str(now.state)

    def _forget_memory(self) -> None:
        Path(f"/proc/{self.worker}/clear_refs").write_text("5")

    def _memory(self) -> float:
        status = Path(f"/proc/{self.worker}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _measure(desk: Desk, kind: str, form: str, count: int, bad: int) -> None:
    made = list(registers.rows(kind, count, bad))
    data, before = registers.file(kind, form, made), _dump()
    print(f"{kind}, {form}, {count:,} rows, {bad} bad, {len(data) / 1e6:.1f} MB", flush=True)
    first = _bring(desk, kind, form, data, "checking")
    told = _told(first)
    named = {n for n, row in enumerate(made, 2) if row.is_bad}
    print(f"    bad rows named {len(named & told)} of {len(named)}, others named {len(told - named)}")
    desk.do(first, "apply", only_good="1")
    desk.wait("importing", first)
    good = {n for n, row in enumerate(made, 2) if row.is_good}
    print(
        f"    good rows in {len(good & _right(first))} of {len(good)}, others in {len(_right(first) - good)}"
    )
    again = _bring(desk, kind, form, data, "again")
    print(f"    the second time: {_states(again)}")
    for name in ("xlsx", "csv"):
        _report(desk, first, name)
    desk.do(first, "undo")
    desk.wait("looking", first)
    desk.do(first, "undo", sure="1")
    desk.wait("undoing", first)
    print(f"    the register is as it was: {_dump() == before}", flush=True)


def _bring(desk: Desk, kind: str, form: str, data: bytes, what: str) -> int:
    batch, passed = desk.send(kind, f"登记.{form}", data)
    print(f"    {'upload':14} {passed:7.1f} s")
    desk.wait(what, batch)
    return batch


def _report(desk: Desk, batch: int, form: str) -> None:
    begun, size = time.perf_counter(), 0
    with desk.client.stream("GET", f"/staff/imports/{batch}/?format={form}&cells=1") as answer:
        size = sum(map(len, answer.iter_bytes()))
    print(f"    list of cells  {time.perf_counter() - begun:7.1f} s  {size / 1e3:.0f} KB, {form}")


def _prepare(kind: str, count: int) -> None:
    from academy.organisations.models import Enterprise

    if kind == "enterprises":
        registers.known(count)
        return
    known = set(Enterprise.objects.values_list("credit_code", flat=True))
    one = Enterprise.objects.all()[0]
    Enterprise.objects.bulk_create(
        [
            Enterprise(name=f"店{n}", credit_code=code, district_id=one.district_id, business_type_id=one.business_type_id)
            for n in range(count)
            if (code := registers.code(n)) not in known
        ],
        batch_size=1000,
    )  # fmt: skip


def _import(batch: int) -> Any:
    from academy.organisations.models import RegisterImport

    return RegisterImport.objects.defer("data").get(pk=batch)


def _told(batch: int) -> set[int]:
    rows = _import(batch).rows.exclude(problems=[], notes=[])
    return set(rows.values_list("number", flat=True))


def _right(batch: int) -> set[int]:
    return set(_import(batch).rows.exclude(state="wrong").values_list("number", flat=True))


def _states(batch: int) -> dict[str, int]:
    from django.db.models import Count

    rows = _import(batch).rows.order_by().values_list("state")
    return dict(rows.annotate(n=Count("pk")))


def _dump() -> str:
    """Every field of every row of the register, with its key."""
    from academy.accounts.models import User
    from academy.organisations.models import Enterprise, Membership

    digest = hashlib.sha256()
    for model in (User, Enterprise, Membership):
        rows: Any = model._default_manager.order_by("pk")
        rows = rows.exclude(is_staff=True) if model is User else rows
        for row in rows.values_list().iterator(chunk_size=2000):
            digest.update(repr(row).encode())
    return digest.hexdigest()


@contextmanager
def _site(port: int) -> Iterator[Desk]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "site"), str(ROOT)])}
    serve = [
        sys.executable,
        "-m",
        "uvicorn",
        "academy.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    work = [
        sys.executable,
        "manage.py",
        "db_worker",
        "--interval",
        "0.5",
        "--no-startup-delay",
        "--verbosity",
        "0",
    ]
    with (
        subprocess.Popen(serve, cwd=ROOT, env=env) as web,
        subprocess.Popen(work, cwd=ROOT, env=env) as worker,
    ):
        try:
            with _browser(port) as client:
                yield Desk(client, worker.pid)
        finally:
            web.terminate()
            worker.terminate()
    print(
        f"memory of this process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


def _browser(port: int) -> httpx.Client:
    from academy.accounts.models import User
    from benchmarks.officials import session

    user = User.objects.create_superuser(f"officer{time.time()}@example.com")
    cookies = {"sessionid": session(user), "csrftoken": CSRF}
    for _again in range(240):
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz")
            break
        except httpx.TransportError:
            time.sleep(0.5)
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}", cookies=cookies, headers={"X-CSRFToken": CSRF}, timeout=600
    )


if __name__ == "__main__":
    main()
