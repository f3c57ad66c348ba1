"""People in Wagtail's admin: one name, a phone number or an e-mail address or both, and their roles."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.admin.views import generic
from wagtail.users import forms as wagtail_forms
from wagtail.users.views import users

from academy.accounts.models import User
from academy.accounts.phones import PhoneField

FIELDS = ("name", "phone", "email", "is_superuser", "groups")
WIDGETS = {"groups": forms.CheckboxSelectMultiple}


class PersonForm(wagtail_forms.UserForm):
    first_name = None
    last_name = None
    name = forms.CharField(label=_("name"), max_length=50)
    phone = PhoneField(required=False, help_text=_("Workers sign in with it"))
    email = forms.EmailField(
        required=False,
        empty_value=None,
        label=_("e-mail"),
        help_text=_("Staff sign in with it and a password"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not (self.errors or cleaned.get("phone") or cleaned.get("email")):
            raise forms.ValidationError(_("A phone number or an e-mail address is needed to sign in."))
        return cleaned


class PersonCreationForm(PersonForm):
    password_required = False

    class Meta:
        model = User
        fields = FIELDS
        widgets = WIDGETS

    def save(self, commit: bool = True) -> User:
        if not self.cleaned_data["password1"]:
            self.instance.set_unusable_password()
        user: User = super().save(commit)
        return user


class PersonEditForm(PersonForm, wagtail_forms.UserEditForm):
    class Meta:
        model = User
        fields = (*FIELDS, "is_active")
        widgets = WIDGETS


class OwnAccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """What somebody may change about themselves in the admin."""

    class Meta:
        model = User
        fields = ("name", "email")


class PersonIndexView(users.IndexView):
    search_fields = ("name", "phone", "email")

    @cached_property
    def columns(self) -> list[Column]:
        """Wagtail's columns, with phone and e-mail where it has the user name."""
        name = self._get_title_column_class(users.UserColumn)
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="user"),
            name("name", accessor=str, label=_("name"), sort_key="name", get_url=self.get_edit_url),
            Column("phone", label=_("phone number"), sort_key="phone"),
            Column("email", label=_("e-mail"), sort_key="email"),
            users.BooleanColumn("is_active", label=_("active"), sort_key="is_active"),
            DateColumn("last_login", label=_("last sign-in"), sort_key="last_login"),
        ]

    def order_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        """By the one name: Wagtail's own way looks for two."""
        ordered: QuerySet[User] = generic.IndexView.order_queryset(self, queryset)
        return ordered


class UserViewSet(users.UserViewSet):
    ordering = "name"
    index_view_class = PersonIndexView

    def get_form_class(self, for_update: bool = False) -> type[PersonForm]:
        return PersonEditForm if for_update else PersonCreationForm
