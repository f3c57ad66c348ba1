"""Packed folders: their files, each to be read by itself."""

import zipfile
from pathlib import PurePosixPath

from ingest.load.errors import Unreadable
from ingest.load.limits import EXPANDED_BYTES, FILE_BYTES, MEMBERS
from ingest.load.packing import is_bomb, unpacked
from kb.text import clean

SUFFIXES = (".zip",)
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1
# what systems and editors leave lying about
_LITTER = ("__MACOSX", ".", "~$", "Thumbs.db", "desktop.ini")


def load_archive(name: str, data: bytes) -> list[tuple[str, bytes]]:
    """The name and the bytes of every file in a ZIP, none of them read yet: give each to `load`.

    Names are names and no places: nothing is written to a disk, and none leads out of its folder.
    Raises Unreadable where the archive is broken, locked, or larger than it may be.
    """
    try:
        with unpacked(data) as archive:
            members = [
                member for member in archive.infolist() if not member.is_dir() and not _is_litter(member)
            ]
            _check(members)
            return [(_name(member), archive.read(member)) for member in members]
    except Unreadable:
        raise
    except Exception as error:  # whatever a broken archive makes of the library; nothing of it is used
        raise Unreadable("压缩包已损坏，无法打开。请重新压缩成 ZIP 后再上传。") from error


def _check(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise Unreadable("压缩包里没有文件。")
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise Unreadable("压缩包有密码保护。请去掉密码后再上传。")
    if len(members) > MEMBERS:
        raise Unreadable(f"压缩包里超过 {MEMBERS:,} 份文件，请分几次上传。")
    if any(map(is_bomb, members)) or sum(member.file_size for member in members) > EXPANDED_BYTES:
        raise Unreadable(f"压缩包解压后超过 {EXPANDED_BYTES // 1_000_000} MB，请分几次上传。")
    if large := next((member for member in members if member.file_size > FILE_BYTES), None):
        raise Unreadable(f"压缩包里的“{_name(large)}”超过 {FILE_BYTES // 1_000_000} MB，请拆分后重新压缩。")


def _name(member: zipfile.ZipInfo) -> str:
    """The path inside the archive, in Chinese where an older Windows wrote it so, without anything that leads out."""
    written = member.filename
    if not member.flag_bits & _UTF8_NAMES:
        written = _decoded(written.encode("cp437", "replace"))
    parts = PurePosixPath(clean(written).replace("\\", "/")).parts
    kept = [part for part in parts if part not in {"/", "..", "."} and not part.endswith(":")]
    return "/".join(kept) or "未命名"


def _decoded(written: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return written.decode("cp437")


def _is_litter(member: zipfile.ZipInfo) -> bool:
    return any(part.startswith(_LITTER) for part in PurePosixPath(_name(member)).parts)
