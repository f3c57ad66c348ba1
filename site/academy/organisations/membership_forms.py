"""Forms by which those who keep the register say who works where."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.accounts.phones import PhoneField
from academy.organisations.fields import DayField, is_over
from academy.organisations.models import Enterprise, Membership, Post
from academy.organisations.registering import let_go, take_on
from academy.organisations.scope import Scope

NAMED = 5


class PostForm(forms.Form):
    """Another post in the same enterprise: the older place ends, the newer begins."""

    post = forms.ModelChoiceField(label=_("post"), queryset=Post.objects.all(), empty_label=None)

    def __init__(self, data: Any = None, *, place: Membership) -> None:
        super().__init__(data, initial={"post": place.post_id})
        self.place = place

    def save(self, by: User) -> None:
        take_on(self.place.user, self.place.enterprise, self.cleaned_data["post"], by)


class LeavingForm(forms.Form):
    on = DayField(label=_("Last day there"), validators=[is_over])

    def __init__(self, data: Any = None, *, place: Membership) -> None:
        super().__init__(data)
        self.place = place

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on < self.place.joined_on:
            words = _("They have worked there only since %(day)s.")
            raise ValidationError(words, params={"day": f"{self.place.joined_on:%Y-%m-%d}"})
        return on

    def save(self, by: User) -> None:
        let_go(self.place.user, self.place.enterprise, self.cleaned_data["on"], by)


class PlaceForm(forms.Form):
    """An enterprise of the own district for somebody who is known: there are too many for a list to choose from."""

    enterprise = forms.CharField(
        label=_("enterprise"),
        max_length=100,
        help_text=_("Its credit code or licence number, or enough of its name for only one to fit"),
    )
    post = forms.ModelChoiceField(label=_("post"), queryset=Post.objects.all(), empty_label=_("Choose…"))

    def __init__(self, data: Any = None, *, scope: Scope) -> None:
        super().__init__(data)
        self.register = scope.register().in_business()

    def clean_enterprise(self) -> Enterprise:
        words = self.cleaned_data["enterprise"]
        found = list(self.register.filter(name=words)[:NAMED] or self.register.found_by(words)[:NAMED])
        if not found:
            raise ValidationError(_("No enterprise of your district that is in business fits these words."))
        if len(found) > 1:
            names = "、".join(one.name for one in found)
            raise ValidationError(
                _("Several fit: %(names)s. Enter the credit code."), params={"names": names}
            )
        return found[0]

    def save(self, person: User, by: User) -> None:
        take_on(person, self.cleaned_data["enterprise"], self.cleaned_data["post"], by)


class NewcomerForm(forms.Form):
    """Somebody by their phone number. Who has an account keeps it; the name has to be that of the account, so that
    nobody finds out by trying numbers whose they are."""

    phone = PhoneField(required=True)
    name = forms.CharField(label=_("name"), max_length=50)
    post = forms.ModelChoiceField(label=_("post"), queryset=Post.objects.all(), empty_label=_("Choose…"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        known = User.objects.filter(phone=cleaned.get("phone") or None).first()
        if known and known.name and cleaned.get("name", known.name) != known.name:
            self.add_error("name", _("Somebody of another name has this phone number. Look at both again."))
        return cleaned

    def save(self, enterprise: Enterprise, by: User) -> User:
        person = User.objects.of_phone(self.cleaned_data["phone"])
        if not person.name:
            person.name = self.cleaned_data["name"]
            person.save(update_fields=["name"])
        take_on(person, enterprise, self.cleaned_data["post"], by)
        return person
