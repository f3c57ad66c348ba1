"""Retrieval against the number of passages, on one core: `python -m benchmarks.scale [PASSAGES…]`.

Texts are made of the likely questions that ship with the site, vectors of seeded noise around some thousand
directions; the stores are the site's own: FTS5, and a Chroma server that shares the core.
"""

import argparse
import json
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import numpy as np

SEED = 20261123
SIZES = (2_500, 15_000, 100_000)
# passages of a source, and of them how many carry a likely question
SOURCE, ASKED = 100, 25
# questions strung together to a passage: some 150 characters
STRUNG = 7
DIRECTIONS, SPREAD = 2_000, 0.6
QUESTIONS = 200
LIKELY = Path("site/academy/library/likely_questions")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", nargs="*", type=int, default=SIZES)
    parser.add_argument("--json", type=Path, help="write the measures there")
    wanted = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.dev")
    django.setup()
    rows = [measure(size) for size in wanted.passages]
    if wanted.json:
        wanted.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def measure(size: int) -> dict[str, float]:
    from benchmarks.measure import knowledge_in

    chance = random.Random(SEED)
    texts = [q for file in sorted(LIKELY.glob("*.jsonl")) for q in _questions(file)]
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (url, server):
        knowledge = knowledge_in(Path(folder), reader="none", chroma_url=url)
        started = time.monotonic()
        _fill(knowledge, size, texts, chance)
        filled = time.monotonic() - started
        times = []
        for question in chance.sample(texts, QUESTIONS + 5):
            begun = time.perf_counter()
            knowledge.retrieve(question, live=lambda keys: keys)
            times.append((time.perf_counter() - begun) * 1000)
        low, high = np.percentile(times[5:], (50, 95))
        row = {
            "passages": size,
            "p50_ms": round(float(low), 1),
            "p95_ms": round(float(high), 1),
            "fill_s": round(filled),
            "process_mb": _resident(os.getpid()),
            "chroma_mb": _resident(server.pid),
            "disk_mb": sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file()) // 2**20,
        }
    print(row, flush=True)
    return row


def _questions(file: Path) -> Iterator[str]:
    for line in file.read_text(encoding="utf-8").splitlines():
        yield from json.loads(line)["questions"]


def _fill(knowledge, size: int, texts: list[str], chance: random.Random) -> None:  # type: ignore[no-untyped-def]
    from kb.ports import Keyed
    from kb.types import Passage

    noise = np.random.default_rng(SEED)
    width = knowledge.embedder.questions(["宽"]).shape[1]
    directions = noise.standard_normal((DIRECTIONS, width))
    for number in range(size // SOURCE):
        passages = [
            Passage(f"s{number}", at, f"文本{number}", (f"第{at}条",), "".join(chance.sample(texts, STRUNG)))
            for at in range(SOURCE)
        ]
        near = directions[noise.integers(DIRECTIONS, size=len(passages))]
        vectors = near + SPREAD * noise.standard_normal(near.shape)
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        words, asked = Keyed(range(len(passages)), vectors), Keyed(range(ASKED), vectors[:ASKED])
        knowledge.vectors.replace(f"s{number}", passages, words, asked)
        knowledge.texts.replace(f"s{number}", passages)


@contextmanager
def _server(folder: Path) -> "Iterator[tuple[str, subprocess.Popen[bytes]]]":
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("chroma")
    command = [program, "run", "--path", folder / "chroma", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if not probe.connect_ex(("127.0.0.1", port)):
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.terminate()
        server.wait(30)


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


if __name__ == "__main__":
    main()
