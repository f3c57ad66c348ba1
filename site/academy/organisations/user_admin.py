"""People in Wagtail's admin, with the district that they supervise."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.accounts import user_admin
from academy.accounts.models import User
from academy.organisations.districts import choices
from academy.organisations.models import District, Jurisdiction


class DistrictField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__(
            queryset=District.objects.all(),
            required=False,
            label=_("Supervises"),
            help_text=_(
                "For supervising staff: this district with all its parts, or the whole city. Without one they see nothing."
            ),
        )


class Supervising:
    """What the form of a person has beside the person's own fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        district: Any = self.fields["district"]  # type: ignore[attr-defined]
        district.choices = [("", _("No district")), *choices(District.objects.all())]
        office = Jurisdiction.objects.filter(user=self.instance.pk).first()  # type: ignore[attr-defined]
        district.initial = office and office.district_id

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            user: User = super().save(commit)  # type: ignore[misc]
            _entrust(user, self.cleaned_data["district"])  # type: ignore[attr-defined]
        return user


class PersonCreationForm(Supervising, user_admin.PersonCreationForm):
    district = DistrictField()


class PersonEditForm(Supervising, user_admin.PersonEditForm):
    district = DistrictField()


class UserViewSet(user_admin.UserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[user_admin.PersonForm]:
        return PersonEditForm if for_update else PersonCreationForm


def _entrust(user: User, district: District | None) -> None:
    if district:
        Jurisdiction.objects.update_or_create(user=user, defaults={"district": district})
    else:
        Jurisdiction.objects.filter(user=user).delete()
