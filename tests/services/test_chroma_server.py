"""Against a real Chroma server: what two processes see of each other's writes."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from kb.adapters.chroma import ChromaVectorIndex
from kb.adapters.memory import HashingEmbedder
from kb.ports import IndexUnavailable, Keyed
from kb.types import Passage

EMBEDDER = HashingEmbedder()
PROGRAM = Path(sys.executable).with_name("chroma")


def start(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [str(PROGRAM), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urlopen(f"http://127.0.0.1:{port}/api/v2/heartbeat", timeout=1).close()
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return server
    server.kill()
    pytest.fail("Chroma did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    if not PROGRAM.exists():
        pytest.skip("the chroma program is not installed")
    port = free_port()
    server = start(tmp_path, port)
    yield port
    server.terminate()
    server.wait(10)
    shutil.rmtree(tmp_path, ignore_errors=True)


def client(port: int, collection: str = "passages") -> ChromaVectorIndex:
    return ChromaVectorIndex(collection, url=f"http://127.0.0.1:{port}")


def passage(source: str, ordinal: int, text: str) -> Passage:
    return Passage(source, ordinal, "规范", (), text)


def put(index: ChromaVectorIndex, source: str, *texts: str) -> None:
    made = [passage(source, n, text) for n, text in enumerate(texts)]
    keys = Keyed(range(len(texts)), EMBEDDER.documents(texts))
    index.replace(source, made, keys, Keyed((), EMBEDDER.questions(())))


def found(index: ChromaVectorIndex, question: str) -> list[str]:
    return [stamp for stamp, _ in index.search(EMBEDDER.questions([question])[0], 5)]


def test_one_client_sees_at_once_what_another_writes_and_deletes(port: int) -> None:
    web, worker = client(port), client(port)
    assert web.count() == 0
    put(worker, "page:1", "留样四十八小时", "四季豆煮熟")
    assert found(web, "四季豆煮熟")[0] == passage("page:1", 1, "四季豆煮熟").stamp
    put(worker, "page:1", "留样四十八小时")
    assert found(web, "四季豆煮熟") == [passage("page:1", 0, "留样四十八小时").stamp]
    worker.forget("page:1")
    assert found(web, "留样") == []


def test_a_swap_is_followed_without_a_restart(port: int) -> None:
    web, fresh = client(port), client(port, "fresh")
    put(web, "page:1", "旧的留样规定")
    put(fresh, "page:2", "新的留样规定")
    fresh.take_over("passages")
    assert found(web, "留样规定") == [passage("page:2", 0, "新的留样规定").stamp]


def test_many_passages_go_in_batches(port: int) -> None:
    index = client(port)
    put(index, "page:1", *(f"第{n}条规定" for n in range(6000)))
    assert index.count() == 6000
    assert index.sources() == {"page:1"}


def test_a_server_that_comes_back_is_used_again(tmp_path: Path) -> None:
    if not PROGRAM.exists():
        pytest.skip("the chroma program is not installed")
    port = free_port()
    index, server = client(port), start(tmp_path, port)
    put(index, "page:1", "留样")
    server.terminate()
    server.wait(10)
    with pytest.raises(IndexUnavailable):
        index.count()
    again = start(tmp_path, port)
    assert found(index, "留样") == [passage("page:1", 0, "留样").stamp]
    again.terminate()
    again.wait(10)
