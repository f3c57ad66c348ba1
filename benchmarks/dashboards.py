"""The supervising staff at work on a running site: `python -m benchmarks.dashboards http://localhost:8000`.

Each goes from one list to the next, and from each follows links at random for a few pages, from a number to the list behind it to
a person, with a pause for reading. Run it with the environment of the site (`DATABASE_URL`), which has a simulated city; once more on a city of
one year (`simulate --years 1`) to compare. In the end each kind of page is made once more in this process, to count
its queries and what it takes of a core. The slowest kind stands last.
"""

import argparse
import asyncio
import os
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

import django
import httpx

HOME = "/staff/"
LISTS = (
    "", "records/", "find/?q=王", "certificates/", "enterprises/", "people/", "events/", "assignments/", "handbooks/", "imports/",
    "spot-exams/", "questions/", "log/", "learning/", "exams/", "coverage/people/", "coverage/enterprises/", "reports/",
)  # fmt: skip
# pages from one list to the next
STEPS = 3
LINK = re.compile(r'href="([^"]+)"')
NUMBER = re.compile(r"/[^/]*\d[^/]*/")


@dataclass
class Log:
    """Seconds by kind of page, addresses seen of each, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    seen: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.dev")
    django.setup()
    from benchmarks.officials import sessions

    known = sessions(options.staff)
    log = asyncio.run(_run(options, known))
    _report(log, known[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--staff", type=int, default=10)
    parser.add_argument("--pages", type=int, default=40, help="that each of them looks at")
    parser.add_argument("--think", type=float, nargs=2, default=(1.0, 3.0), metavar=("FROM", "TO"))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


async def _run(options: argparse.Namespace, known: list[str]) -> Log:
    log = Log()
    async with httpx.AsyncClient(base_url=options.url, timeout=120) as client:
        # what a process makes once is not a page
        await _get(client, known[0], HOME, Log())
        await asyncio.gather(*(_work(client, session, n, options, log) for n, session in enumerate(known)))
    return log


async def _work(
    client: httpx.AsyncClient, session: str, n: int, options: argparse.Namespace, log: Log
) -> None:
    chance = random.Random(options.seed * 1000 + n)
    await asyncio.sleep(chance.uniform(0, options.think[1]))
    at = HOME
    for page in range(options.pages):
        if page % STEPS == 0:
            at = HOME + LISTS[(page // STEPS + n * len(LISTS) // options.staff) % len(LISTS)]
        links = await _get(client, session, at, log)
        at = chance.choice(links) if links else HOME
        await asyncio.sleep(chance.uniform(*options.think))


async def _get(client: httpx.AsyncClient, session: str, address: str, log: Log) -> list[str]:
    """The pages of the staff that this one leads to; each kind of page is as likely as another."""
    begun = time.perf_counter()
    response = await client.get(address, headers={"Cookie": f"sessionid={session}"})
    log.times[_kind(address)].append(time.perf_counter() - begun)
    log.seen[_kind(address)].append(address)
    if response.status_code != 200:
        log.errors.append(f"{address}: {response.status_code}")
        return []
    found = (urljoin(address, unescape(link)) for link in LINK.findall(response.text))
    kinds: dict[str, list[str]] = defaultdict(list)
    for link in dict.fromkeys(found):
        if link.startswith(HOME) and "format=" not in link:
            kinds[_kind(link)].append(link)
    return [random.choice(links) for links in kinds.values()]


def _kind(address: str) -> str:
    """Where it is, without who or which; what is filtered is a kind of its own."""
    parts = urlsplit(address)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return NUMBER.sub("/…/", parts.path) + (f"?{'&'.join(names)}" if names else "")


def _report(log: Log, session: str) -> None:
    every = sorted(one for times in log.times.values() for one in times)
    for times in log.times.values():
        times.sort()
    for kind, times in sorted(log.times.items(), key=lambda one: _high(one[1])):
        queries, busy = _alone(random.choice(log.seen[kind]), session)
        print(f"{_figures(times)}  {queries:3} queries  {busy * 1000:5.0f} ms of a core  {kind}")
    print(f"{_figures(every)}  all")
    print(f"{len(log.errors)} errors {log.errors[:5]}")


def _figures(times: list[float]) -> str:
    return f"{len(times):5}  p50 {times[len(times) // 2] * 1000:6.0f} ms  p95 {_high(times) * 1000:6.0f} ms"


def _high(times: list[float]) -> float:
    return times[min(int(len(times) * 0.95), len(times) - 1)]


def _alone(address: str, session: str) -> tuple[int, float]:
    """Queries of a process that has served before, and seconds of a core that it takes without the database, whatever else the
    machine is doing."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.get(address)
    begun = time.process_time()
    client.get(address)
    busy = time.process_time() - begun
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries), busy


if __name__ == "__main__":
    main()
