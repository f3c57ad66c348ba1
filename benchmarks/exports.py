"""A long export from a running site: `python -m benchmarks.exports http://localhost:8000 --pid PID`.

Reads a list of a simulated city to its end in each format, and watches meanwhile how much memory the process that
serves it (`--pid`) takes. Run it with the environment of the site (`DATABASE_URL`).
"""

import argparse
import os
import re
import threading
import time
from pathlib import Path

import django
import httpx

OFTEN = 0.05


class Watch:
    """The resident memory of a process, in MiB, as it was at first and at most."""

    def __init__(self, pid: int) -> None:
        self._pid, self._over = pid, threading.Event()
        self.first = self.most = self._now()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(OFTEN):
            self.most = max(self.most, self._now())

    def _now(self) -> int:
        said = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self._pid}/status").read_text())
        return int(said[1]) // 1024 if said else 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--path", default="/staff/records/?from=2000-01")
    parser.add_argument("--formats", nargs="*", default=("csv", "xlsx"))
    parser.add_argument("--keep", type=Path, help="a folder to write the files to")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.dev")
    django.setup()
    from benchmarks.officials import sessions

    [session] = sessions(1)
    for name in options.formats:
        # what a process makes once is not the export's
        httpx.get(f"{options.url}{options.path}", headers=_cookie(session), timeout=600)
        _read(options, session, name)


def _cookie(session: str) -> dict[str, str]:
    return {"Cookie": f"sessionid={session}"}


def _read(options: argparse.Namespace, session: str, name: str) -> None:
    begun, first, size, lines = time.perf_counter(), 0.0, 0, 0
    kept = options.keep / f"export.{name}" if options.keep else Path(os.devnull)
    address = f"{options.url}{options.path}{'&' if '?' in options.path else '?'}format={name}"
    with (
        kept.open("wb") as file,
        Watch(options.pid) as watch,
        httpx.stream("GET", address, headers=_cookie(session), timeout=600) as response,
    ):
        response.raise_for_status()
        for piece in response.iter_bytes():
            first = first or time.perf_counter() - begun
            size, lines = size + len(piece), lines + piece.count(b"\n")
            file.write(piece)
    took = time.perf_counter() - begun
    print(
        f"{name:5} {size / 2**20:7.1f} MiB, {lines:>9,} line ends, first byte after {first:5.2f} s, all after {took:6.1f} s; "
        f"memory {watch.first} MiB before, {watch.most} MiB at most"
    )


if __name__ == "__main__":
    main()
