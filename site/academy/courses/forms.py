from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm


class CourseForm(WagtailAdminPageForm):
    """What an editor may not ask of a course."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("validity_months") and not cleaned.get("paper"):
            self.add_error(
                "validity_months", _("A certificate needs an exam. Choose a paper, or enter 0 here.")
            )
        self._check_prerequisites()
        return cleaned

    def _check_prerequisites(self) -> None:
        from academy.courses.requiring import waits_for_itself

        formset = self.formsets.get("prerequisites")
        if not formset or not formset.is_valid() or not self.instance.pk:
            return
        kept = [form.cleaned_data for form in formset.forms if form not in formset.deleted_forms]
        if waits_for_itself(self.instance.pk, [row["course"].pk for row in kept if row.get("course")]):
            self.add_error(
                None, _("This course would have to be completed before it begins. Take that course out.")
            )
