"""The tables of the overview, each the same on the screen and in a file."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.core.exports import Row
from academy.core.templatetags.look import thousands
from academy.organisations.models import Enterprise
from academy.reports import periods, titles
from academy.reports.facts import NOWHERE, Column, Tally
from academy.reports.figures import Figures
from academy.reports.filters import KINDS, NOT_STATED, Filters
from academy.reports.rosters import Share

TOP = 10
SLICE = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """`records` is the address of the records behind it; `url`, where there is one, of the same numbers for this line alone."""

    label: str
    tally: Tally
    records: str
    url: str = ""
    enterprises: Share | None = None
    posts: Share | None = None


@dataclass(frozen=True)
class Table:
    slug: str
    title: str
    head: str
    lines: list[Line]
    total: Line
    left_out: int = 0

    @property
    def heads(self) -> list[str]:
        heads = [self.head, _("Persons trained"), _("Person-times trained"), _("Training hours")]
        shares = {_("Enterprises covered"): self.total.enterprises, _("Posts trained"): self.total.posts}
        return [*heads, *(head for head, share in shares.items() if share)]

    @property
    def columns(self) -> list[dict[str, Any]]:
        return [{"label": label, "numeric": i > 0} for i, label in enumerate(self.heads)]

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        return [_cells(line) for line in self.lines]

    @property
    def foot(self) -> list[dict[str, Any]]:
        return _cells(self.total)

    @property
    def sheet_heads(self) -> list[str]:
        """In a file a share is two numbers and its percent."""
        heads = self.heads[:4]
        for head in self.heads[4:]:
            heads += [head, _("of"), "%"]
        return heads

    @property
    def sheet(self) -> list[Row]:
        return [
            [line.label, *line.tally, *(cell for share in _shares(line) for cell in _in_file(share))]
            for line in [*self.lines, self.total]
        ]


def _shares(line: Line) -> list[Share]:
    return [share for share in (line.enterprises, line.posts) if share]


def _in_file(share: Share) -> Row:
    percent = None if share.percent is None else Decimal(str(round(share.percent, 1)))
    return [share.part, share.whole, percent]


def _cells(line: Line) -> list[dict[str, Any]]:
    """Every number leads to the records that it counts; how much is covered is drawn as well."""
    tally = line.tally
    numbers = [thousands(tally.persons), thousands(tally.person_times), hours(tally.hours)]
    cells: list[dict[str, Any]] = [{"text": line.label, "url": line.url or line.records}]
    cells += [{"text": text, "url": line.records} for text in numbers]
    shares: list[dict[str, Any]] = [{"text": share_words(share)} for share in _shares(line)]
    if line.enterprises and line.enterprises.percent is not None:
        shares[0]["percent"] = line.enterprises.percent
    return cells + shares


def share_words(share: Share) -> str:
    if share.percent is None:
        return "—"
    return f"{share.percent:.1f}% ({thousands(share.part)}/{thousands(share.whole)})"


def hours(amount: Decimal) -> str:
    """Without a fraction that is none: 1.5, but 12."""
    return f"{amount:,.1f}".removesuffix(".0")


class Tables:
    """Of one choice; each table is counted when it is asked for."""

    def __init__(self, filters: Filters, figures: Figures) -> None:
        self.filters, self.figures, self.facts = filters, figures, figures.facts
        self.makers: Mapping[str, Callable[[int | None], Table]] = {
            "district": self.district,
            "subject": self.subject,
            "kind": self.kind,
            "business-type": self.business_type,
            "post": self.post,
            "enterprise": self.enterprise,
            "month": self.month,
        }

    def table(self, slug: str) -> Table:
        """One by itself and whole; a name that is not one of ours is not found."""
        if slug not in self.makers:
            raise Http404(slug)
        return self.makers[slug](None)

    @cached_property
    def all(self) -> dict[str, Table]:
        """Each with its first rows."""
        return {slug: make(TOP) for slug, make in self.makers.items()}

    def district(self, top: int | None = None) -> Table:
        """The parts of the chosen district, each with all its own parts; then what is in none of them."""
        tree, staff = self.filters.tree, self.figures.staff
        keys = tree.below(self.figures.choice.district)
        group_of = {part: n for n, key in enumerate(keys) for part in tree.parts(key)}
        place = _grouped(self.facts.district, group_of, len(keys))
        sums = self.facts.sums(place, len(keys) + 1)
        group = _grouped(staff.roster.district, group_of, len(keys))
        enterprises = staff.enterprises_by(group, len(keys) + 1)
        posts = staff.posts_by(group[staff.roster.where], len(keys) + 1)
        lines = [
            Line(
                tree.names[key],
                sums.tally(n),
                self._records(district=key),
                f"?{self._address(district=key)}",
                enterprises[n],
                posts[n],
            )
            for n, key in enumerate(keys)
        ]
        lines.sort(key=lambda line: line.enterprises.percent or 0 if line.enterprises else 0)
        if sums.person_times[-1] or enterprises[-1].whole:
            nowhere = Line(
                _("In none of them"), sums.tally(-1), self._records(), "", enterprises[-1], posts[-1]
            )
            lines.append(nowhere)
        return self._table("district", _("By district, from the lowest coverage"), _("District"), lines, True)

    def subject(self, top: int | None = None) -> Table:
        facts = self.facts
        sums = facts.sums(facts.subject, len(facts.words["subject"]))
        order = _ranked(sums.persons, sums.person_times)
        keys = [facts.words["subject"][n] for n in order[:top]]
        named = titles.of(keys, self.filters.courses)
        lines = [
            Line(
                named.get(key, key),
                sums.tally(n),
                self._records(subject=key),
                f"?{self._address(subject=key)}",
            )
            for key, n in zip(keys, order[:top], strict=True)
        ]
        if top is None:
            untaught = [key for key in self.filters.courses if key not in set(keys)]
            lines += [
                Line(self.filters.courses[key], Tally(), self._records(subject=key)) for key in untaught
            ]
        left_out = len(order) - len(lines)
        return self._table(
            "subject", _("By course and event"), _("Course or event"), lines, left_out=left_out
        )

    def kind(self, top: int | None = None) -> Table:
        counted = self.facts.by_word("kind")
        words = [word for word in [*KINDS, *counted] if word != "event" or word in counted]
        lines = [
            Line(str(KINDS.get(word, word)), counted.get(word, Tally()), self._records(kind=word))
            for word in dict.fromkeys(words)
        ]
        return self._table("kind", _("By kind"), _("Kind"), lines)

    def business_type(self, top: int | None = None) -> Table:
        roster, staff = self.figures.staff.roster, self.figures.staff
        enterprises = staff.enterprises_by(roster.business_type, len(roster.types))
        posts = staff.posts_by(roster.business_type[roster.where], len(roster.types))
        shares = {
            word: (enterprises[n], posts[n]) for n, word in enumerate(roster.types) if enterprises[n].whole
        }
        lines = self._worded("business_type", shares)
        return self._table("business-type", _("By business type"), _("Business type"), lines, True)

    def post(self, top: int | None = None) -> Table:
        roster, staff = self.figures.staff.roster, self.figures.staff
        posts = staff.posts_by(roster.post, len(roster.posts))
        shares = {word: (None, posts[n]) for n, word in enumerate(roster.posts) if posts[n].whole}
        return self._table("post", _("By post"), _("Post"), self._worded("post", shares), posts=True)

    def _worded(self, column: str, shares: Mapping[str, tuple[Share | None, Share]]) -> list[Line]:
        """A line for each word of a record, or of what is registered today."""
        counted = self.facts.by_word(column)
        is_both = column == "business_type"
        lines = []
        for word in sorted({*shares, *counted}, key=lambda word: -counted.get(word, Tally()).person_times):
            enterprises, posts = shares.get(word, (Share(0, 0), Share(0, 0)))
            query = self._address(**{column: word or NOT_STATED})
            label = word or _("Not stated")
            tally = counted.get(word, Tally())
            records = f"{self.filters.records_url}?{query}"
            lines.append(Line(label, tally, records, f"?{query}", enterprises if is_both else None, posts))
        return lines

    def enterprise(self, top: int | None = None) -> Table:
        there = self.facts.enterprise
        sums = self.facts.sums(there - NOWHERE, int(there.max(initial=NOWHERE)) - NOWHERE + 1)
        order = [key for n in _ranked(sums.persons, sums.person_times) if (key := n + NOWHERE) != NOWHERE]
        named = dict(_names(order[:top]))
        lines = []
        for key in order[:top]:
            tally, url = sums.tally(key - NOWHERE), reverse("enterprise_numbers", args=[key])
            lines.append(Line(named.get(key, "—"), tally, self._records(enterprise=key), url))
        left_out = len(order) - len(lines)
        return self._table(
            "enterprise", _("By enterprise, the most first"), _("Enterprise"), lines, left_out=left_out
        )

    def month(self, top: int | None = None) -> Table:
        lines = [
            Line(month_name(day), tally, self._records(start=day, end=day, span=None))
            for day, tally in self.trend.items()
        ]
        return self._table("month", _("By month"), _("Month"), lines)

    @cached_property
    def trend(self) -> dict[date, Tally]:
        """A tally for each month that is shown, also of those before the period."""
        choice = self.figures.choice
        days = periods.shown(choice.period)
        facts = choice.facts(days[0], choice.period.until)
        months = facts.day.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        sums = facts.sums(months - month_number(days[0]), len(days))
        return {day: sums.tally(n) for n, day in enumerate(days)}

    def _address(self, **changes: Any) -> str:
        return self.filters.address(**changes)

    def _records(self, **changes: Any) -> str:
        return f"{self.filters.records_url}?{self.filters.address(**changes)}"

    def _table(
        self, slug: str, title: str, head: str, lines: list[Line], both: bool = False, posts: bool = False, left_out: int = 0
    ) -> Table:  # fmt: skip
        staff = self.figures.staff
        total = Line(
            _("Total, each person once"),
            self.figures.total,
            self._records(),
            "",
            staff.enterprises if both else None,
            staff.posts if both or posts else None,
        )
        return Table(slug, title, head, lines, total, max(left_out, 0))


def month_number(day: date) -> int:
    """Months since 1970-01."""
    return (day.year - 1970) * 12 + day.month - 1


def month_name(day: date) -> str:
    name = date_format(day, "YEAR_MONTH_FORMAT")
    today = periods.today()
    if day != today.replace(day=1):
        return name
    return _("%(month)s (until day %(day)d)") % {"month": name, "day": today.day}


def _grouped(column: Column, group_of: Mapping[int, int], others: int) -> Column:
    """The group of each key; nowhere is the last place of what is looked up in."""
    known = np.full(max(int(column.max(initial=0)), *group_of, 0) + 2, others, np.int64)
    known[list(group_of)] = list(group_of.values())
    return known[column]


def _ranked(*measures: Column) -> list[int]:
    """Places of what has any, the greatest first."""
    order = np.lexsort([-measure for measure in reversed(measures)])
    return [int(n) for n in order if measures[-1][n]]


def _names(keys: list[int]) -> Iterator[tuple[int, str]]:
    for n in range(0, len(keys), SLICE):
        some = keys[n : n + SLICE]
        yield from Enterprise.objects.filter(pk__in=some).values_list("pk", "name")
