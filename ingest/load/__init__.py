"""A loader a format; the file's content is believed before its name."""

import re
from pathlib import PurePath

from ingest.load import formats, limits
from ingest.load.archive import load_archive
from ingest.load.errors import Unreadable
from ingest.load.formats import FORMATS
from ingest.load.images import is_picture
from ingest.load.isolation import BROKEN, isolated
from kb.types import Document

__all__ = ["FORMATS", "Unreadable", "load", "load_archive"]

_OFFICE = re.compile(rb"PK\x03\x04.{26}(word|ppt|xl)/", re.DOTALL)
_KINDS = {b"word": ".docx", b"ppt": ".pptx", b"xl": ".xlsx"}


def load(name: str, data: bytes) -> Document:
    """The document in a file of this name. Raises Unreadable, which says in Chinese what to do."""
    if not data.strip():
        raise Unreadable("文件是空的，请检查后重新上传。")
    if len(data) > limits.FILE_BYTES:
        raise Unreadable("文件超过 50 MB，请拆分或压缩图片后重新上传。")
    kind = _kind(name, data)
    if kind is None:
        raise Unreadable(
            "不支持这种文件。请上传 Word（.docx）、PPT（.pptx）、Excel（.xlsx）、CSV、PDF、图片、网页、Markdown、字幕或纯文本文件。"
        )
    document = _read(kind, name, data)
    if not any(section.text.strip() for section in document.sections):
        raise Unreadable("文件里没有可用的文字。")
    return document


def _read(kind: str, name: str, data: bytes) -> Document:
    if kind not in formats.TEXTS or len(data) > limits.SMALL_BYTES:
        return isolated(kind, name, data)
    try:
        return formats.loader(kind)(name, data)
    except Unreadable:
        raise
    except Exception as error:  # a library may raise anything on a hostile file; only this file fails
        raise Unreadable(BROKEN) from error


def _kind(name: str, data: bytes) -> str | None:
    """By its content, where that tells it beyond doubt; else by the suffix of its name."""
    named = FORMATS.get(PurePath(name).suffix.lower())
    head = data[:1024].lstrip().lower()
    if head.startswith(b"%pdf-"):
        return ".pdf"
    if head.startswith((b"<!doctype html", b"<html")):
        return ".html"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_old_office(data))
    if head.startswith(b"{\\rtf"):
        raise Unreadable("这是 RTF 文件。请在 Word 中另存为 .docx 后再上传。")
    if head.startswith(b"pk\x03\x04"):
        return _packed(data, named)
    return formats.PICTURE if named not in formats.TEXTS and is_picture(data) else named


def _packed(data: bytes, named: str | None) -> str:
    if office := _OFFICE.search(data):
        return _KINDS[office[1]]
    if named and named in _KINDS.values():
        return named
    raise Unreadable("这是压缩包，不能当作一份文件读取。请解压后上传里面的文件。")


def _old_office(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "这份 Office 文件有密码保护。请去掉密码后再上传。"
    return (
        "这是旧版 Office 文件（.doc、.xls、.ppt）。请用 Office 或 WPS 另存为 .docx、.xlsx 或 .pptx 后再上传。"
    )
