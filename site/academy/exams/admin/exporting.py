"""The bank, or a part of it, as a file."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from academy.exams.admin.bank import tags_in_use
from academy.exams.admin.pages import BankPage
from academy.exams.bank.files import FORMATS
from academy.exams.exchange import entries
from academy.exams.models import Question
from academy.exams.models.question import QuestionQuerySet

ALL = ("", gettext_lazy("all"))
NAMES = {
    "xlsx": "Excel (.xlsx)",
    "csv": "CSV (.csv)",
    "jsonl": "JSON Lines (.jsonl)",
    "gift": "Moodle GIFT (.gift)",
    "xml": "Moodle XML (.xml)",
}


class ExportForm(forms.Form):
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=NAMES.items())
    kind = forms.ChoiceField(
        label=gettext_lazy("kind"), choices=[ALL, *Question.Kind.choices], required=False
    )
    tag: Any = forms.ModelChoiceField(
        label=gettext_lazy("Tag"), queryset=None, required=False, empty_label=gettext_lazy("all")
    )
    difficulty = forms.ChoiceField(
        label=gettext_lazy("difficulty"), choices=[ALL, *Question.Difficulty.choices], required=False
    )
    retired = forms.BooleanField(label=gettext_lazy("With those that are no longer drawn"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags: Any = self.fields["tag"]
        tags.queryset = tags_in_use()

    def found(self) -> QuestionQuerySet:
        given = self.cleaned_data
        found = Question.objects.all() if given["retired"] else Question.objects.in_use()
        if given["kind"]:
            found = found.filter(kind=given["kind"])
        if given["tag"]:
            found = found.filter(tagged_items__tag=given["tag"])
        return found.filter(difficulty=given["difficulty"]) if given["difficulty"] else found


class ExportView(BankPage):
    page_title = gettext_lazy("Export questions")
    template_name = "exams/admin/export.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ExportForm(request.GET if "format" in request.GET else None)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        name = form.cleaned_data["format"]
        filename = f"questions-{timezone.localdate():%Y-%m-%d}.{name}"
        return HttpResponse(
            b"".join(FORMATS[name].write(entries(form.found()))),
            content_type=FORMATS[name].content_type,
            headers={"Content-Disposition": f'attachment; filename="{filename}"'},
        )
