from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from academy.accounts.models import User
from academy.organisations import credit_codes
from academy.organisations.districts import choices
from academy.organisations.fields import CodeField, DayField, is_over
from academy.organisations.models import Enterprise
from academy.organisations.registering import KEPT, keep
from academy.organisations.scope import Scope

TELEPHONE = RegexValidator(
    r"^\+?\d[\d -]{5,18}$", _("A phone number has digits, with spaces or dashes between them.")
)


class EnterpriseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only within the district of whoever fills it in. A closed enterprise stays in the register with its day."""

    name = forms.CharField(label=_("Name of the enterprise"), max_length=100)
    credit_code = forms.CharField(
        label=_("unified social credit code"),
        required=False,
        max_length=60,
        help_text=_("18 digits and letters, as on the business licence. The last one checks the others."),
    )
    licence = CodeField(label=_("licence number"), required=False, max_length=40)
    licence_expires_on = DayField(label=_("licence valid until"), required=False)
    responsible_phone = CodeField(
        label=_("their phone number"), required=False, max_length=20, validators=[TELEPHONE]
    )
    closed_on = DayField(
        label=_("closed on"),
        required=False,
        validators=[is_over],
        help_text=_("Whoever works there leaves on that day. Records stay, and so does the enterprise."),
    )

    class Meta:
        model = Enterprise
        fields = KEPT

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        district = self.fields["district"]
        assert isinstance(district, forms.ModelChoiceField)
        district.queryset = scope.parts()
        district.choices = [("", _("Choose…")), *choices(scope.parts())]
        self.fields["business_type"].empty_label = _("Choose…")  # type: ignore[attr-defined]
        self.fields["risk_level"].choices = [("", _("Not rated yet")), *Enterprise.Risk.choices]  # type: ignore[attr-defined]
        if self.instance.pk is None:
            del self.fields["closed_on"]

    def clean_credit_code(self) -> str:
        code = credit_codes.plain(self.cleaned_data["credit_code"])
        if code:
            credit_codes.validate(code)
            self._refuse_known(code)
        return code

    def save_as(self, by: User) -> bool:
        """False, with words at the code, where somebody else has just entered the same."""
        try:
            with transaction.atomic():
                keep(self.instance, by)
        except IntegrityError:
            self.add_error("credit_code", self._taken(None))
            return False
        return True

    def _refuse_known(self, code: str) -> None:
        others = Enterprise.objects.filter(credit_code=code, merged_into=None).exclude(pk=self.instance.pk)
        if self.instance.merged_into_id is None and (other := others.first()):
            raise forms.ValidationError(self._taken(other))

    def _taken(self, other: Enterprise | None) -> str:
        """By name only where it may be seen."""
        if other and self.scope.register().filter(pk=other.pk).exists():
            return _("“%(name)s” has this code already.") % {"name": other.name}
        return str(_("Another enterprise has this unified social credit code."))
