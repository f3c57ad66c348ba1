"""A file of questions taken into the bank: read, looked at, taken in."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView

from academy.exams.admin.pages import LIST, SHOWN, BankPage
from academy.exams.bank.checking import MOST_TAG
from academy.exams.bank.files import FILE_BYTES, SUFFIXES
from academy.exams.bank.sheets import tags_of
from academy.exams.exchange import BadRowsError, Judged, judge, read_file, rows_of, take_in
from academy.exams.models import BankImport, Question
from ingest.load import Unreadable


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags for all"),
        required=False,
        help_text=gettext_lazy("Several with a comma between them; each question keeps its own."),
    )
    difficulty = forms.TypedChoiceField(
        label=gettext_lazy("Difficulty where none is said"),
        choices=Question.Difficulty.choices,
        coerce=int,
        initial=Question.Difficulty.MEDIUM,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Split it."))
        return file

    def clean_tags(self) -> list[str]:
        tags = list(tags_of(self.cleaned_data["tags"]))
        if any(len(tag) > MOST_TAG for tag in tags):
            raise forms.ValidationError(_("At most %(n)d characters.") % {"n": MOST_TAG})
        return tags


class ImportView(BankPage, FormView[UploadForm]):
    page_title = gettext_lazy("Import exam questions")
    any_permission_required = ("add",)
    form_class = UploadForm
    template_name = "exams/admin/import.html"

    def form_valid(self, form: UploadForm) -> HttpResponse:
        given = form.cleaned_data
        file = given["file"]
        more = {"tags": given["tags"], "difficulty": given["difficulty"]}
        user: Any = self.request.user
        try:
            batch = read_file(file.name, file.read(), user, timezone.now(), **more)
        except Unreadable as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        return redirect("exams_bank_preview", batch.pk)


class PreviewView(BankPage):
    """What of the file is new, there already, nearly there, wrong; posted, it is taken in."""

    page_title = gettext_lazy("Check before importing")
    any_permission_required = ("add",)
    template_name = "exams/admin/import_preview.html"

    @cached_property
    def batch(self) -> BankImport:
        return get_object_or_404(BankImport, pk=self.kwargs["pk"], user=self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        judged = judge(rows_of(self.batch))
        counts = Counter(one.state for one in judged)
        wanted = self.request.GET.get("state", "")
        shown = [one for one in judged if wanted in ("", one.state)]
        return super().get_context_data(
            batch=self.batch,
            counts=[(state, label, counts[state]) for state, label in _labels().items()],
            wanted=wanted,
            fresh=counts["new"] + counts["near"],
            errors=counts["error"],
            page=Paginator([_described(one) for one in shown], SHOWN).get_page(self.request.GET.get("p")),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user: Any = request.user
        try:
            added = take_in(self.batch, user, bool(request.POST.get("leave_out")), timezone.now())
        except BadRowsError:
            messages.error(
                request,
                _(
                    "Nothing was imported: some rows have errors. Put them right, or tick that they are left out."
                ),
            )
            return redirect("exams_bank_preview", self.batch.pk)
        words = ngettext("%(n)d question was imported.", "%(n)d questions were imported.", added)
        messages.success(request, words % {"n": added})
        return redirect(LIST)


def _labels() -> dict[str, str]:
    return {
        "new": _("new"),
        "near": _("new, much like another"),
        "same": _("there already, passed over"),
        "error": _("with errors"),
    }


def _described(one: Judged) -> dict[str, Any]:
    question = one.row.question
    kinds = dict(Question.Kind.choices)
    return {
        "number": one.row.number,
        "state": one.state,
        "label": _labels()[one.state],
        "kind": kinds.get(question.kind, "") if question else "",
        "stem": question.stem if question else "",
        "other": one.other,
        "twin": one.twin,
        "problems": one.row.problems,
    }
