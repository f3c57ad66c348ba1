"""Pages beside the list of likely questions: to import them, to take them out, to have them drafted."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from academy.accounts.models import User
from academy.library.admin.likely import LIST
from academy.library.likely import drafting
from academy.library.likely.changes import add, new_among
from academy.library.likely.files import parse, write
from academy.library.likely.keys import homeless
from academy.library.models import LikelyQuestion, Source
from ingest.likely import Likely
from ingest.load import Unreadable

# rows of an import, or errors, that are shown
SHOWN = 50


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.jsonl"}),
    )
    # what was shown before, sent again to be taken in
    keys = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        file, keys = given.get("file"), given.get("keys")
        if not file and not keys:
            raise forms.ValidationError(_("Choose a file."))
        name, data = (file.name, file.read()) if file else ("keys.jsonl", str(keys).encode("utf8"))
        try:
            return {**given, "parsed": parse(name, data)}
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error


class LikelyView(WagtailAdminTemplateMixin, PermissionCheckedMixin, FormView[Any]):
    """A page beside the list."""

    model = LikelyQuestion
    permission_required = "add"
    header_icon = "openquote"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(LIST), "label": _("Likely questions")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            "breadcrumbs_items": self.get_breadcrumbs_items(),
            "header_title": self.get_header_title(),
            "page_title": self.get_page_title(),
            "header_icon": self.header_icon,
            **context,
        }


class ImportView(LikelyView):
    page_title = gettext_lazy("Import likely questions")
    form_class = ImportForm
    template_name = "library/admin/likely_import.html"

    def form_valid(self, form: ImportForm) -> HttpResponse:
        parsed = form.cleaned_data["parsed"]
        if parsed.errors or form.cleaned_data["file"]:
            shown = _preview(parsed.keys, parsed.errors)
            return self.render_to_response(self.get_context_data(form=ImportForm(), preview=shown))
        assert isinstance(self.request.user, User)
        count = add(parsed.keys, LikelyQuestion.Origin.IMPORTED, user=self.request.user)
        messages.success(self.request, _("Imported: %(count)d questions.") % {"count": count})
        return redirect(LIST)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{**kwargs, "may_draft": drafting.is_configured()})


def _preview(keys: list[Likely], errors: list[str]) -> dict[str, Any]:
    """Nothing is taken in from a file with an error."""
    fresh = new_among(keys)
    nowhere = set(homeless(fresh))
    return {
        "errors": errors[:SHOWN],
        "more_errors": max(len(errors) - SHOWN, 0),
        "fresh": [(one, one in nowhere) for one in fresh[:SHOWN]],
        "more": max(len(fresh) - SHOWN, 0),
        "count": len(fresh),
        "known": len(keys) - len(fresh),
        "nowhere": len(nowhere),
        "keys": write(fresh) if fresh and not errors else "",
    }


class ExportView(PermissionCheckedMixin, View):
    model = LikelyQuestion
    any_permission_required = ("add", "change", "view")

    def get(self, request: HttpRequest) -> HttpResponse:
        approved = LikelyQuestion.objects.approved().order_by("title", "place", "section", "pk")
        lines = write(question.as_key for question in approved)
        disposition = {"Content-Disposition": 'attachment; filename="likely-questions.jsonl"'}
        return HttpResponse(lines, content_type="application/jsonl; charset=utf-8", headers=disposition)


# Drafting


class DraftForm(forms.Form):
    source = forms.ModelChoiceField(
        label=gettext_lazy("Text to read"),
        queryset=Source.objects.none(),
        help_text=gettext_lazy("Of its places those that have few questions, or none, get drafts."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = drafting.sources()


class DraftView(LikelyView):
    page_title = gettext_lazy("Have likely questions drafted")
    form_class = DraftForm
    template_name = "library/admin/likely_draft.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not drafting.is_configured():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: DraftForm) -> HttpResponse:
        source = form.cleaned_data["source"]
        drafting.draft_questions.enqueue(source.pk)
        messages.success(
            self.request,
            _("Questions for “%(title)s” are being drafted. Approve them here when they are there.")
            % {"title": source.title},
        )
        return redirect("library_likely_draft")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        drafts = f"{reverse(LIST)}?state={LikelyQuestion.State.DRAFT}"
        return super().get_context_data(**{**kwargs, "runs": drafting.recent(), "drafts": drafts})


def urls() -> list[URLPattern]:
    return [
        path("likely_questions/import/", ImportView.as_view(), name="library_likely_import"),
        path("likely_questions/export/", ExportView.as_view(), name="library_likely_export"),
        path("likely_questions/draft/", DraftView.as_view(), name="library_likely_draft"),
    ]
