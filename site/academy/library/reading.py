from typing import Any

from ingest.load import Unreadable, load
from kb.types import Document


def read(upload: Any) -> Document:
    """What an uploaded file says. Raises Unreadable, also where the file is gone from the disk."""
    try:
        with upload.file.open("rb") as file:
            data = file.read()
    except OSError as error:
        raise Unreadable("文件不在服务器上了，请重新上传。") from error
    return load(upload.filename, data)
