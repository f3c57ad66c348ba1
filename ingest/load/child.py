"""Reads one file in a process of its own: `python -m ingest.load.child FORMAT MEMORY PAGE FILE`.

The file's name, a zero byte and its bytes come on standard input; the document goes out as JSON, which can do
nothing to the parent whatever the file does to this process.
"""

import json
import os
import sys
from dataclasses import asdict

from ingest.load import limits, patience
from ingest.load.errors import Unreadable
from ingest.load.formats import loader


def main() -> None:
    kind, *numbers = sys.argv[1:]
    name, _, data = sys.stdin.buffer.read().partition(b"\0")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    patience.begin(patience.Budget(*map(int, numbers)))
    out.write(json.dumps(_answer(kind, name.decode(), data), ensure_ascii=False).encode(errors="replace"))
    out.close()
    os._exit(0)  # nothing to tidy up, and some libraries take long over it


def _answer(kind: str, name: str, data: bytes) -> dict[str, object]:
    try:
        document = loader(kind)(name, data)
    except Unreadable as error:
        return {"unreadable": str(error)}
    except MemoryError:
        return {"memory": True}
    except Exception as error:  # a library may raise anything on a hostile file; the parent says so
        return {"broken": repr(error)[:500]}
    if sum(len(section.text) for section in document.sections) > limits.CHARACTERS:
        return {"unreadable": "文件里的文字超过 1,000 万字，请拆分成几个文件后重新上传。"}
    return asdict(document)


if __name__ == "__main__":
    main()
