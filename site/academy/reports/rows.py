"""A table of numbers: its lines, what each number leads to, and the same for a file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.core.templatetags.look import thousands
from academy.reports.facts import Tally
from academy.reports.rosters import Share


@dataclass(frozen=True, slots=True)
class Line:
    """`query` is the address that says what is counted here; `url`, where there is one, of the same page for this line alone."""

    label: str
    tally: Tally
    query: str
    url: str = ""
    enterprises: Share | None = None
    posts: Share | None = None
    guided: int | None = None

    @property
    def counts_anything(self) -> bool:
        return bool(self.tally.person_times or self.guided or (self.enterprises and self.enterprises.whole))

    @property
    def shares(self) -> list[Share]:
        return [share for share in (self.enterprises, self.posts) if share]


class Cell(NamedTuple):
    """`leads_to`: the name of the list of all that is counted here; `percent` is drawn as a bar."""

    text: str
    leads_to: str
    percent: float | None = None


@dataclass(frozen=True)
class Table:
    """`lists`: the address of each list that numbers may lead to, by its name."""

    slug: str
    title: str
    head: str
    lines: list[Line]
    total: Line
    lists: Mapping[str, str]
    left_out: int = 0

    @property
    def heads(self) -> list[str]:
        total = self.total
        heads = [self.head, _("Persons trained"), _("Person-times trained"), _("Training hours")]
        heads += [_("Enterprises guided on site")] if total.guided is not None else []
        shares = {_("Enterprises covered"): total.enterprises, _("Posts trained"): total.posts}
        return [*heads, *(head for head, share in shares.items() if share)]

    @property
    def columns(self) -> list[dict[str, Any]]:
        return [{"label": label, "numeric": i > 0} for i, label in enumerate(self.heads)]

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        return [self._cells(line) for line in self.lines]

    @property
    def foot(self) -> list[dict[str, Any]]:
        return self._cells(self.total)

    def _cells(self, line: Line) -> list[dict[str, Any]]:
        """Every number leads to the list of what it counts."""
        named = {"text": line.label, "url": line.url or self._url("records", line.query)}
        numbers = ({**cell._asdict(), "url": self._url(cell.leads_to, line.query)} for cell in _numbers(line))
        return [named, *numbers]

    def _url(self, name: str, query: str) -> str:
        return f"{self.lists[name]}{query}" if name in self.lists else ""

    @property
    def sheet_heads(self) -> list[str]:
        """In a file a share is two numbers and its percent."""
        plain = len(self.heads) - len(self.total.shares)
        shares = [[head, _("of"), "%"] for head in self.heads[plain:]]
        return [*self.heads[:plain], *(head for three in shares for head in three)]

    @property
    def sheet(self) -> list[Row]:
        return [
            [line.label, *line.tally, *_guided(line), *(cell for share in line.shares for cell in _in_file(share))]
            for line in [*self.lines, self.total]
        ]  # fmt: skip


def _numbers(line: Line) -> Iterator[Cell]:
    tally = line.tally
    yield Cell(thousands(tally.persons), "persons")
    yield Cell(thousands(tally.person_times), "records")
    yield Cell(hours(tally.hours), "records")
    yield from (Cell(thousands(n), "guided") for n in _guided(line))
    for name, share in (("enterprises", line.enterprises), ("people", line.posts)):
        if share:
            drawn = share.percent if name == "enterprises" else None
            yield Cell(share_words(share), name if share.whole else "", drawn)


def _guided(line: Line) -> list[int]:
    return [] if line.guided is None else [line.guided]


def _in_file(share: Share) -> Row:
    percent = None if share.percent is None else Decimal(str(round(share.percent, 1)))
    return [share.part, share.whole, percent]


def share_words(share: Share) -> str:
    if share.percent is None:
        return "—"
    return f"{share.percent:.1f}% ({thousands(share.part)}/{thousands(share.whole)})"


def hours(amount: Decimal) -> str:
    """Without a fraction that is none: 1.5, but 12."""
    return f"{amount:,.1f}".removesuffix(".0")
