"""Word files: headings by their style, lists as lines, tables by rows."""

import io
import re
import zipfile
from typing import TYPE_CHECKING

from ingest.load.errors import Unreadable
from ingest.load.naming import title
from ingest.load.sections import Gatherer, rows
from kb.types import Document

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
# what a file may unpack to: a small file that claims more is an attack, not a document
LARGEST = 200_000_000


def load_docx(name: str, data: bytes) -> Document:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > LARGEST:
            raise Unreadable("文件解压后过大，请删去图片后另存一份再上传。")
    import docx
    from docx.table import Table

    word = docx.Document(io.BytesIO(data))
    gathered = Gatherer()
    for block in word.iter_inner_content():
        if isinstance(block, Table):
            for line in rows([[cell.text for cell in row.cells] for row in block.rows]):
                gathered.say(line)
        elif level := _level(block):
            gathered.head(level, block.text)
        else:
            gathered.say(block.text)
    sections = gathered.finish()
    opening = sections[0].text.split("\n")[0] if sections else None
    return Document(title(name, gathered.first, word.core_properties.title, opening), sections)


def _level(paragraph: "Paragraph") -> int | None:
    """1 for the document's title and first headings, deeper for others, None for running text."""
    style = (paragraph.style.name if paragraph.style else "") or ""
    if style in {"Title", "标题"}:
        return 1
    match = _HEADING.match(style)
    return int(match.group(1)) if match else None
