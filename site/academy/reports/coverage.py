"""Who is trained and who is not: today's people and enterprises, each a list that is read page by page."""

from functools import partial
from typing import Any

import numpy as np
from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from academy.accounts.models import User
from academy.core.templatetags.look import thousands
from academy.organisations.models import Enterprise
from academy.reports.facts import Column
from academy.reports.filters import NOT_STATED, Filters
from academy.reports.listing import Listing, at_last, for_supervisors
from academy.reports.rosters import Staff
from academy.reports.slices import Slices

YES, NO, ALL = "yes", "no", "all"


class CoverageFilters(Filters):
    trained = forms.ChoiceField(
        label=gettext_lazy("Trained in the period"),
        required=False,
        choices=[("", gettext_lazy("Not yet")), (YES, gettext_lazy("Yes")), (ALL, gettext_lazy("All"))],
    )

    @property
    def staff(self) -> Staff:
        return self.snapshot.roster.chosen(self.choice)

    @property
    def asked(self) -> str:
        return str(self.chosen.get("trained", NO))

    def which(self, everything: Column, trained: Column) -> Column:
        if self.asked == ALL:
            return everything
        return everything & (trained if self.asked == YES else ~trained)

    def complete(self, everything: Column, words: str) -> str:
        """`words` where nobody is missing from a list of who has not, and somebody might be."""
        return words if self.asked == NO and everything.any() else ""


class People(Slices):
    """Places of work, in the order of the enterprises."""

    def __init__(self, filters: CoverageFilters) -> None:
        self.filters, self.staff = filters, filters.staff
        super().__init__(np.flatnonzero(filters.which(self.staff.staff, self.staff.trained)))

    def rows(self, places: list[int]) -> list[Any]:
        roster = self.staff.roster
        users = User.objects.only("name", "phone").in_bulk(roster.person[places].tolist())
        keys = roster.key[roster.where[places]].tolist()
        names = self._names(keys)
        found = []
        for place, key in zip(places, keys, strict=True):
            user, at = users[int(roster.person[place])], roster.where[place]
            district = self.filters.tree.names[int(roster.district[at])]
            words = [roster.types[roster.business_type[at]], roster.posts[roster.post[place]]]
            row = [user.name, user.masked_phone, names[key], district, *words]
            found.append((user.pk, key, [*row, self.said(self.staff.trained[place])]))
        return found

    def _names(self, keys: list[int]) -> dict[int, str]:
        chosen = self.filters.chosen.get("enterprise")
        if chosen and {*keys} <= {chosen.pk}:
            return {chosen.pk: chosen.name}
        return dict(Enterprise.objects.filter(pk__in=keys).values_list("pk", "name"))


class Enterprises(Slices):
    def __init__(self, filters: CoverageFilters) -> None:
        self.filters, self.staff = filters, filters.staff
        super().__init__(np.flatnonzero(filters.which(self.staff.here, self.staff.covered)))
        size = len(self.staff.here)
        self.employed = np.bincount(self.staff.roster.where[self.staff.staff], minlength=size)
        self.trained = np.bincount(
            self.staff.roster.where[self.staff.staff & self.staff.trained], minlength=size
        )

    def rows(self, places: list[int]) -> list[Any]:
        roster = self.staff.roster
        keys = roster.key[places].tolist()
        named = Enterprise.objects.filter(pk__in=keys).values_list("pk", "name", "responsible", "address")
        facts = {pk: words for pk, *words in named}
        found = []
        for place, key in zip(places, keys, strict=True):
            name, responsible, address = facts[key]
            where = self.filters.tree.names[int(roster.district[place])]
            counted = [int(self.employed[place]), int(self.trained[place])]
            kind = roster.types[roster.business_type[place]]
            found.append((key, [name, where, kind, *counted, responsible, address]))
        return found


def people_list(filters: CoverageFilters) -> Listing:
    lead = _(
        "Everybody who works in an enterprise in business today, once for each enterprise; trained counts wherever it was"
    )
    heads = [
        _("Name"),
        _("Phone number"),
        _("Enterprise"),
        _("District"),
        _("Business type"),
        _("Post"),
        _("Trained"),
    ]
    titles = {YES: _("People trained"), NO: _("People not trained"), ALL: _("People, trained or not")}
    found = People(filters)
    complete = filters.complete(found.staff.staff, _("Nobody is missing: everybody here has been trained"))
    return Listing("people", titles[filters.asked], lead, _places_of_work, heads, (), found, filters, at_last, who, complete=complete)  # fmt: skip


people = for_supervisors(CoverageFilters, people_list)


def enterprise_list(filters: CoverageFilters) -> Listing:
    lead = _(
        "Enterprises in business today; one is covered where somebody who works there today was trained in the period"
    )
    heads = [_("Enterprise"), _("District"), _("Business type"), _("People today"), _("Of them trained"), _("Responsible person"), _("Address")]  # fmt: skip
    titles = {YES: _("Enterprises with somebody trained"), NO: _("Enterprises with nobody trained"), ALL: _("Enterprises, covered or not")}  # fmt: skip
    found = Enterprises(filters)
    complete = filters.complete(found.staff.here, _("None is missing: everywhere here somebody has been trained"))  # fmt: skip
    counted = partial(_enterprises, filters.chosen.get("business_type", NOT_STATED))
    return Listing("enterprises", titles[filters.asked], lead, counted, heads, heads[3:5], found, filters, at_last, _what, complete=complete)  # fmt: skip


enterprises = for_supervisors(CoverageFilters, enterprise_list)


def _places_of_work(n: int) -> str:
    return ngettext("%(shown)s place of work", "%(shown)s places of work", n) % {"shown": thousands(n)}


def _enterprises(kind: str, n: int) -> str:
    if kind != NOT_STATED:
        return _("%(kind)s: %(shown)s") % {"kind": kind, "shown": thousands(n)}
    return ngettext("%(shown)s enterprise", "%(shown)s enterprises", n) % {"shown": thousands(n)}


def who(found: Any) -> dict[int, str]:
    user, enterprise, _row = found
    return {0: reverse("reports:person", args=[user]), 2: reverse("enterprise_numbers", args=[enterprise])}


def _what(found: Any) -> dict[int, str]:
    return {0: reverse("enterprise_numbers", args=[found[0]])}
