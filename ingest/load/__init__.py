"""A loader a format; the file's content is believed before its name."""

from collections.abc import Callable
from pathlib import PurePath

from ingest.load.docx import load_docx
from ingest.load.errors import Unreadable
from ingest.load.html import load_html
from ingest.load.markdown import load_markdown
from ingest.load.pdf import load_pdf
from ingest.load.plain import load_text
from kb.types import Document

__all__ = ["FORMATS", "Unreadable", "load"]

Loader = Callable[[str, bytes], Document]

FORMATS: dict[str, Loader] = {
    ".md": load_markdown,
    ".markdown": load_markdown,
    ".txt": load_text,
    ".html": load_html,
    ".htm": load_html,
    ".docx": load_docx,
    ".pdf": load_pdf,
}
LIMIT = 50_000_000


def load(name: str, data: bytes) -> Document:
    """The document in a file of this name. Raises Unreadable, which says in Chinese what to do."""
    if not data.strip():
        raise Unreadable("文件是空的，请检查后重新上传。")
    if len(data) > LIMIT:
        raise Unreadable("文件超过 50 MB，请拆分或压缩图片后重新上传。")
    loader = _by_content(data) or FORMATS.get(PurePath(name).suffix.lower())
    if loader is None:
        raise Unreadable("不支持这种文件。请上传 Word（.docx）、PDF、网页、Markdown 或纯文本文件。")
    try:
        document = loader(name, data)
    except Unreadable:
        raise
    except Exception as error:  # a library may raise anything on a hostile file; only this file fails
        raise Unreadable("文件已损坏或格式不正确，无法读取。请用原软件打开后另存一份再上传。") from error
    if not any(section.text.strip() for section in document.sections):
        raise Unreadable("文件里没有可用的文字。")
    return document


def _by_content(data: bytes) -> Loader | None:
    head = data[:1024].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return load_pdf
    if head.startswith((b"<!doctype html", b"<html")):
        return load_html
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("这是旧版 Office 文件（.doc）。请在 Word 中另存为 .docx 后再上传。")
    return None
