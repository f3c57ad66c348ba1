"""Files that only large libraries can read are read in a process of its own, within bounds."""

import json
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ingest.load import limits
from ingest.load.errors import Unreadable
from ingest.load.patience import Budget
from kb.types import Document, Section, Status

USUAL = Budget(limits.MEMORY_BYTES, limits.PAGE_SECONDS, limits.FILE_SECONDS)
BROKEN = "文件已损坏或格式不正确，无法读取。请用原软件打开后另存一份再上传。"
DIED = "文件可能已损坏，或展开后太大，无法读取。请用原软件打开后另存一份，或拆分成几个文件再上传。"
TOO_LONG = "文件太复杂，在规定时间内没有读完。请拆分成几个文件，或另存为更简单的格式后重新上传。"
TOO_LARGE = "文件展开后太大，超过了允许的内存。请拆分成几个文件或压缩图片后重新上传。"
# more than any document that the loaders let through
ANSWER_BYTES = 10 * limits.CHARACTERS
ROOT = Path(__file__).resolve().parents[2]


def isolated(kind: str, name: str, data: bytes, budget: Budget = USUAL) -> Document:
    """What the loader of this kind (a key of `formats.LOADERS`) makes of the file, in a process of its own.

    Raises Unreadable where the loader does, and where the process exceeds its budget or dies.
    """
    answer, status = _run(kind, name.replace("\0", "").encode(errors="replace") + b"\0" + data, budget)
    if status in {-signal.SIGALRM, -signal.SIGXCPU}:
        raise Unreadable(TOO_LONG)
    if status != 0:
        raise Unreadable(DIED) from RuntimeError(f"the reading process ended with {status}")
    return _document(answer)


def _run(kind: str, given: bytes, budget: Budget) -> tuple[bytes, int]:
    """The child's answer and its exit status."""
    numbers = map(str, (budget.memory, budget.page, budget.file))
    command = [sys.executable, "-P", "-B", "-m", "ingest.load.child", kind, *numbers]
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        with subprocess.Popen(
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        ) as process:
            assert process.stdout
            answer = process.stdout.read(ANSWER_BYTES + 1)
            if len(answer) > ANSWER_BYTES:
                process.kill()
    return answer, process.returncode


def _environment() -> dict[str, str]:
    """Nothing of ours, where secrets are; one thread, for others work beside it."""
    return {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "LANG": "C.UTF-8"}


def _document(answer: bytes) -> Document:
    said: dict[str, Any] = json.loads(answer)
    if "unreadable" in said:
        raise Unreadable(said["unreadable"])
    if "memory" in said:
        raise Unreadable(TOO_LARGE)
    if "broken" in said:
        raise Unreadable(BROKEN) from RuntimeError(said["broken"])
    return Document(said["title"], tuple(map(_section, said["sections"])), Status(said["status"]))


def _section(said: dict[str, Any]) -> Section:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    return Section(**values)
