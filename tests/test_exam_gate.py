"""Those who begin an exam take turns; those who answer do not wait for them."""

import asyncio
from typing import Any

from academy.exams.gate import ExamGate


class Site:
    """Answers nobody before it is told to."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.open = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside.append(scope["path"])
        await self.open.wait()


def test_pages_take_turns_and_answers_go_past_them() -> None:
    async def visit() -> tuple[list[str], int]:
        site = Site()
        gate = ExamGate(site, 2)
        begin = [f"/courses/7/exam/{rest}" for rest in ("", "start/", "9/", "9/hand-in/")]
        others = ["/courses/7/exam/9/answers/", "/spot-exams/3/8/answers/", "/ask/", "/courses/7/"]
        tasks = [
            asyncio.create_task(gate({"type": "http", "path": p}, None, None)) for p in [*begin, *others]
        ]
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
