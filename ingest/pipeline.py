"""From a file's bytes to passages, the same way for the site and for evaluation."""

import hashlib
from dataclasses import replace

from ingest.load import load
from ingest.split import split
from kb.types import Passage, Status

# raise it when loaders or the splitter make different passages of the same bytes
VERSION = 3


def fingerprint(data: bytes) -> str:
    """The same for the same bytes read by the same pipeline: 64 hexadecimal digits."""
    return hashlib.sha256(b"%d:" % VERSION + data).hexdigest()


def passages(source: str, name: str, data: bytes, status: Status = Status.CURRENT) -> list[Passage]:
    """The passages of a file. Raises ingest.load.Unreadable."""
    document = load(name, data)
    return split(source, replace(document, status=status))
