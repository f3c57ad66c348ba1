from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.exams.models import SpotExam
from academy.organisations.districts import choices
from academy.organisations.scope import Scope


class MomentInput(forms.DateTimeInput):
    """The browser's own control; it wants the moment written in one way only."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SpotExamForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = SpotExam
        fields = ("title", "paper", "opens_at", "closes_at", "district", "business_types", "posts", "size")
        widgets = {
            "opens_at": MomentInput,
            "closes_at": MomentInput,
            "business_types": forms.CheckboxSelectMultiple,
            "posts": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "opens_at": _("Beijing time"),
            "closes_at": _("Beijing time. Whoever sits then is cut off."),
            "business_types": _("None chosen: all of them."),
            "posts": _("None chosen: all of them."),
            "size": _("If fewer people fit, all of them are drawn."),
        }

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        district = self.fields["district"]
        assert isinstance(district, forms.ModelChoiceField)
        district.queryset = scope.parts()
        district.required = not scope.whole
        everything = _("All districts") if scope.whole else _("Choose…")
        district.choices = [("", everything), *choices(scope.parts())]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            raise ValidationError({"closes_at": _("It closes before it opens. Choose a later time.")})
        if closes and closes <= timezone.now():
            raise ValidationError({"closes_at": _("This time is past. Choose a later time.")})
        return cleaned
