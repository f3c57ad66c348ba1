"""Those who begin an exam take turns; those who answer do not wait for them."""

import asyncio
from typing import Any

from academy.exams.gate import ExamGate


class Site:
    """Answers nobody before it is told to."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.bodies: list[bytes | None] = []
        self.open = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside.append(scope["path"])
        self.bodies.append((await receive()).get("body"))
        await self.open.wait()
        await send({"type": "http.response.start", "status": 200})


class Visitor:
    """Sends these pieces, and then no more; what was said is what came back."""

    def __init__(self, path: str, *pieces: bytes, is_whole: bool = True) -> None:
        self.scope = {"type": "http", "path": path}
        self.pieces = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        if is_whole:
            self.pieces.append({"type": "http.request", "body": b""})
        self.said: list[int | None] = []

    async def receive(self) -> dict[str, Any]:
        if not self.pieces:
            await asyncio.Event().wait()
        return self.pieces.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        self.said.append(message.get("status"))

    def visit(self, gate: ExamGate) -> asyncio.Task[None]:
        return asyncio.create_task(gate(self.scope, self.receive, self.send))


def test_pages_take_turns_and_answers_go_past_them() -> None:
    async def visit() -> tuple[list[str], int]:
        site = Site()
        gate = ExamGate(site, 2)
        begin = [f"/courses/7/exam/{rest}" for rest in ("", "start/", "9/", "9/hand-in/")]
        others = ["/courses/7/exam/9/answers/", "/spot-exams/3/8/answers/", "/ask/", "/courses/7/"]
        tasks = [Visitor(path).visit(gate) for path in [*begin, *others]]
        await asyncio.sleep(0)
        waiting = list(site.inside)
        site.open.set()
        await asyncio.gather(*tasks)
        return waiting, len(site.inside)

    inside, served = asyncio.run(visit())
    assert inside == [
        "/courses/7/exam/",
        "/courses/7/exam/start/",
        "/courses/7/exam/9/answers/",
        "/spot-exams/3/8/answers/",
        "/ask/",
        "/courses/7/",
    ]
    assert served == 8


def test_who_sends_slowly_takes_no_turn() -> None:
    async def visit() -> tuple[list[int | None], list[bytes | None]]:
        site = Site()
        site.open.set()
        gate = ExamGate(site, 2)
        slow = [Visitor("/courses/7/exam/start/", b"a=", is_whole=False).visit(gate) for _ in range(9)]
        await asyncio.sleep(0)
        brisk = Visitor("/courses/7/exam/start/", b"code=", b"7391")
        await asyncio.wait_for(brisk.visit(gate), 5)
        for task in slow:
            task.cancel()
        return brisk.said, site.bodies

    assert asyncio.run(visit()) == ([200], [b"code=7391"])


def test_who_reads_slowly_gives_the_turn_back() -> None:
    async def visit() -> list[int | None]:
        site = Site()
        site.open.set()
        gate = ExamGate(site, 1)
        slow, brisk = Visitor("/spot-exams/3/"), Visitor("/spot-exams/3/")

        async def read_nothing(message: dict[str, Any]) -> None:
            await asyncio.Event().wait()

        waiting = asyncio.create_task(gate(slow.scope, slow.receive, read_nothing))
        await asyncio.sleep(0)
        await asyncio.wait_for(brisk.visit(gate), 5)
        waiting.cancel()
        return brisk.said

    assert asyncio.run(visit()) == [200]


def test_more_than_any_form_has_is_refused_before_it_is_read() -> None:
    async def visit() -> tuple[list[int | None], list[str]]:
        site = Site()
        large = Visitor("/courses/7/exam/start/", *[b"x" * 65536] * 5, is_whole=False)
        await asyncio.wait_for(large.visit(ExamGate(site, 1)), 5)
        return large.said, site.inside

    assert asyncio.run(visit()) == ([413, None], [])
