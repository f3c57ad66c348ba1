"""What the pages of numbers are asked for, in their address."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.accounts.phones import digits_of, phone_is
from academy.organisations.models import Enterprise, EnterpriseQuerySet
from academy.organisations.scope import Scope
from academy.reports import columns, periods, snapshots, titles
from academy.reports.choices import EVENT, Choice, made_here
from academy.reports.facts import Column
from academy.reports.loading import COURSE
from academy.reports.periods import Period
from academy.reports.places import Tree

# In an address, the records that say nothing here: an empty value already means no filter
NOT_STATED = "-"
KINDS = {
    COURSE: _("Courses"),
    EVENT: _("Events of all kinds"),
    "training": _("Trainings"),
    "talk": _("Talks"),
    "guidance": _("Guidance on site"),
}
PERIODS = {
    periods.HALF: _("This half-year"),
    periods.MONTH: _("This month"),
    periods.QUARTER: _("This quarter"),
    periods.YEAR: _("This year"),
    periods.LAST + periods.MONTH: _("Last month"),
    periods.LAST + periods.QUARTER: _("Last quarter"),
    periods.LAST + periods.HALF: _("The half-year before"),
    periods.LAST + periods.YEAR: _("Last year"),
}
USUAL = periods.HALF
# longer numbers are no key
LONGEST_KEY = 19
# what the numbers lead to: the page, and what it is asked for beside the filters
LISTS = {
    "records": ("reports:records", ""),
    "persons": ("reports:persons", ""),
    "held": ("reports:held", ""),
    "guided": ("reports:guided", ""),
    "enterprises": ("reports:enterprises", "trained=yes&"),
    "people": ("reports:people", "trained=yes&"),
    "untrained": ("reports:people", ""),
    "learning": ("reports:learning", ""),
    "exams": ("reports:exams", ""),
    "certificates": ("reports:certificates", ""),
}


class MonthField(forms.DateField):
    """The first day of a month, written 2026-11."""

    default_error_messages = {
        "invalid": _("A month is written like 2026-11: a year, and a month from 01 to 12.")
    }
    default_validators = [
        MinValueValidator(date(2000, 1, 1), _("Months count from 2000-01 on.")),
        MaxValueValidator(date(2099, 12, 31), _("Months count up to 2099-12.")),
    ]

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m", attrs={"type": "month", "placeholder": "2026-01"})
        super().__init__(input_formats=["%Y-%m"], widget=widget, required=False, **kwargs)


def _choice(label: Any, error: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, error_messages={"invalid_choice": error})


class Filters(forms.Form):
    """What is counted; all that may be seen of this half-year until something is chosen. What is wrong is left out and said."""

    span = _choice(_("Period"), _("There is no period “%(value)s”. This half-year is counted."))
    district = _choice(_("District"), _("There is no district “%(value)s”. All districts are counted."))
    business_type = _choice(_("Business type"), _("There is no business type “%(value)s”. All are counted."))
    post = _choice(_("Post"), _("There is no post “%(value)s”. All posts are counted."))
    kind = _choice(_("Courses and events"), _("There is no kind “%(value)s”. All are counted."))
    subject = _choice(_("Course or event"), _("There is no course “%(value)s”. All courses are counted."))
    start = MonthField(label=_("Other months: from"))
    end = MonthField(label=_("to"))
    enterprise = forms.ModelChoiceField(
        Enterprise.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("There is no such enterprise. All are counted.")},
    )

    # what is in none of the districts of a table; only lines of tables lead there
    apart = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, scope: Scope, enterprise: Enterprise | None = None) -> None:
        """`enterprise`: that one, whatever is asked for."""
        super().__init__(data, auto_id="f-%s")
        self._given = {"enterprise": enterprise} if enterprise else {}
        self.scope, self.tree, self.courses = scope, Tree.seen_by(scope), titles.courses()
        self.source, self.snapshot = columns.current(), snapshots.current()
        self.lists: dict[str, str] = {name: f"{reverse(url)}?{asked}" for name, (url, asked) in LISTS.items()}
        has_months = data.get("from") or data.get("to")
        self._offer("span", PERIODS.items(), _("These months") if has_months else None)
        self._offer("district", self.tree.indented(), _("All districts"))
        types, posts = self.snapshot.roster.words(scope)
        self._offer("business_type", self._words("business_type", types), _("All business types"))
        self._offer("post", self._words("post", posts), _("All posts"))
        self._offer("kind", KINDS.items(), _("Courses and events together"))
        self._offer("subject", self._subjects(), _("All courses and events"))
        self.fields["enterprise"].queryset = self._enterprises()  # type: ignore[attr-defined]

    @property
    def as_of(self) -> datetime:
        """Of when today's state is in what is listed."""
        return self.snapshot.taken_at

    def _enterprises(self) -> EnterpriseQuerySet:
        """Those of the scope; and the one that is asked for, where records of the scope name it, although it has gone elsewhere."""
        own, asked = self.scope.register(), self.data.get("enterprise", "")
        if self.scope.whole or not (asked.isdecimal() and len(asked) < LONGEST_KEY):
            return own
        here = self.source.anywhere(self.scope.districts, self.scope.enterprises)
        return (
            own | Enterprise.objects.filter(pk=asked) if len(here.among("enterprise", [int(asked)])) else own
        )

    def _offer(self, field: str, choices: Iterable[tuple[str, Any]], everything: Any) -> None:
        first = [] if everything is None else [("", everything)]
        self.fields[field].choices = [*first, *choices]  # type: ignore[attr-defined]

    def _subjects(self) -> list[tuple[str, str]]:
        """Courses by their names; any other that was recorded in this scope may be asked for, and is then named."""
        asked = self.data.get("subject", "")
        is_known = asked and asked not in self.courses and asked in self._recorded("subject")
        return [*self.courses.items(), *titles.of([asked] if is_known else [], {}).items()]

    @cached_property
    def _own(self) -> Column | None:
        return made_here(self.source, self.scope)

    def _recorded(self, column: str) -> set[str]:
        return self.source.said(column, self._own)

    def _words(self, column: str, registered: set[str]) -> list[tuple[str, str]]:
        """Every word of the register and of the records of this scope; the empty one, of records that say nothing, last."""
        words = registered | self._recorded(column)
        nothing = [(NOT_STATED, gettext("Not stated"))] if "" in words else []
        return [*((word, word) for word in sorted(words - {""})), *nothing]

    def add_prefix(self, field_name: str) -> str:
        return {"span": "period", "start": "from", "end": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("end", _("The last month is before the first. Nothing is cut off at the end."))
        return self.cleaned_data

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """What is set and right, by the field's name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value} | self._given

    @cached_property
    def period(self) -> Period:
        chosen, today = self.chosen, periods.today()
        if "start" not in chosen and "end" not in chosen:
            return periods.named(chosen.get("span", USUAL), today)
        start = chosen.get("start") or date(min(today, chosen["end"]).year, 1, 1)
        return periods.months(start, max(start, chosen.get("end") or today), today)

    @cached_property
    def choice(self) -> Choice:
        chosen = self.chosen
        return Choice(
            source=self.source,
            scope=self.scope,
            tree=self.tree,
            period=self.period,
            district=int(chosen["district"]) if "district" in chosen else None,
            enterprise=_counted(chosen.get("enterprise")),
            apart=chosen.get("apart", False),
            kind=chosen.get("kind"),
            subject=chosen.get("subject"),
            **{name: _said(chosen[name]) for name in ("business_type", "post") if name in chosen},
        )

    def address(self, **changes: Any) -> str:
        """The query that says the same again, with `changes`; `None` takes a filter away."""
        pairs = {self.add_prefix(name): value for name, value in {**self.chosen, **changes}.items() if value}
        return urlencode({name: _written(value) for name, value in pairs.items()})


class ListFilters(Filters):
    q = forms.CharField(
        label=_("Name or phone"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


def _counted(enterprise: Enterprise | None) -> int | None:
    """The key under which an enterprise is counted: its own, or that of the one it turned out to be."""
    return (enterprise.merged_into_id or enterprise.pk) if enterprise else None


def _said(word: str) -> str:
    return "" if word == NOT_STATED else word


def _written(value: Any) -> Any:
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return value.pk if isinstance(value, Enterprise) else value


def says(column: str, words: str) -> Q:
    """Rows with these words there. Chinese knows no capitals, and to look past them takes several times as long."""
    return Q(**{f"{column}__{'contains' if words.upper() == words.lower() else 'icontains'}": words})


def phone_has(words: str) -> Q:
    """Records of whoever has this number; looked for among people, who are fewer."""
    if not digits_of(words):
        return Q(pk__in=[])
    return Q(user__in=User.objects.filter(phone_is(words)).values("pk"))
