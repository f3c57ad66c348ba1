import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from academy.organisations.models import BusinessType
from academy.records.models import Completion, CompletionQuerySet
from academy.reports import counting

# In an address, the records that say nothing here: an empty value already means no filter
NOT_STATED = "-"
COLUMNS = {"district": "district_name", "business_type": "business_type_name", "course": "course_key"}
EVERYTHING = {
    "district": _("All districts"),
    "business_type": _("All business types"),
    "course": _("All courses"),
}


def _named(names: list[str]) -> dict[str, str]:
    """Each name once, in the order given; the empty one, of records that say nothing, last."""
    return {
        name: name or gettext("Not stated")
        for name in sorted(dict.fromkeys(names), key=lambda name: not name)
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


class Filters(forms.Form):
    """Which completions are counted; all until something is chosen. What is wrong is left out and said."""

    start = MonthField(label=_("From month"))
    end = MonthField(label=_("To month"))
    district = forms.ChoiceField(
        label=_("District"),
        required=False,
        error_messages={"invalid_choice": _("There is no district “%(value)s”. All districts are counted.")},
    )
    business_type = forms.ChoiceField(
        label=_("Business type"),
        required=False,
        error_messages={"invalid_choice": _("There is no business type “%(value)s”. All are counted.")},
    )
    course = forms.ChoiceField(
        label=_("Course"),
        required=False,
        error_messages={"invalid_choice": _("There is no course “%(value)s”. All courses are counted.")},
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="f-%s")
        kinds = BusinessType.objects.values_list("name", flat=True)
        self.names = {
            "district": _named([*counting.counties(), *counting.recorded("district_name")]),
            "business_type": _named([*kinds, *counting.recorded("business_type_name")]),
            "course": counting.course_titles(),
        }
        for field, everything in EVERYTHING.items():
            named = [(value or NOT_STATED, label) for value, label in self.names[field].items()]
            self.fields[field].choices = [("", everything), *named]  # type: ignore[attr-defined]

    def add_prefix(self, field_name: str) -> str:
        return {"start": "from", "end": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("end", _("The last month is before the first. Nothing is cut off at the end."))
        return self.cleaned_data

    @property
    def chosen(self) -> dict[str, Any]:
        """What is set and right, by the field's name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def completions(self) -> CompletionQuerySet:
        chosen, found = self.chosen, Completion.objects.all()
        if "start" in chosen:
            found = found.since(chosen["start"])
        if "end" in chosen:
            found = found.before(counting.next_month(chosen["end"]))
        return found.filter(**{COLUMNS[name]: self._value(name) for name in COLUMNS if name in chosen})

    def _value(self, field: str) -> str:
        return "" if self.chosen[field] == NOT_STATED else self.chosen[field]

    def within(self, field: str) -> dict[str, str]:
        """The names that a table has a row for: all that are offered, or the one that is chosen."""
        names = self.names[field]
        return {self._value(field): names[self._value(field)]} if field in self.chosen else names

    def address(self, **changes: Any) -> str:
        """The query that says the same again, with `changes`; `None` takes a filter away."""
        pairs = {self.add_prefix(name): value for name, value in {**self.chosen, **changes}.items() if value}
        return urlencode({name: f"{v:%Y-%m}" if isinstance(v, date) else v for name, v in pairs.items()})


class ListFilters(Filters):
    q = forms.CharField(
        label=_("Name or phone"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def completions(self) -> CompletionQuerySet:
        found, words = super().completions(), self.chosen.get("q")
        if words:
            found = found.filter(Q(person_name__icontains=words) | phone_has(words))
        return found


def phone_has(words: str) -> Q:
    """Records of whoever has these digits in their number; of nobody, where the words are none."""
    digits = re.sub(r"[\s+-]", "", words)
    return Q(user__phone__contains=digits) if digits.isdecimal() else Q(pk__in=[])
