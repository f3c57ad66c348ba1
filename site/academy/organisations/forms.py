from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.organisations.models import District, Enterprise, JoinRequest, Membership, Post
from academy.organisations.requests import come


class ByDistrict(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """Enterprises under the name of their district."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for district, enterprises in groupby(self.queryset, key=lambda enterprise: enterprise.district):
            yield (str(district), [self.choice(enterprise) for enterprise in enterprises])


class EnterpriseField(forms.ModelChoiceField):  # type: ignore[type-arg]
    iterator = ByDistrict


class WorkForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=50, help_text=_("As your record should say"))
    enterprise = EnterpriseField(
        label=_("Enterprise"), queryset=Enterprise.objects.none(), empty_label=_("Choose…")
    )
    post = forms.ModelChoiceField(
        label=_("What you do"), queryset=Post.objects.all(), empty_label=_("Choose…")
    )

    def __init__(self, *args: Any, user: User, district: District | None = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **{"initial": _known(user), **kwargs})
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        field = self.fields["enterprise"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = _listed(district)

    def save(self) -> Membership | JoinRequest:
        with transaction.atomic():
            self.user.name = self.cleaned_data["name"]
            self.user.save(update_fields=["name"])
            return come(self.user, self.cleaned_data["enterprise"], self.cleaned_data["post"])


def _known(user: User) -> dict[str, Any]:
    current = Membership.objects.current_of(user)
    place = {"enterprise": current.enterprise, "post": current.post} if current else {}
    return {"name": user.name, **place}


def _listed(district: District | None) -> QuerySet[Enterprise]:
    listed = Enterprise.objects.within(district) if district else Enterprise.objects.all()
    return listed.select_related("district").order_by("district", "name")
