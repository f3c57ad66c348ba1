from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import Document
from wagtail.models import Page

from academy.accounts.phones import PhoneField
from academy.events.inviting import Choice
from academy.events.listing import districts_of
from academy.events.models import Event, SignIn
from academy.events.models.event import EARLY
from academy.events.paper import MOST, lines
from academy.library.models import CasePage, ChapterPage, HandbookPage, RegulationPage
from academy.organisations.models import BusinessType, District, Enterprise, Post
from academy.organisations.scope import Scope

LONGEST = timedelta(days=5)
# a training hour is often one of 45 minutes
LESSON = timedelta(minutes=45)
PHOTOS = 20


class MomentInput(forms.DateTimeInput):
    """The browser's own control; it wants the moment written in one way only."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class EventForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Event
        fields = (
            "kind", "title", "district", "place", "begins_at", "ends_at", "hours", "signs_out", "capacity", "agenda", "pages",
            "documents",
        )  # fmt: skip
        widgets = {
            "begins_at": MomentInput,
            "ends_at": MomentInput,
            "agenda": forms.Textarea(attrs={"rows": 5, "data-grow": True}),
            "pages": forms.CheckboxSelectMultiple,
            "documents": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "district": _("Whose event it is: staff of this district keep its list."),
            "begins_at": _("Beijing time. People sign in from two hours before."),
            "hours": _("What everybody is credited with who is there to the end."),
            "signs_out": _("Whoever leaves without signing out is counted, but credited with no hours."),
            "capacity": _("Nobody is turned away: it is what the room holds."),
        }

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        district = self.fields["district"]
        assert isinstance(district, forms.ModelChoiceField)
        district.queryset, district.empty_label = districts_of(scope), str(_("Choose…"))
        files = Document.objects.filter(collection__view_restrictions=None).order_by("title")
        for name, found in (("pages", readable()), ("documents", files)):
            field: Any = self.fields[name]
            field.queryset = found
            # read once, for whether there are any and for the list of them
            field.choices = [(one.pk, str(one)) for one in found]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        begins, ends = cleaned.get("begins_at"), cleaned.get("ends_at")
        if begins and ends and ends <= begins:
            raise ValidationError({"ends_at": _("It ends before it begins. Choose a later time.")})
        if begins and ends and ends - begins > LONGEST:
            raise ValidationError({"ends_at": _("It is longer than five days. Plan one event for each day.")})
        if begins and ends and float(cleaned.get("hours") or 0) * LESSON > ends - begins:
            raise ValidationError({"hours": _("These are more hours than the event lasts.")})
        if begins and ends and self._leaves_out_somebody(begins, ends):
            why = _("People have signed in, and would not have been there then. Undo their sign-ins first.")
            raise ValidationError({"begins_at": why})
        return cleaned

    def _leaves_out_somebody(self, begins: datetime, ends: datetime) -> bool:
        """A sign-in of one day is none for another."""
        there = self.instance.sign_ins.standing() if self.instance.pk else SignIn.objects.none()
        return bool(there.filter(Q(at__lt=begins - EARLY) | Q(at__gt=ends)).exists())


def readable() -> Any:
    """What everybody may read of the library."""
    return (
        Page.objects.live()
        .public()
        .type((HandbookPage, ChapterPage, CasePage, RegulationPage))
        .order_by("path")
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Say why: the reason stays with the entry.")},
    )


class AdditionForm(forms.Form):
    text = forms.CharField(
        label=_("Addition to the minutes"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "data-grow": True}),
        help_text=_("It stands below what is written already, with your name and the time."),
        error_messages={"required": _("Write what is to be added.")},
    )


class ChoiceForm(forms.Form):
    """Whom to invite, out of those one may see."""

    district = forms.ModelChoiceField(
        label=_("District"), required=False, queryset=District.objects.none(), empty_label=_("All districts")
    )
    business_types = forms.ModelMultipleChoiceField(
        label=_("Business types"),
        required=False,
        queryset=BusinessType.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    risk_levels = forms.MultipleChoiceField(
        label=_("Risk level"),
        required=False,
        choices=Enterprise.Risk.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    posts = forms.ModelMultipleChoiceField(
        label=_("Posts"),
        required=False,
        queryset=Post.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for inviting people. None chosen: all of them."),
    )
    q = forms.CharField(
        label=_("Enterprise"),
        required=False,
        max_length=100,
        help_text=_("Part of its name, or its whole credit code or licence number."),
    )

    def __init__(self, data: Any, scope: Scope) -> None:
        super().__init__(data)
        district = self.fields["district"]
        assert isinstance(district, forms.ModelChoiceField)
        district.queryset, district.empty_label = districts_of(scope), str(_("Choose…"))

    def choice(self) -> Choice:
        said = self.cleaned_data
        return Choice(
            said["district"],
            list(said["business_types"]),
            list(said["posts"]),
            said["risk_levels"],
            said["q"].strip(),
        )


class NewcomerForm(forms.Form):
    """Somebody who stands on no list, as the page without a script sends it."""

    phone = PhoneField()
    name = forms.CharField(label=_("Name"), max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # for the script, which checks before anything waits without a network
        self.fields["phone"].widget.attrs["data-wrong"] = _(
            "A phone number has 11 digits and begins with 13 to 19."
        )


class PaperForm(forms.Form):
    people = forms.CharField(
        label=_("Names and phone numbers"),
        max_length=20_000,
        help_text=_("A line for each, as copied from a spreadsheet; other columns may stand beside them."),
        widget=forms.Textarea(attrs={"rows": 12, "data-grow": True}),
    )

    def clean_people(self) -> str:
        said: str = self.cleaned_data["people"]
        if len(list(lines(said))) > MOST:
            raise ValidationError(_("At most %(n)s lines at once. Send the others after them.") % {"n": MOST})
        return said


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        if self.required and not data:
            raise ValidationError(self.error_messages["required"], code="required")
        files = [super(PhotosField, self).clean(one, initial) for one in data or []]
        if len(files) > PHOTOS:
            raise ValidationError(_("20 photos at most in one go."))
        return files


class ClosingForm(forms.Form):
    minutes = forms.CharField(
        label=_("Minutes"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "data-grow": True}),
        help_text=_("What was said and agreed."),
    )
    photos = PhotosField(
        label=_("Photos"), required=False, help_text=_("JPEG, PNG or WebP. Only staff see them.")
    )
    all_stayed = forms.BooleanField(
        label=_("Whoever has not signed out stayed to the end"),
        required=False,
        help_text=_("Otherwise they are counted, but credited with no hours."),
    )
    guided = forms.ModelMultipleChoiceField(
        label=_("Enterprises guided"),
        required=False,
        queryset=Enterprise.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Those that were guided on site. Invited ones, and those of whoever signed in, are offered."
        ),
    )

    def __init__(self, event: Event, offered: Iterable[Enterprise], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not event.signs_out:
            del self.fields["all_stayed"]
        if event.kind != Event.Kind.GUIDANCE:
            del self.fields["guided"]
            return
        keys = [one.pk for one in offered]
        offers = Enterprise.objects.filter(pk__in=keys).select_related(
            "district__parent__parent", "business_type"
        )
        self.fields["guided"].queryset = offers  # type: ignore[attr-defined]
        there = set(event.sign_ins.standing().values_list("enterprise_key", flat=True))
        self.fields["guided"].initial = [key for key in keys if key in there]


class PhotosForm(forms.Form):
    photos = PhotosField(label=_("Photos"), help_text=_("JPEG, PNG or WebP. Only staff see them."))
