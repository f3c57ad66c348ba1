"""The log of learning for the supervising staff: who did what, when, from where; as a list, a table, and xAPI."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from academy.core.cells import Cell
from academy.core.exports import download, export
from academy.core.walking import walk
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervisor_required
from academy.records.exporting import lines
from academy.records.models import Statement, StatementQuerySet, Verb
from academy.records.models.completion import midnight
from academy.reports.filters import phone_has, says

PER_PAGE = 50
HEADS = [
    gettext_lazy("When"),
    gettext_lazy("Name"),
    gettext_lazy("What was done"),
    gettext_lazy("With what"),
    gettext_lazy("Edition"),
    gettext_lazy("From where"),
    gettext_lazy("Network address"),
]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day of this century: the database's own days end, too."""

    default_validators = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=DayInput, **kwargs)


class LogFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name or phone"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    verb = forms.ChoiceField(label=gettext_lazy("What was done"), required=False)
    about = forms.CharField(
        label=gettext_lazy("Object key, such as course:12"), required=False, max_length=60
    )
    since = DayField(label=gettext_lazy("From day"))
    until = DayField(label=gettext_lazy("To day"))

    def __init__(self, data: QueryDict, scope: Scope) -> None:
        super().__init__(data, auto_id="f-%s")
        self.scope = scope
        self.fields["verb"].choices = [("", _("Everything")), *Verb.choices]  # type: ignore[attr-defined]

    def statements(self) -> StatementQuerySet:
        """What is wrong is left out and said."""
        self.is_valid()
        chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if value}
        found = self.scope.acts(Statement.objects.all())
        if "q" in chosen:
            found = found.filter(_person(chosen["q"]))
        if "verb" in chosen:
            found = found.filter(verb=chosen["verb"])
        if "about" in chosen:
            found = found.about(chosen["about"])
        if "since" in chosen:
            found = found.since(midnight(chosen["since"]))
        return found.before(midnight(chosen["until"] + timedelta(days=1))) if "until" in chosen else found


@supervisor_required
@require_safe
def listed(request: StaffRequest) -> HttpResponseBase:
    filters = LogFilters(request.GET, request.scope)
    found = filters.statements()
    wanted = request.GET.get("format") if filters.is_valid() else None
    if wanted == "xapi":
        name = f"log-{timezone.localdate():%Y-%m-%d}.jsonl"
        return download(lines(found), name, "application/x-ndjson")
    named = found.select_related("user")
    if wanted:
        return export(wanted, "log", [str(head) for head in HEADS], map(_row, walk(named)))
    page = Paginator(named, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "nav": "log",
        "filters": filters,
        "query": query.urlencode(),
        "page": page,
        "columns": [{"label": head} for head in HEADS],
        "rows": [[{"text": "—" if cell in ("", None) else cell} for cell in _row(one)] for one in page],
    }
    return render(request, "reports/log.html", context)


def _person(words: str) -> Q:
    return says("user__name", words) | phone_has(words)


def _row(one: Statement) -> list[Cell]:
    return [
        f"{timezone.localtime(one.at):%Y-%m-%d %H:%M:%S}",
        str(one.user),
        one.get_verb_display(),
        one.object_name,
        one.edition,
        one.get_origin_display(),
        one.address,
    ]
