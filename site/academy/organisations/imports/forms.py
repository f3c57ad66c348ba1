from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from academy.organisations.imports.reading import SUFFIXES, refusal


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "XLSX or CSV, up to 50,000 rows and 20 MB. Nothing is imported before you have seen what it would do."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if words := refusal(file.name, file.size):
            raise forms.ValidationError(words)
        return file


class ApplyForm(forms.Form):
    only_good = forms.ChoiceField(
        label=_("If a row is wrong"),
        choices=[("", _("import nothing")), ("1", _("import the good rows and leave the wrong ones out"))],
        required=False,
        widget=forms.RadioSelect,
    )
