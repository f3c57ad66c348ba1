from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from academy.courses.models import CoursePage
from academy.organisations.models import BusinessType, Post

STATES = {"new": _("Not begun"), "under_way": _("Under way"), "completed": _("Completed")}
HOURS = {
    "1": (_("Up to 1 hour"), Q(hours__lte=1)),
    "3": (_("1 to 3 hours"), Q(hours__gt=1, hours__lte=3)),
    "more": (_("More than 3 hours"), Q(hours__gt=3)),
}
NO_SUCH = {"invalid_choice": _("There is no such choice: “%(value)s”. It is left out.")}


class Filters(forms.Form):
    """All courses until something is chosen. What is wrong is left out and said."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    level = forms.ChoiceField(
        label=_("Level"),
        required=False,
        choices=[("", _("All levels")), *CoursePage.Level.choices],
        error_messages=NO_SUCH,
    )
    post = forms.ChoiceField(label=_("Post"), required=False, error_messages=NO_SUCH)
    business_type = forms.ChoiceField(label=_("Business type"), required=False, error_messages=NO_SUCH)
    hours = forms.ChoiceField(
        label=_("Training hours"),
        required=False,
        choices=[("", _("Any length")), *((value, words) for value, (words, _where) in HOURS.items())],
        error_messages=NO_SUCH,
    )
    state = forms.ChoiceField(
        label=_("How far"),
        required=False,
        choices=[("", _("All")), *STATES.items()],
        error_messages=NO_SUCH,
    )
    mine = forms.BooleanField(label=_("For me"), required=False)

    def __init__(self, data: QueryDict, signed_in: bool) -> None:
        super().__init__(data, auto_id="f-%s")
        for name, model, everything in (
            ("post", Post, _("All posts")),
            ("business_type", BusinessType, _("All business types")),
        ):
            named = [(str(pk), label) for pk, label in model.objects.values_list("pk", "name")]
            self.fields[name].choices = [("", everything), *named]  # type: ignore[attr-defined]
        if not signed_in:
            del self.fields["state"], self.fields["mine"]

    @property
    def chosen(self) -> dict[str, Any]:
        """What is set and right, by the field's name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
