"""What stands behind three numbers: the people who were trained, the events that were held, the enterprises that were guided.
Each list has as many lines as the number says."""

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.core.templatetags.look import thousands
from academy.events.models import Event
from academy.organisations.models import Enterprise
from academy.reports import guidance, titles
from academy.reports.choices import in_events
from academy.reports.facts import Tally, hours_of
from academy.reports.figures import Figures
from academy.reports.filters import KINDS, LONGEST_KEY, Filters
from academy.reports.guidance import GUIDANCE, Visit
from academy.reports.listing import Listing, at_last, for_supervisors
from academy.reports.loading import EPOCH
from academy.reports.slices import Slices


class Persons(Slices):
    """Everybody who has a record, once, whatever accounts they used."""

    def __init__(self, filters: Filters) -> None:
        facts = filters.choice.facts()
        self.accounts = facts.accounts
        self.sums = facts.sums(facts.person, facts.people)
        self.last = np.zeros(facts.people, np.int64)
        np.maximum.at(self.last, facts.person, facts.day)
        super().__init__(np.flatnonzero(self.sums.person_times))

    def rows(self, places: list[int]) -> list[Any]:
        keys = self.accounts[places].tolist()
        users = User.objects.only("name", "phone").in_bulk(keys)
        return [
            (key, [users[key].name, users[key].masked_phone, *self._learned(place)])
            for place, key in zip(places, keys, strict=True)
        ]

    def _learned(self, place: int) -> list[Any]:
        tenths = int(self.sums.tenths[place])
        return [int(self.sums.person_times[place]), hours_of(tenths), _date(self.last[place])]


class Held(Slices):
    """Events in which somebody of the choice was, or an enterprise of it was guided, the latest first."""

    def __init__(self, filters: Filters) -> None:
        figures = Figures(filters.choice, filters.snapshot)
        facts, self.filters = in_events(figures.facts), filters
        self.texts = facts.words
        self.visits: dict[str, list[Visit]] = defaultdict(list)
        for visit in figures.visits:
            self.visits[visit.event].append(visit)
        self.sums = facts.sums(facts.subject, len(self.texts["subject"]))
        # the records are in the order of their days
        subjects, first = np.unique(facts.subject, return_index=True)
        self.place = {self.texts["subject"][n]: int(n) for n in subjects}
        self.kind = dict(zip(self.place, facts.kind[first].tolist(), strict=True))
        self.began = dict(zip(self.place, map(_date, facts.day[first]), strict=True))
        for key, visits in self.visits.items():
            self.began[key] = min(self.began.get(key, date.max), visits[0].day)
        self.keys = sorted(self.began, key=lambda key: (self.began[key], key), reverse=True)
        super().__init__(np.arange(len(self.keys)))

    def rows(self, places: list[int]) -> list[Any]:
        keys = [self.keys[place] for place in places]
        known = {one.key: one for one in Event.objects.filter(pk__in=_numbers(keys))}
        own = set(Event.objects.within(self.filters.scope).filter(pk__in=_numbers(keys)).values_list("pk", flat=True))  # fmt: skip
        named = titles.of(keys, {key: one.title for key, one in known.items()})
        pages = {key: one.pk for key, one in known.items() if one.pk in own}
        return [(pages.get(key), self._line(key, named.get(key, key))) for key in keys]

    def _line(self, key: str, title: str) -> list[Any]:
        kind, tally = GUIDANCE, Tally()
        if key in self.place:
            kind, tally = self.texts["kind"][self.kind[key]], self.sums.tally(self.place[key])
        return [title, str(KINDS.get(kind, kind)), self.began[key], *tally, guidance.guided(self.visits[key])]


class Guided(Slices):
    """Enterprises that were guided, each once, the latest first."""

    def __init__(self, filters: Filters) -> None:
        self.times: dict[int, list[date]] = defaultdict(list)
        for visit in Figures(filters.choice, filters.snapshot).visits:
            self.times[visit.enterprise].append(visit.day)
        self.own, self.filters = filters.scope.register(), filters
        self.keys = sorted(self.times, key=lambda key: (self.times[key][-1], key), reverse=True)
        super().__init__(np.arange(len(self.keys)))

    def rows(self, places: list[int]) -> list[Any]:
        keys = [self.keys[place] for place in places]
        known = Enterprise.objects.select_related("business_type").in_bulk(keys)
        own = set(self.own.filter(pk__in=keys).values_list("pk", flat=True))
        names = self.filters.tree.names
        return [
            (key if key in own else None, [one.name, names[one.district_id], one.business_type.name, len(self.times[key]), self.times[key][-1]])
            for key, one in ((key, known[key]) for key in keys)
        ]  # fmt: skip


def _numbers(keys: list[str]) -> list[int]:
    """The keys of the events themselves; what was taken over from elsewhere may have others."""
    said = [key.removeprefix("event:") for key in keys]
    return [int(number) for number in said if number.isdecimal() and len(number) < LONGEST_KEY]


def _date(day: Any) -> date:
    return date.fromordinal(int(day) + EPOCH)


def persons_list(filters: Filters) -> Listing:
    lead = _(
        "Everybody with a completed course or an attendance in the period, each once, whatever accounts they used"
    )
    heads = [_("Name"), _("Phone number"), _("Person-times"), _("Training hours"), _("Last on")]
    return Listing("persons", _("Persons trained"), lead, _persons, heads, heads[2:4], Persons(filters), filters, at_last, _person)  # fmt: skip


def held_list(filters: Filters) -> Listing:
    lead = _(
        "Trainings, talks and guidance on site in the period, the latest first, with the numbers of those of this part of the city"
    )
    heads = [_("Event"), _("Kind"), _("Began on"), _("Persons"), _("Person-times"), _("Training hours"), _("Enterprises guided")]  # fmt: skip
    return Listing("held", _("Events held"), lead, _events, heads, heads[3:], Held(filters), filters, at_last, _event)  # fmt: skip


def guided_list(filters: Filters) -> Listing:
    lead = _(
        "Every enterprise that was guided on site in the period, each once, whether or not anybody of theirs signed in"
    )
    heads = [_("Enterprise"), _("District"), _("Business type"), _("Times guided"), _("Last on")]
    return Listing("guided", _("Enterprises guided on site"), lead, _enterprises, heads, heads[3:4], Guided(filters), filters, at_last, _enterprise)  # fmt: skip


persons = for_supervisors(Filters, persons_list)
held = for_supervisors(Filters, held_list)
guided = for_supervisors(Filters, guided_list)


def _persons(n: int) -> str:
    return ngettext("%(shown)s person", "%(shown)s persons", n) % {"shown": thousands(n)}


def _events(n: int) -> str:
    return ngettext("%(shown)s event", "%(shown)s events", n) % {"shown": thousands(n)}


def _enterprises(n: int) -> str:
    return ngettext("%(shown)s enterprise", "%(shown)s enterprises", n) % {"shown": thousands(n)}


def _person(found: Any) -> dict[int, str]:
    return {0: reverse("reports:person", args=[found[0]])}


def _event(found: Any) -> dict[int, str]:
    """What was held elsewhere in the city has no page here."""
    return {0: reverse("staff_events:one", args=[found[0]])} if found[0] else {}


def _enterprise(found: Any) -> dict[int, str]:
    return {0: reverse("enterprise_numbers", args=[found[0]])} if found[0] else {}
