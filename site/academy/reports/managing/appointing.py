"""The supervising staff say who keeps the staff list of an enterprise. Nobody can ask for it on the site."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from academy.accounts.models import User
from academy.accounts.phones import PhoneField
from academy.organisations.managing import APPOINTS, appoint, dismiss
from academy.organisations.models import Enterprise, EnterpriseManager, Membership
from academy.organisations.supervising import StaffRequest, supervised
from academy.reports.managing.forms import NAME

may_appoint = supervised(APPOINTS)


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.called} · {obj.masked_phone}"


class AppointForm(forms.Form):
    """One of the staff, or whoever has this number: an owner is often not on the staff list. Then the name has to be
    that of the account, so that nobody finds out by trying numbers whose they are."""

    person = PersonField(
        label=gettext_lazy("One of the staff"), queryset=User.objects.none(), required=False, empty_label="—"
    )
    phone = PhoneField(label=gettext_lazy("Or a phone number"), required=False)
    name = forms.CharField(
        label=gettext_lazy("and the name that belongs to it"), max_length=NAME, required=False
    )

    def __init__(self, enterprise: Enterprise, data: Any = None) -> None:
        super().__init__(data, auto_id="manager-%s")
        staff = Membership.objects.current().filter(enterprise=enterprise).values("user")
        self.fields["person"].queryset = User.objects.filter(pk__in=staff).order_by("name", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        person, phone = self.cleaned_data.get("person"), self.cleaned_data.get("phone")
        if not self.errors and bool(person) == bool(phone):
            raise forms.ValidationError(_("Choose one of the staff, or enter a phone number."))
        if phone:
            self._check_name(phone)
        return self.cleaned_data

    def _check_name(self, phone: str) -> None:
        said = self.cleaned_data.get("name", "")
        known = User.objects.filter(phone=phone).first()
        if not said:
            self.add_error("name", _("Enter the name of whoever has this number."))
        elif known and known.name and known.name != said:
            self.add_error("name", _("Somebody of another name has this phone number. Look at both again."))

    def save(self) -> User:
        """Who it is; with a name from now on, where the account had none."""
        if chosen := self.cleaned_data["person"]:
            return chosen  # type: ignore[no-any-return]
        user = User.objects.of_phone(self.cleaned_data["phone"])
        if not user.name:
            user.name = self.cleaned_data["name"]
            user.save(update_fields=["name"])
        return user


def managers_of(enterprise: Enterprise, form: AppointForm | None = None) -> dict[str, Any]:
    """What `managing/_managers.html` needs."""
    managers = EnterpriseManager.objects.filter(enterprise=enterprise).select_related(
        "user", "appointed_by", "dismissed_by"
    )
    return {
        "enterprise": enterprise,
        "managers": managers.current().order_by("since", "pk"),
        "former_managers": managers.exclude(until=None).order_by("-until", "-pk")[:20],
        "appoint_form": form or AppointForm(enterprise),
    }


@may_appoint
@require_http_methods(["GET", "HEAD", "POST"])
def managers(request: StaffRequest, pk: int) -> HttpResponse:
    enterprise = _theirs(request, pk)
    form = AppointForm(enterprise, request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        made = appoint(form.save(), enterprise, request.user)
        messages.success(request, _("%(name)s keeps the staff list.") % {"name": made.user.called})
        return redirect("appointing:managers", pk)
    context = {"nav": "enterprises", **managers_of(enterprise, form)}
    return render(request, "managing/managers.html", context, status=422 if form else 200)


@may_appoint
@require_POST
def dismissed(request: StaffRequest, pk: int, manager_pk: int) -> HttpResponse:
    manager = get_object_or_404(EnterpriseManager, pk=manager_pk, enterprise=_theirs(request, pk))
    dismiss(manager, request.user)
    messages.success(request, _("%(name)s no longer keeps the staff list.") % {"name": manager.user.called})
    return redirect("appointing:managers", pk)


def _theirs(request: StaffRequest, pk: int) -> Enterprise:
    return get_object_or_404(request.scope.register().filter(merged_into=None), pk=pk)
