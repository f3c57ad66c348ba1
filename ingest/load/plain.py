"""Plain text, in whatever encoding it comes."""

import codecs

from ingest.load.errors import Unreadable
from ingest.load.naming import title
from kb.text import clean
from kb.types import Document, Section

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# a text has hardly any controls; what decodes with many is no text
MOST_CONTROLS = 0.01


def load_text(name: str, data: bytes) -> Document:
    """One section; the first line is the title if it can be one."""
    text = decode(data)
    first = next((line for line in text.split("\n") if line.strip()), "")
    return Document(title(name, first), (Section((), text),))


def decode(data: bytes) -> str:
    """Cleaned text from UTF-8, UTF-16 (with or without its mark) or GB18030. Raises Unreadable."""
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(c < " " and c not in "\t\n\r\f" for c in text) <= MOST_CONTROLS * len(text):
            return clean(text)
    raise Unreadable("无法识别文字编码。请用记事本另存为 UTF-8 编码的文本后再上传。")


def _encodings(data: bytes) -> list[str]:
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return [encoding]
    return ["utf-8", "gb18030", "utf-16-le", "utf-16-be"]
