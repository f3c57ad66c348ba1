"""The list of events with its numbers, each of them counted by itself: joined, they would multiply."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import CharField, Count, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from academy.events.models import Event, EventQuerySet, Guidance, Invited, SignIn
from academy.organisations.models import District
from academy.organisations.scope import Scope
from academy.records.models import Attendance, midnight

ENTERPRISE = Coalesce("enterprise__merged_into", "enterprise")
THIS = OuterRef("pk")
KEY = Concat(Value("event:"), Cast(THIS, CharField()))


def with_numbers(events: EventQuerySet) -> EventQuerySet:
    """`signed_in`, `attended` (what came of it when the list was closed), `asked` (people and enterprises) and
    `enterprises_guided`, those once that turned out to be one."""
    return events.annotate(
        signed_in=_number(SignIn.objects.standing()),
        attended=_number(Attendance.objects.standing(), "event_key", KEY),
        asked=_number(Invited.objects.all()),
        enterprises_guided=_number(Guidance.objects.filter(withdrawn_at=None), of=ENTERPRISE),
    )


def _number(rows: QuerySet[Any], by: str = "event", key: Any = THIS, of: Any = "pk") -> Coalesce:
    counted = rows.filter(**{by: key}).order_by().values(by).annotate(n=Count(of, distinct=of != "pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def districts_of(scope: Scope) -> QuerySet[District]:
    """Where somebody may hold events."""
    everywhere = District.objects.select_related("parent__parent")
    return everywhere if scope.whole else everywhere.filter(pk__in=scope.districts)


class EventFilters(forms.Form):
    """Which events are listed; what is wrong is left out and said."""

    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Event.Kind.choices]
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Event.State.choices]
    )
    district = forms.ModelChoiceField(
        label=_("District"), required=False, queryset=District.objects.none(), empty_label=_("All districts")
    )
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    q = forms.CharField(
        label=_("Title or place"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, data: QueryDict, scope: Scope) -> None:
        super().__init__(data, auto_id="f-%s")
        self.scope = scope
        self.fields["district"].queryset = districts_of(scope)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def events(self) -> EventQuerySet:
        found, chosen = Event.objects.within(self.scope), self.chosen
        plain = {name: chosen[name] for name in ("kind", "state") if name in chosen}
        found = found.filter(**plain)
        if "district" in chosen:
            found = found.filter(district__in=District.objects.within(chosen["district"]))
        if "since" in chosen:
            found = found.filter(begins_at__gte=midnight(chosen["since"]))
        if "until" in chosen:
            found = found.filter(begins_at__lt=midnight(_next_day(chosen["until"])))
        if "q" in chosen:
            found = found.filter(Q(title__icontains=chosen["q"]) | Q(place__icontains=chosen["q"]))
        return found

    @property
    def address(self) -> str:
        """The query that says the same again."""
        said = {name: value.pk if isinstance(value, Model) else value for name, value in self.chosen.items()}
        return urlencode(said)


def _next_day(day: date) -> date:
    return day + timedelta(days=1)
