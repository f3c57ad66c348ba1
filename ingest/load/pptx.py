"""Slides: each with its title, text, tables and notes; hidden ones are left out."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from ingest.load import packing, patience
from ingest.load.errors import Unreadable
from ingest.load.limits import GROUPS, SLIDES
from ingest.load.naming import title
from ingest.load.tables import Cell, rows, spread
from kb.text import clean
from kb.types import Document, Section

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
NOTES = "备注"
# shapes whose tops differ by less stand side by side (EMU, a quarter of an inch)
ABREAST = 228_600


def load_pptx(name: str, data: bytes) -> Document:
    """`Section.page` is the number of the slide, counted from 1 with the hidden ones."""
    packing.check(data)
    import pptx

    slides = pptx.Presentation(io.BytesIO(data)).slides
    if len(slides) > SLIDES:
        raise Unreadable(f"幻灯片超过 {SLIDES:,} 页，请拆成几份再上传。")
    shown = [
        (at, slide) for at, slide in enumerate(slides, 1) if slide._element.get("show") not in {"0", "false"}
    ]
    sections = tuple(section for at, slide in shown for section in _sections(slide, at))
    return Document(title(name, _heading(shown[0][1]) if shown else None), sections)


def _sections(slide: Any, page: int) -> Iterator[Section]:
    patience.renew()
    heading = _heading(slide)
    path = (heading,) if heading else ()
    named = slide.shapes.title
    bodies = [shape for shape in slide.shapes if named is None or shape.shape_id != named.shape_id]
    lines = [line for shape in _ordered(bodies) for line in _lines(shape, slide.part)]
    if text := _text(lines) or heading:
        yield Section(path, text, anchor=f"s{page}", page=page)
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if notes is not None and (said := _text([notes.text])):
        yield Section((*path, NOTES), said, anchor=f"s{page}n", page=page)


def _heading(slide: Any) -> str:
    named = slide.shapes.title
    return (
        " ".join(clean(named.text_frame.text).split()) if named is not None and named.has_text_frame else ""
    )


def _ordered(shapes: Iterable[Any]) -> list[Any]:
    """From the top down, and from the left where they stand side by side."""
    return sorted(shapes, key=lambda shape: ((shape.top or 0) // ABREAST, shape.left or 0))


def _lines(shape: Any, part: Any, depth: int = 0) -> Iterator[str]:
    if depth > GROUPS:
        raise Unreadable("幻灯片里的组合层数过多，请取消组合后另存一份再上传。")
    if hasattr(shape, "shapes"):
        for inner in _ordered(shape.shapes):
            yield from _lines(inner, part, depth + 1)
    elif getattr(shape, "has_table", False):
        yield from rows(spread(map(_cells, shape.table.rows)))
    elif shape.has_text_frame:
        yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
    else:
        yield from _drawn(shape, part)


def _cells(row: Any) -> list[Cell]:
    """A cell that another one to the left or above covers is empty in the file."""
    found = []
    for cell in row.cells:
        if cell.is_merge_origin:
            found.append(Cell(cell.text, cell.span_width, cell.span_height))
        elif not cell.is_spanned:
            found.append(Cell(cell.text))
    return found


def _drawn(shape: Any, part: Any) -> Iterator[str]:
    """The text of a SmartArt drawing, a line a node."""
    for relation in shape._element.iter(f"{DIAGRAM}relIds"):
        from pptx.oxml import parse_xml

        model = parse_xml(part.related_part(relation.get(f"{RELATION}dm")).blob)
        for node in model.iter(f"{DIAGRAM}pt"):
            yield "".join(text.text or "" for text in node.iter(f"{DRAWING}t"))


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.strip() for text in lines for line in clean(text).split("\n") if line.strip())
