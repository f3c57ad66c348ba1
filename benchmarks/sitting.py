"""Many people sit one paper on a running site: `python -m benchmarks.sitting http://localhost:8000 --people 500`.

They begin within the same ten seconds, think `--think` seconds over each of `--questions` questions, and hand in. Run it
with the environment of the site (`DATABASE_URL`): it makes the paper, the people and their sign-ins there, and
afterwards compares what the database holds with what was sent.
"""

import argparse
import asyncio
import os
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import django
import httpx

STARTING = 10.0
CSRF = "x" * 32
ITEM = re.compile(r'data-key="(\d+)"')
ATTEMPT = re.compile(r"/exam/(\d+)/")


@dataclass
class Log:
    """Seconds by kind of request, what went wrong, and the answers that were acknowledged."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    saved: dict[int, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))


@dataclass(frozen=True)
class Person:
    client: httpx.AsyncClient
    cookies: dict[str, str]
    log: Log

    async def send(self, kind: str, method: str, url: str, **body: Any) -> httpx.Response | None:
        """None where it failed; a redirect is an answer too. `body` is `data` or `json`."""
        headers = {"X-CSRFToken": CSRF, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        begun = time.perf_counter()
        try:
            response = await self.client.request(method, url, headers=headers, **body)
        except httpx.HTTPError as error:
            self.log.errors.append(f"{kind}: {error!r}")
            return None
        self.log.times[kind].append(time.perf_counter() - begun)
        if response.status_code >= 400:
            self.log.errors.append(f"{kind}: {response.status_code}")
        return response


def main() -> None:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.dev")
    django.setup()
    from benchmarks.examinees import check, prepare

    course_pk, sessions = prepare(options.people, options.questions)
    log = asyncio.run(_run(options, course_pk, sessions))
    _report(log)
    check(course_pk, log.saved, options.people)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--think", type=float, nargs=2, default=(30.0, 90.0), metavar=("FROM", "TO"))
    return parser.parse_args()


async def _run(options: argparse.Namespace, course_pk: int, sessions: list[str]) -> Log:
    log, endless = Log(), httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=options.url, timeout=600, limits=endless) as client:
        people = (Person(client, {"sessionid": session, "csrftoken": CSRF}, log) for session in sessions)
        await asyncio.gather(*(_sit(person, course_pk, options.think) for person in people))
    return log


async def _sit(person: Person, course_pk: int, think: tuple[float, float]) -> None:
    await asyncio.sleep(random.uniform(0, STARTING))
    exam = f"/courses/{course_pk}/exam/"
    await person.send("terms", "GET", exam)
    begun = await person.send("start", "POST", f"{exam}start/", data={"nth": "1"})
    found = ATTEMPT.search(begun.headers.get("location", "")) if begun else None
    paper = await person.send("paper", "GET", begun.headers["location"]) if begun and found else None
    if paper is None or found is None:
        return
    attempt = int(found[1])
    for sequence, question in enumerate(sorted(set(ITEM.findall(paper.text))), 1):
        await asyncio.sleep(random.uniform(*think))
        await _answer(person, f"{exam}{attempt}/", attempt, question, sequence)
    await person.send("hand in", "POST", f"{exam}{attempt}/hand-in/")
    await person.send("result", "GET", f"{exam}{attempt}/result/")


async def _answer(person: Person, url: str, attempt: int, question: str, sequence: int) -> None:
    chosen = random.choice("abcd")
    letter = {"question": question, "chosen": [chosen], "key": str(uuid4()), "sequence": sequence}
    response = await person.send("answer", "POST", f"{url}answers/", json=letter)
    if response is not None and response.status_code == 200:
        person.log.saved[attempt][question] = chosen


def _report(log: Log) -> None:
    for kind, times in log.times.items():
        times.sort()
        middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
        print(
            f"{kind:8} {len(times):6}  p50 {middle * 1000:6.0f} ms  p95 {high * 1000:6.0f} ms  most {times[-1] * 1000:6.0f} ms"
        )
    print(f"{len(log.errors)} errors {sorted(set(log.errors))[:5]}")


if __name__ == "__main__":
    main()
