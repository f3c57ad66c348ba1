"""What a document is called."""

from pathlib import PurePath

from kb.text import clean

ENCODINGS = {".gb18030", ".gbk", ".gb2312", ".big5", ".utf8", ".utf-8", ".utf16", ".utf-16"}
LONGEST = 80


def stem(name: str) -> str:
    """The file's name without folders, its format, and what people add for an encoding."""
    path = PurePath(clean(name).replace("\\", "/").rsplit("/", 1)[-1])
    path = path.with_suffix("") if path.name else path
    return path.with_suffix("").name if path.suffix.lower() in ENCODINGS else path.name


def title(name: str, *candidates: str | None) -> str:
    """The first candidate that can be a title: one short line, not a whole sentence; else the file's name."""
    for candidate in candidates:
        line = " ".join(clean(candidate or "").split())
        if line and len(line) <= LONGEST and not line.endswith(("。", "；", "，")):
            return line
    return stem(name)
