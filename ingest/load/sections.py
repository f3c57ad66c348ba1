"""Headings and paragraphs in reading order become sections."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.text import clean
from kb.types import Section


@dataclass(slots=True)
class Gatherer:
    """Collects text under the headings that are open; a heading closes those of its level and below."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    done: list[Section] = field(default_factory=list)
    first: str = ""

    def head(self, level: int, text: str) -> None:
        """The first level-1 heading of a document is its title, and no part of any path."""
        self._close()
        heading = " ".join(clean(text).split())
        if level == 1 and not self.first and not self.done:
            self.first = heading
        elif heading:
            self.headings = [pair for pair in self.headings if pair[0] < level] + [(level, heading)]

    def say(self, text: str) -> None:
        if text.strip():
            self.lines.append(clean(text).strip())

    def finish(self) -> tuple[Section, ...]:
        self._close()
        return tuple(self.done)

    def _close(self) -> None:
        if self.lines:
            path = tuple(heading for _, heading in self.headings)
            self.done.append(Section(path, "\n".join(self.lines)))
            self.lines = []


def rows(table: Iterable[Sequence[str]]) -> list[str]:
    """A table's rows as lines, each cell with its column's head, so that a row says what it means alone."""
    cells = [[" ".join(cell.split()) for cell in row] for row in table]
    if len(cells) < 2:
        return [" ".join(row) for row in cells]
    head, *body = cells
    return [line for row in body if (line := _row(head, row))]


def _row(head: Sequence[str], row: Sequence[str]) -> str:
    padded = [*head, *[""] * (len(row) - len(head))]
    named = [f"{name}：{cell}" if name else cell for name, cell in zip(padded, row, strict=False) if cell]
    return "；".join(dict.fromkeys(named))
