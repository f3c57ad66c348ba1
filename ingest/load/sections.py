"""Headings and paragraphs in reading order become sections."""

from dataclasses import dataclass, field

from ingest import outline
from ingest.load.naming import LONGEST
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
        """The first level-1 heading of a document is its title, and no part of any path.

        What is set as a heading and is an article, or a whole sentence, is text.
        """
        heading = " ".join(clean(text).split())
        if outline.names_article(heading) or len(heading) > LONGEST or heading.endswith(("。", "；")):
            self.say(text)
            return
        self._close()
        if level == 1 and not self.first and not self.done and outline.division(heading) is None:
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
