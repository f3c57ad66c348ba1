"""Word files: headings by style or outline level, lists with the numbers that Word draws, tables by rows."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.load import packing
from ingest.load.errors import Unreadable
from ingest.load.limits import ROWS
from ingest.load.naming import title
from ingest.load.numbering import WORD, Element, Numbering, value
from ingest.load.sections import Gatherer
from ingest.load.styles import Look, look
from ingest.load.tables import Cell, rows, spread
from kb.types import Document

# what stands between the text and its blocks: content controls, tracked insertions, the first of two alternatives
_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "AlternateContent", "Choice"}
# what is no text of its paragraph, or no longer: deletions, second alternatives, boxes, how it looks, how it sounds
_LEFT_OUT = {"del", "moveFrom", "Fallback", "txbxContent", "pPr", "rPr", "rt"}
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# a number that ends so stands close to its text
_CLOSED = ("、", "）", ")", "．")


@dataclass(slots=True)
class Reader:
    """Reads the blocks of a Word file in their order, on which the numbers depend."""

    styles: Mapping[str, Element]
    numbering: Numbering
    gathered: Gatherer = field(default_factory=Gatherer)
    rows: int = 0

    def read(self, body: Element) -> None:
        for block in _within(body, {"p", "tbl"}):
            if _name(block) == "tbl":
                for line in self._table(block):
                    self.gathered.say(line)
            else:
                self._paragraph(block)

    def _paragraph(self, block: Element) -> None:
        seen = look(block, self.styles)
        line = self._line(block, seen)
        if seen.lists_contents:
            return
        if seen.level:
            self.gathered.head(seen.level, line)
        else:
            self.gathered.say(line)
        for box in _boxes(block):
            self.read(box)

    def _line(self, block: Element, seen: Look) -> str:
        text = "".join(_pieces(block)).strip()
        label = self.numbering.label(seen.number, int(seen.depth or 0)) if text else ""
        return label + text if not label or label.endswith(_CLOSED) else f"{label} {text}"

    def _table(self, table: Element) -> list[str]:
        return rows(spread([self._cell(cell) for cell in row] for row in self._rows(table)))

    def _rows(self, table: Element) -> Iterator[Iterator[Element]]:
        for row in _within(table, {"tr"}):
            self.rows += 1
            if self.rows > ROWS:
                raise Unreadable(f"文件里的表格超过 {ROWS:,} 行，请拆成几份再上传。")
            yield _within(row, {"tc"})

    def _cell(self, cell: Element) -> Cell:
        properties = cell.find(f"{WORD}tcPr")
        lines = [line for block in _within(cell, {"p", "tbl"}) for line in self._inside(block)]
        if properties is None:
            return Cell("\n".join(lines))
        merged = properties.find(f"{WORD}vMerge")
        continues = merged is not None and merged.get(f"{WORD}val", "continue") == "continue"
        across = value(properties, "gridSpan")
        return Cell(None if continues else "\n".join(lines), int(across) if across.isdecimal() else 1)

    def _inside(self, block: Element) -> list[str]:
        """The lines of a block in a cell, with what hangs on it."""
        if _name(block) == "tbl":
            return self._table(block)
        hanging = (each for box in _boxes(block) for each in _within(box, {"p", "tbl"}))
        return [
            self._line(block, look(block, self.styles)),
            *(line for each in hanging for line in self._inside(each)),
        ]


def load_docx(name: str, data: bytes) -> Document:
    packing.check(data)
    import docx

    word = docx.Document(io.BytesIO(data))
    styles = {style.get(f"{WORD}styleId", ""): style for style in word.styles.element.iter(f"{WORD}style")}
    reader = Reader(styles, Numbering.of(_numbering(word)))
    reader.read(word.element.body)
    sections = reader.gathered.finish()
    opening = sections[0].text.split("\n")[0] if sections else None
    return Document(title(name, reader.gathered.first, word.core_properties.title, opening), sections)


def _numbering(word: Any) -> Element | None:
    """Its part is there only where a list has been made; python-docx would otherwise fail to make one."""
    parts = (relation.target_part for relation in word.part.rels.values() if not relation.is_external)
    return next((part.element for part in parts if part.partname == "/word/numbering.xml"), None)


def _name(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _within(parent: Element, names: set[str]) -> Iterator[Element]:
    """The blocks, rows or cells right under a parent, or under what only wraps them."""
    for child in parent:
        if (name := _name(child)) in names:
            yield child
        elif name in _WRAPPERS:
            yield from _within(child, names)


def _pieces(node: Element) -> Iterator[str]:
    for child in node:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        elif name not in _LEFT_OUT and not _is_hidden(child):
            yield from _pieces(child)


def _is_hidden(run: Element) -> bool:
    hidden = run.find(f"{WORD}rPr/{WORD}vanish")
    return hidden is not None and hidden.get(f"{WORD}val", "true") not in {"0", "false"}


def _boxes(block: Element) -> Iterator[Element]:
    """The text boxes that hang on a paragraph, each once."""
    for box in block.iter(f"{WORD}txbxContent"):
        if not any(_name(above) in {"Fallback", "txbxContent"} for above in box.iterancestors()):
            yield box
