"""The tables of the overview, each the same on the screen and in a file."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from academy.organisations.models import Enterprise
from academy.reports import guidance, periods, titles
from academy.reports.choices import EVENT
from academy.reports.facts import NOWHERE, Column, Tally
from academy.reports.figures import Figures
from academy.reports.filters import KINDS, NOT_STATED, Filters
from academy.reports.loading import COURSE, day_number
from academy.reports.rosters import Share
from academy.reports.rows import Line, Table
from academy.reports.slices import SLICE

TOP = 10


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
        choice = self.figures.choice
        keys = [] if choice.apart else tree.below(choice.district)
        group_of = {part: n for n, key in enumerate(keys) for part in tree.parts(key)}
        place = _grouped(self.facts.district, group_of, len(keys))
        sums = self.facts.sums(place, len(keys) + 1)
        group = _grouped(staff.roster.district, group_of, len(keys))
        enterprises = staff.enterprises_by(group, len(keys) + 1)
        posts = staff.posts_by(group[staff.roster.where], len(keys) + 1)
        guided = guidance.by(self.figures.visits, lambda visit: group_of.get(visit.district, len(keys)))
        queries = [*(self._address(district=key) for key in keys), self._address(apart=True)]
        names = [*(tree.names[key] for key in keys), _("In none of them")]
        *lines, nowhere = [
            Line(name, sums.tally(n), query, f"?{query}", enterprises[n], posts[n], guided.get(n, 0))
            for n, (name, query) in enumerate(zip(names, queries, strict=True))
        ]
        lines.sort(key=lambda line: line.enterprises.percent or 0 if line.enterprises else 0)
        if nowhere.counts_anything:
            lines.append(nowhere)
        return self._table("district", _("By district, from the lowest coverage"), _("District"), lines, True)

    def subject(self, top: int | None = None) -> Table:
        facts = self.facts
        sums = facts.sums(facts.subject, len(facts.words["subject"]))
        order = _ranked(sums.persons, sums.person_times)
        keys = [facts.words["subject"][n] for n in order[:top]]
        named = titles.of(keys, self.filters.courses)
        lines = [
            Line(named.get(key, key), sums.tally(n), query := self._address(subject=key), f"?{query}")
            for key, n in zip(keys, order[:top], strict=True)
        ]
        choice = self.figures.choice
        if top is None and choice.subject is None and choice.kind in (None, COURSE):
            untaught = [key for key in self.filters.courses if key not in set(keys)]
            lines += [
                Line(self.filters.courses[key], Tally(), self._address(subject=key)) for key in untaught
            ]
        left_out = len(order) - len(lines)
        return self._table(
            "subject", _("By course and event"), _("Course or event"), lines, left_out=left_out
        )

    def kind(self, top: int | None = None) -> Table:
        counted = self.facts.by_word("kind")
        offered = KINDS if self.figures.choice.kind is None else {}
        words = [word for word in [*offered, *counted] if word != EVENT or word in counted]
        lines = [
            Line(str(KINDS.get(word, word)), counted.get(word, Tally()), self._address(kind=word))
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
        guided = guidance.by(self.figures.visits, lambda visit: visit.business_type)
        lines = self._worded("business_type", shares, guided)
        return self._table("business-type", _("By business type"), _("Business type"), lines, True)

    def post(self, top: int | None = None) -> Table:
        roster, staff = self.figures.staff.roster, self.figures.staff
        posts = staff.posts_by(roster.post, len(roster.posts))
        shares = {word: (None, posts[n]) for n, word in enumerate(roster.posts) if posts[n].whole}
        return self._table("post", _("By post"), _("Post"), self._worded("post", shares), posts=True)

    def _worded(
        self, column: str, shares: Mapping[str, tuple[Share | None, Share]], guided: Mapping[str, int] | None = None
    ) -> list[Line]:  # fmt: skip
        """A line for each word of a record, or of what is registered today."""
        counted = self.facts.by_word(column)
        words = {*shares, *counted, *(guided or ())}
        nobody = (None if guided is None else Share(0, 0), Share(0, 0))
        return [
            Line(
                word or _("Not stated"),
                counted.get(word, Tally()),
                query := self._address(**{column: word or NOT_STATED}),
                f"?{query}",
                *shares.get(word, nobody),
                None if guided is None else guided.get(word, 0),
            )
            for word in sorted(words, key=lambda word: -counted.get(word, Tally()).person_times)
        ]

    def enterprise(self, top: int | None = None) -> Table:
        there = self.facts.enterprise
        sums = self.facts.sums(there - NOWHERE, int(there.max(initial=NOWHERE)) - NOWHERE + 1)
        order = [key for n in _ranked(sums.persons, sums.person_times) if (key := n + NOWHERE) != NOWHERE]
        named, own = dict(_names(order[:top])), self._own(order[:top]) if top else set()
        lines = []
        for key in order[:top]:
            tally, query = sums.tally(key - NOWHERE), self._address(enterprise=key)
            # what has gone elsewhere since has its page there
            url = reverse("enterprise_numbers", args=[key]) if key in own else f"?{query}"
            lines.append(Line(named.get(key, "—"), tally, query, url))
        left_out = len(order) - len(lines)
        return self._table(
            "enterprise", _("By enterprise, the most first"), _("Enterprise"), lines, left_out=left_out
        )

    def _own(self, keys: list[int]) -> set[int]:
        """Of these enterprises those that are in the scope today."""
        if self.filters.scope.whole:
            return set(keys)
        return set(self.filters.scope.register().filter(pk__in=keys).values_list("pk", flat=True))

    def month(self, top: int | None = None) -> Table:
        guided = guidance.by(self.figures.all_visits, lambda visit: visit.day.replace(day=1))
        lines = [
            Line(month_name(day), tally, query := self._address(start=day, end=day, span=None), f"?{query}", guided=guided.get(day, 0))
            for day, tally in self.trend.items()
        ]  # fmt: skip
        return self._table("month", _("By month"), _("Month"), lines, guided=True)

    @cached_property
    def trend(self) -> dict[date, Tally]:
        """A tally for each month that is shown, also of those before the period."""
        choice = self.figures.choice
        days = periods.shown(choice.period)
        is_same = days[0] == choice.period.first
        facts = self.facts if is_same else choice.facts(days[0], choice.period.until)
        # they are in the order of their days
        begins = np.searchsorted(facts.day, [day_number(day) for day in days])
        months = np.repeat(np.arange(len(days)), np.diff(begins, append=len(facts)))
        sums = facts.sums(months, len(days))
        return {day: sums.tally(n) for n, day in enumerate(days)}

    def _address(self, **changes: Any) -> str:
        return self.filters.address(**changes)

    def _table(
        self, slug: str, title: str, head: str, lines: list[Line], both: bool = False, posts: bool = False, left_out: int = 0, guided: bool = False
    ) -> Table:  # fmt: skip
        """`both`: with the shares of enterprises and of posts, and the enterprises guided."""
        staff, figures = self.figures.staff, self.figures
        total = Line(
            _("The period, each person once") if slug == "month" else _("Total, each person once"),
            figures.total,
            self._address(),
            "",
            staff.enterprises if both else None,
            staff.posts if both or posts else None,
            figures.guided if both or guided else None,
        )
        return Table(slug, title, head, lines, total, self.filters.lists, max(left_out, 0))


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
