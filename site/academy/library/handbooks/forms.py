import unicodedata
import uuid
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.library.handbooks.counting import in_force
from academy.organisations.finding import named
from academy.organisations.models import District, Enterprise
from academy.organisations.scope import Scope

MOST = 1_000_000


class SignatureForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=50,
        help_text=_("As your record has it: it is your signature."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    understood = forms.BooleanField(
        label=_("I have read this edition and understood it."),
        error_messages={"required": _("Tick this if it is so.")},
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.user.name and _plain(name) != _plain(self.user.name):
            raise ValidationError(_("Your record has another name. Change it there, or sign with that one."))
        return name


class DispatchForm(forms.Form):
    """To whom: a district, or one enterprise in it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    handbook = forms.ChoiceField(label=_("Handbook"))
    edition = forms.CharField(
        label=_("Edition"), max_length=50, required=False, help_text=_("Empty: the one in force.")
    )
    district = forms.ModelChoiceField(
        label=_("District"), queryset=District.objects.none(), required=False, empty_label=_("Choose…")
    )
    enterprise = forms.CharField(
        label=_("Enterprise"),
        max_length=100,
        required=False,
        help_text=_("Its credit code or its name, where the copies went to one enterprise."),
    )
    copies = forms.IntegerField(label=_("Copies"), validators=[MinValueValidator(1), MaxValueValidator(MOST)])
    sent_on = forms.DateField(
        label=_("Sent on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[MinValueValidator(date(2000, 1, 1), _("Dispatches count from 2000 on."))],
    )
    receipt = forms.CharField(
        label=_("Receipt"),
        max_length=200,
        required=False,
        help_text=_("Who took them, or the number of the receipt."),
    )

    def __init__(self, scope: Scope, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "sent_on": timezone.localdate()})
        self.scope, self.handbooks = scope, {page.key: page for page in in_force()}
        titles = [(key, f"{page.title}（{page.edition}）") for key, page in self.handbooks.items()]
        self.fields["handbook"].choices = titles  # type: ignore[attr-defined]
        self.fields["district"].queryset = scope.places()  # type: ignore[attr-defined]

    def clean_sent_on(self) -> date:
        day: date = self.cleaned_data["sent_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come. Enter what was sent."))
        return day

    def clean_enterprise(self) -> Enterprise | None:
        said = self.cleaned_data["enterprise"].strip()
        return named(self.scope.register(), said) if said else None

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        to = [name for name in ("district", "enterprise") if cleaned.get(name) or name in self.errors]
        if len(to) != 1:
            raise ValidationError({"district": _("Say where they went: a district, or one enterprise.")})
        return cleaned

    def entry(self) -> dict[str, Any]:
        """What `sending.send` is told."""
        said, page = self.cleaned_data, self.handbooks[self.cleaned_data["handbook"]]
        return {
            "receiver": said["enterprise"] or said["district"],
            "handbook_key": page.key,
            "title": page.title,
            "edition": said["edition"].strip() or page.edition,
            **{name: said[name] for name in ("copies", "sent_on", "receipt", "key")},
        }


class CorrectionForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)
    copies = forms.IntegerField(
        label=_("Copies to add or to take away"),
        validators=[MinValueValidator(-MOST), MaxValueValidator(MOST)],
        help_text=_("-20 takes twenty away."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        error_messages={"required": _("Say why: the reason stays with the entry.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})

    def clean_copies(self) -> int:
        copies: int = self.cleaned_data["copies"]
        if not copies:
            raise ValidationError(_("Nought changes nothing."))
        return copies


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
