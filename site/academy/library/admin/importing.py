"""A sheet taken into a list of snippets: all of it or, with each wrong line named, nothing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from ingest.load import Unreadable

# errors of an import that are shown
SHOWN = 30


class SheetForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}))

    def __init__(self, *args: Any, read: Callable[[str, bytes], Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read = read

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not (file := given.get("file")):
            return given
        try:
            sheet = self.read(file.name, file.read())
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        if sheet.errors:
            words = _("Nothing was imported. Put these lines right and choose the file again.")
            more = len(sheet.errors) - SHOWN
            others = [_("And %(count)d more.") % {"count": more}] if more > 0 else []
            raise forms.ValidationError([words, *sheet.errors[:SHOWN], *others])
        return {**given, "entries": sheet.entries}


class SheetImportView(WagtailAdminTemplateMixin, PermissionCheckedMixin, FormView[Any]):
    """`read` makes of a file what `take_in` saves; that says in words what it did."""

    form_class = SheetForm
    template_name = "library/admin/sheet_import.html"
    _show_breadcrumbs = True
    list_name = ""
    list_label: Any = ""
    help: Any = ""
    action: Any = ""

    @staticmethod
    def read(name: str, data: bytes) -> Any:
        raise NotImplementedError

    def take_in(self, entries: Any) -> str:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "read": self.read}

    def form_valid(self, form: SheetForm) -> HttpResponse:
        messages.success(self.request, self.take_in(form.cleaned_data["entries"]))
        return redirect(self.list_name)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(self.list_name), "label": self.list_label},
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
