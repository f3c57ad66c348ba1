"""Plain text."""

from ingest.load.encodings import decode
from ingest.load.naming import title
from kb.types import Document, Section


def load_text(name: str, data: bytes) -> Document:
    """One section; the first line is the title if it can be one."""
    text = decode(data)
    first = next((line for line in text.split("\n") if line.strip()), "")
    return Document(title(name, first), (Section((), text),))
