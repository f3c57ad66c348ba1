from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from academy.records.models import PersonMerge

REASON = PersonMerge._meta.get_field("reason").max_length


class MergeForm(forms.Form):
    """`keep` is the key of the one that the other is merged into."""

    keep = forms.TypedChoiceField(label=_("Which one is kept"), coerce=int, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON,
        help_text=_("How you know that the two are one. It stays with the entry."),
        error_messages={"required": _("Say why: the reason stays with the entry.")},
    )

    def __init__(self, both: dict[int, str], data: Any = None) -> None:
        super().__init__(data, initial={"keep": next(iter(both))})
        self.fields["keep"].choices = list(both.items())  # type: ignore[attr-defined]


class MergePeopleForm(MergeForm):
    number = forms.ChoiceField(
        label=_("The phone number of the account that is not kept"),
        widget=forms.RadioSelect,
        choices=[
            ("theirs", _("still theirs: it signs in to the account that is kept")),
            ("given_up", _("given up: whoever gets it from the operator begins an account of their own")),
        ],
        error_messages={"required": _("Say whether the number is still theirs.")},
    )
    field_order = ("keep", "number", "reason")
