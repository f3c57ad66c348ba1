from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from academy.chat.models import Asking, Topic
from academy.chat.models.asking import TopicQuerySet
from academy.chat.topics.figures import begins, this_week
from academy.organisations.scope import Scope

WEEKS = [("1", _("This week")), ("4", _("Last 4 weeks")), ("52", _("Last 52 weeks"))]
# longer than the site has stood (weeks)
ALWAYS = 52 * 50
# kept out of the list of districts: askings of those who did not say where they work
NOWHERE = "-"


class AskingFilters(forms.Form):
    """Which askings are counted. What is wrong is left out and said."""

    weeks_unless_chosen = 12
    weeks = forms.ChoiceField(label=_("Asked in"), choices=[("", _("Last 12 weeks")), *WEEKS], required=False)
    district = forms.ChoiceField(label=_("District"), required=False)

    def __init__(self, data: QueryDict, scope: Scope) -> None:
        self.scope = scope
        super().__init__(data, auto_id="f-%s")
        counties = scope.parts().filter(parent__isnull=False, parent__parent=None)
        nowhere = [(NOWHERE, _("Not stated"))] if scope.whole else []
        named = [*counties.values_list("pk", "name"), *nowhere]
        self.fields["district"].choices = [("", _("All districts")), *named]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """What is set and right, by the field's name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def address(self) -> str:
        return urlencode(self.chosen)

    @property
    def number_of_weeks(self) -> int:
        return int(self.chosen.get("weeks", self.weeks_unless_chosen))

    def within(self, prefix: str = "") -> Q:
        """The condition on an asking, or on what leads to one by `prefix`."""
        since = begins(this_week() - timedelta(weeks=self.number_of_weeks - 1))
        found, district = (
            Q(**{f"{prefix}at__gte": since}) & asked_in(self.scope, prefix),
            self.chosen.get("district"),
        )
        if district == NOWHERE:
            return found & Q(**{f"{prefix}district": None})
        return found & Q(**{f"{prefix}district": district}) if district else found

    def askings(self) -> QuerySet[Asking]:
        return Asking.objects.filter(self.within())


class TopicFilters(AskingFilters):
    """Which topics are listed: those that wait, until another state is chosen."""

    weeks_unless_chosen = ALWAYS
    state = forms.ChoiceField(label=_("State"), choices=Topic.State.choices, required=False)
    q = forms.CharField(
        label=_("Words"), required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"})
    )
    field_order = ("state", "weeks", "district", "q")

    def __init__(self, data: QueryDict, scope: Scope) -> None:
        super().__init__(data, scope)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", Topic.State.WAITING.label),
            *((state.value, state.label) for state in Topic.State if state != Topic.State.WAITING),
        ]
        self.fields["weeks"].choices = [("", _("At any time")), *WEEKS]  # type: ignore[attr-defined]

    def topics(self) -> TopicQuerySet:
        """With counts of what was asked within the filters, the most wanted first."""
        chosen = self.chosen
        found = Topic.objects.filter(state=chosen.get("state", Topic.State.WAITING))
        if "q" in chosen:
            found = found.filter(question__icontains=chosen["q"])
        return found.counted(self.within("askings__")).order_by(*TopicQuerySet.MOST_WANTED)


def asked_in(scope: Scope, prefix: str = "") -> Q:
    """Said of an asking, or of what leads to one by `prefix`."""
    return Q() if scope.whole else Q(**{f"{prefix}district__in": scope.districts})
