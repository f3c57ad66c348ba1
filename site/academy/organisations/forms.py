from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.accounts.naming import readable
from academy.organisations.models import (
    District,
    Enterprise,
    EnterpriseQuerySet,
    JoinRequest,
    Membership,
    Post,
)
from academy.organisations.requests import come

# more than that nobody reads through: a part of the name finds it
LISTED = 200
ALSO, MOVED = "also", "moved"


class ByDistrict(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """Enterprises under the name of their district."""

    def __iter__(self) -> Iterator[Any]:
        assert isinstance(self.field, EnterpriseField)
        yield ("", self.field.empty_label)
        for district, enterprises in groupby(self.field.listed, key=lambda enterprise: enterprise.district):
            yield (str(district), [self.choice(enterprise) for enterprise in enterprises])


class EnterpriseField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Any that is in business may be chosen; those in `listed` are offered."""

    iterator = ByDistrict
    listed: list[Enterprise] = []


class WorkForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=50, help_text=_("As your record should say"))
    enterprise = EnterpriseField(
        label=_("Enterprise"), queryset=Enterprise.objects.in_business(), empty_label=_("Choose…")
    )
    post = forms.ModelChoiceField(
        label=_("What you do"), queryset=Post.objects.all(), empty_label=_("Choose…")
    )
    how = forms.ChoiceField(
        label=_("And where you worked until now"),
        choices=[
            (ALSO, _("I also work there still")),
            (MOVED, _("I have left, and work here only")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, user: User, listed: EnterpriseQuerySet, **kwargs: Any) -> None:
        self.user = user
        self.places = list(Membership.objects.places_of(user))
        super().__init__(*args, **{"initial": self._known(), **kwargs})
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        field = self.fields["enterprise"]
        assert isinstance(field, EnterpriseField)
        field.listed = self._offered(listed)
        if not self.places:
            del self.fields["how"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        here = cleaned.get("enterprise")
        if here and not cleaned.get("how") and any(place.enterprise != here for place in self.places):
            self.add_error("how", _("Say whether you still work where you did until now."))
        return cleaned

    def clean_name(self) -> str:
        name = readable(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"], "required")
        return name

    def save(self) -> Membership | JoinRequest:
        enterprise, post = self.cleaned_data["enterprise"], self.cleaned_data["post"]
        with transaction.atomic():
            self.user.name = self.cleaned_data["name"]
            self.user.save(update_fields=["name"])
            return come(self.user, enterprise, post, moves=self.cleaned_data.get("how") == MOVED)

    def _known(self) -> dict[str, Any]:
        place = {"enterprise": self.places[0].enterprise, "post": self.places[0].post} if self.places else {}
        return {"name": self.user.name, **place}

    def _offered(self, listed: EnterpriseQuerySet) -> list[Enterprise]:
        """And what is chosen, wherever it is: nothing that was said is lost."""
        found = list(listed.select_related("district").order_by("district", "name")[:LISTED])
        chosen = str(self["enterprise"].value() or "")
        if chosen.isdecimal() and len(chosen) < 10 and int(chosen) not in {one.pk for one in found}:
            found += Enterprise.objects.in_business().select_related("district").filter(pk=chosen)
        return found


def enterprises(district: District | None, words: str) -> EnterpriseQuerySet:
    """In business; within a district, and with these words in the name, where any are said."""
    found = Enterprise.objects.within(district) if district else Enterprise.objects.all()
    return found.found_by(words).in_business() if words else found.in_business()
