"""What Word's styles say of a paragraph: whether it is a heading, and in which list it is numbered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.load.numbering import WORD, Element, value

_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)", re.IGNORECASE)
_TITLES = {"title", "标题"}
# styles are based on one another no deeper than this
_CHAIN = 12


@dataclass(frozen=True, slots=True)
class Look:
    """The properties of a paragraph or of a style, as they are written; empty where they are not."""

    name: str = ""
    outline: str = ""
    number: str = ""
    depth: str = ""

    def over(self, below: "Look") -> "Look":
        return Look(
            self.name or below.name,
            self.outline or below.outline,
            self.number or below.number,
            self.depth or below.depth,
        )

    @property
    def level(self) -> int | None:
        """1 for the document's title and first headings, deeper for others, None for running text."""
        if self.name.lower() in _TITLES:
            return 1
        if self.outline.isdecimal():
            return int(self.outline) + 1 if int(self.outline) < 9 else None
        match = _HEADING.match(self.name)
        return int(match.group(1)) if match else None

    @property
    def lists_contents(self) -> bool:
        """Whether it is a line of the table of contents, which says what the headings say again."""
        return bool(_CONTENTS.match(self.name))


def look(paragraph: Element, styles: Mapping[str, Element]) -> Look:
    """The paragraph's own properties over those of its style and of what that is based on."""
    properties = paragraph.find(f"{WORD}pPr")
    found = _written(properties)
    key = value(properties, "pStyle") if properties is not None else ""
    for _ in range(_CHAIN):
        if (style := styles.get(key)) is None:
            break
        found = found.over(_written(style.find(f"{WORD}pPr"), value(style, "name")))
        key = value(style, "basedOn")
    return found


def _written(properties: Element | None, name: str = "") -> Look:
    if properties is None:
        return Look(name)
    listed = properties.find(f"{WORD}numPr")
    if listed is None:
        return Look(name, value(properties, "outlineLvl"))
    return Look(name, value(properties, "outlineLvl"), value(listed, "numId"), value(listed, "ilvl"))
