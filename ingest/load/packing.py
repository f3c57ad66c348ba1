"""Packed files, such as those of Office: they must not unpack to more than we can bear."""

import io
import zipfile

from ingest.load.errors import Unreadable
from ingest.load.limits import EXPANDED_BYTES, PART_BYTES, PARTS, RATIO, RATIO_FROM

# where a document type would stand; Office writes none, and entities could be declared in it
PROLOG = 4096
_ENTRY = b"PK\x01\x02"


def check(data: bytes) -> None:
    """Raises Unreadable for a packed file that is larger inside than it may be, or that declares entities."""
    with unpacked(data) as archive:
        parts = archive.infolist()
        if (
            len(parts) > PARTS
            or sum(part.file_size for part in parts) > EXPANDED_BYTES
            or any(map(_big, parts))
        ):
            raise Unreadable("文件解压后过大，请删去图片和空白的行列，或拆成几份，另存后再上传。")
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")) and _declares(archive, part):
                raise Unreadable("文件里有不该有的声明，为安全起见没有读取。请用原软件打开后另存一份再上传。")


def unpacked(data: bytes) -> zipfile.ZipFile:
    """The archive, opened: its list of parts is itself no longer than we can bear."""
    if data.count(_ENTRY) > PARTS:
        raise Unreadable(f"文件里打包了超过 {PARTS:,} 个部分，请拆成几份再上传。")
    return zipfile.ZipFile(io.BytesIO(data))


def _big(part: zipfile.ZipInfo) -> bool:
    is_tree = part.filename.lower().endswith((".xml", ".rels"))
    return (is_tree and part.file_size > PART_BYTES) or is_bomb(part)


def is_bomb(part: zipfile.ZipInfo) -> bool:
    """Whether a part is packed more tightly than anything that people write."""
    return part.file_size > RATIO_FROM and part.file_size > RATIO * max(part.compress_size, 1)


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as file:
        head = file.read(PROLOG).replace(b"\0", b"").lower()
    return b"<!doctype" in head or b"<!entity" in head
