"""Who began which course and came how far, and how each exam went: the lists behind the rates."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import numpy as np
from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from academy.accounts.models import User
from academy.core.templatetags.look import thousands
from academy.exams.models import SpotExam
from academy.reports import titles
from academy.reports.coverage import YES
from academy.reports.facts import Column
from academy.reports.filters import Filters
from academy.reports.journeys import Funnel
from academy.reports.listing import Listing, at_last, for_supervisors
from academy.reports.loading import EPOCH
from academy.reports.shows import STAGES
from academy.reports.slices import Slices

PLACE = {stage: n for n, stage in enumerate(Funnel._fields)}


class _OfToday(Filters):
    @property
    def as_of(self) -> datetime:
        return self.snapshot.as_of

    def people(self) -> Column | None:
        """Whose; None for everybody."""
        return None if self.choice.is_whole else self.snapshot.roster.chosen(self.choice).people()


class PathFilters(_OfToday):
    stage = forms.ChoiceField(
        label=gettext_lazy("Came as far as"),
        required=False,
        choices=[*STAGES.items(), ("unfinished", gettext_lazy("Not finished yet"))],
    )


class ExamFilters(_OfToday):
    passed = forms.ChoiceField(
        label=gettext_lazy("Passed"),
        required=False,
        choices=[("", gettext_lazy("All")), (YES, gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
    )
    first = forms.BooleanField(label=gettext_lazy("First attempts only"), required=False)


class PathList(Slices):
    def __init__(self, filters: PathFilters) -> None:
        self.filters, journeys = filters, filters.snapshot.journeys
        self.paths, self.subjects = journeys.paths(filters.choice, filters.people()), journeys.subjects
        asked = filters.chosen.get("stage", "begun")
        stage = self.paths.stage
        there = stage < PLACE["passed"] if asked == "unfinished" else stage >= PLACE[asked]
        super().__init__(np.flatnonzero(there))
        self.stages = list(STAGES.values())

    def rows(self, places: list[int]) -> list[Any]:
        named = _Named(self.filters, self.paths.person[places], self.paths.subject[places], self.subjects)
        return [
            (user.pk, [user.name, user.masked_phone, title, str(self.stages[self.paths.stage[place]])])
            for place, (user, title) in zip(places, named.pairs(), strict=True)
        ]


class ExamList(Slices):
    def __init__(self, filters: ExamFilters) -> None:
        self.filters, self.journeys = filters, filters.snapshot.journeys
        there = self.journeys.sat(filters.choice, filters.people())
        if filters.chosen.get("first"):
            there = there & self.journeys.x_first
        if asked := filters.chosen.get("passed"):
            there = there & (self.journeys.x_passed == (asked == YES))
        super().__init__(np.flatnonzero(there)[::-1])

    def rows(self, places: list[int]) -> list[Any]:
        sat = self.journeys
        named = _Named(self.filters, sat.x_person[places], sat.x_subject[places], sat.subjects)
        return [
            (user.pk, [user.name, user.masked_phone, title, date.fromordinal(int(sat.x_day[place]) + EPOCH), *self._judged(place)])
            for place, (user, title) in zip(places, named.pairs(), strict=True)
        ]  # fmt: skip

    def _judged(self, place: int) -> list[str]:
        return [self.said(column[place]) for column in (self.journeys.x_passed, self.journeys.x_first)]


class _Named:
    """People and courses or spot exams, from their numbers, in as many queries for fifty as for one."""

    def __init__(self, filters: Filters, people: Column, subjects: Column, words: tuple[str, ...]) -> None:
        self._people, self._keys = people.tolist(), [words[n] for n in subjects]
        self._users = User.objects.only("name", "phone").in_bulk(self._people)
        keys = set(self._keys)
        self._titles = {**_spots(keys), **titles.of(keys, filters.courses)}

    def pairs(self) -> list[tuple[User, str]]:
        both = zip(self._people, self._keys, strict=True)
        return [(self._users[person], self._titles.get(key, key)) for person, key in both]


def _spots(keys: Collection[str]) -> dict[str, str]:
    numbers = [key.removeprefix("spot:") for key in keys if key.startswith("spot:")]
    found = SpotExam.objects.filter(pk__in=numbers) if numbers else []
    return {f"spot:{exam.pk}": str(exam) for exam in found}


def path_list(filters: PathFilters) -> Listing:
    lead = _(
        "Each person who began a course in the period, once for each course; of a district, those who work there today"
    )
    heads = [_("Name"), _("Phone number"), _("Course"), _("Came as far as")]
    return Listing("learning", _("Courses begun"), lead, _courses_begun, heads, (), PathList(filters), filters, at_last, _who)  # fmt: skip


def exam_list(filters: ExamFilters) -> Listing:
    lead = _(
        "Each exam handed in in the period, the latest begun first; of a district, those of who works there today"
    )
    heads = [_("Name"), _("Phone number"), _("Exam of"), _("Handed in on"), _("Passed"), _("First attempt")]
    return Listing(
        "exams", _("Exams handed in"), lead, _exams, heads, (), ExamList(filters), filters, at_last, _who
    )


paths = for_supervisors(PathFilters, path_list)
exams = for_supervisors(ExamFilters, exam_list)


def _courses_begun(n: int) -> str:
    return ngettext("%(shown)s course begun", "%(shown)s courses begun", n) % {"shown": thousands(n)}


def _exams(n: int) -> str:
    return ngettext("%(shown)s exam", "%(shown)s exams", n) % {"shown": thousands(n)}


def _who(found: Any) -> dict[int, str]:
    return {0: reverse("reports:person", args=[found[0]])}
