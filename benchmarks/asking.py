"""Many people ask a running site at once: `python -m benchmarks.asking http://localhost:8000`.

Each of `--people` asks one question after the other, `--rounds` times: how long until the first event of the stream, how
long until the answer is complete, and how many went wrong. Then `--streams` streams are opened and kept open, each
read only as far as its first event, and the memory of the server's process (`--pid`, on this machine) is compared.
"""

import argparse
import asyncio
import itertools
import json
import time
from pathlib import Path
from typing import NamedTuple

import httpx

from benchmarks.corpus import questions


class Asked(NamedTuple):
    """Seconds; `error` is empty when an answer came."""

    first: float
    whole: float
    error: str


def main() -> None:
    options = _options()
    asyncio.run(_run(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=0)
    parser.add_argument("--pid", type=int, default=0)
    parser.add_argument("--questions", type=Path, help="one a line; otherwise the benchmarks' own")
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    given = options.questions.read_text(encoding="utf8").splitlines() if options.questions else questions()
    asked = itertools.cycle(given)
    endless = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=options.url, timeout=120, limits=endless) as client:
        people = [_person(client, asked, options.rounds) for _ in range(options.people)]
        _report(list(itertools.chain(*await asyncio.gather(*people))))
        if options.streams:
            await _keep_open(client, asked, options.streams, options.pid)


async def _person(client: httpx.AsyncClient, asked: "itertools.cycle[str]", rounds: int) -> list[Asked]:
    return [await _ask(client, next(asked)) for _ in range(rounds)]


async def _ask(client: httpx.AsyncClient, question: str) -> Asked:
    begun, first, last = time.perf_counter(), 0.0, ""
    try:
        async with client.stream("POST", "/ask/stream", data={"question": question}) as response:
            async for line in response.aiter_lines():
                first = first or time.perf_counter() - begun
                last = line.removeprefix("event: ") if line.startswith("event: ") else last
    except httpx.HTTPError as error:
        last = repr(error)
    return Asked(first, time.perf_counter() - begun, "" if last == "done" else last or "nothing came")


def _report(results: list[Asked]) -> None:
    print(f"{len(results)} questions")
    for name in ("first", "whole"):
        times = sorted(getattr(each, name) for each in results)
        middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(f"{name:6} event  p50 {middle * 1000:6.0f} ms   p95 {high * 1000:6.0f} ms")
    errors = [each.error for each in results if each.error]
    print(f"errors {len(errors)} {json.dumps(sorted(set(errors)), ensure_ascii=False)}")


async def _keep_open(
    client: httpx.AsyncClient, asked: "itertools.cycle[str]", streams: int, pid: int
) -> None:
    before, most = _memory(pid), 0.0
    opened, done = asyncio.Semaphore(0), asyncio.Event()
    tasks = [asyncio.create_task(_hold(client, next(asked), opened, done)) for _ in range(streams)]
    for _ in range(streams):
        await opened.acquire()
        most = max(most, _memory(pid))
    print(f"{streams} streams open: {before:.0f} MB before, {most:.0f} MB at most, {most - before:+.0f} MB")
    done.set()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _hold(
    client: httpx.AsyncClient, question: str, opened: asyncio.Semaphore, done: asyncio.Event
) -> None:
    async with client.stream("POST", "/ask/stream", data={"question": question}) as response:
        try:
            await anext(response.aiter_lines())
        finally:
            opened.release()
        await done.wait()


def _memory(pid: int) -> float:
    """Resident memory in MB; nothing where no process is named."""
    if not pid:
        return 0.0
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
