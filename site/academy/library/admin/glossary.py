"""The glossary in the admin: what to look at stands beside each entry."""

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from academy.library.glossaries import conflicts, read, take_in, unused
from academy.library.models import GlossaryEntry
from ingest.load import Unreadable

LIST = "wagtailsnippets_library_glossaryentry:list"
# errors of an import that are shown
SHOWN = 30


class GlossaryFilterSet(WagtailFilterSet):
    look_at = django_filters.ChoiceFilter(
        label=gettext_lazy("To look at"),
        choices=[
            ("conflict", gettext_lazy("Means several things")),
            ("unused", gettext_lazy("Stands in no text")),
        ],
        method="by_finding",
    )

    class Meta:
        model = GlossaryEntry
        fields = ("is_active", "look_at")

    def by_finding(self, entries: QuerySet[GlossaryEntry], name: str, value: str) -> QuerySet[GlossaryEntry]:
        return entries.filter(pk__in=conflicts() if value == "conflict" else unused())


class GlossaryIndexView(IndexView):
    @cached_property
    def columns(self) -> list[Column]:
        return [*super().columns, Column("look_at", label=_("To look at"), accessor=self._findings)]

    def _findings(self, entry: GlossaryEntry) -> str:
        words = [*self._conflicts.get(entry.pk, ())]
        if entry.pk in self._unused:
            words.append(_("Stands in no text: check how the texts say it."))
        return " ".join(words)

    @cached_property
    def _conflicts(self) -> dict[int, list[str]]:
        return conflicts()

    @cached_property
    def _unused(self) -> set[int]:
        return unused()

    @cached_property
    def header_buttons(self) -> list[Button]:
        buttons: list[Button] = [*super().header_buttons]
        if self.user_has_permission("add"):
            buttons.append(
                HeaderButton(_("Import"), url=reverse("library_glossary_import"), icon_name="upload")
            )
        return buttons


class GlossaryViewSet(SnippetViewSet):
    model = GlossaryEntry
    icon = "list-ul"
    menu_label = gettext_lazy("Glossary")
    add_to_admin_menu = True
    menu_order = 221
    list_display = [
        "formal",
        Column(
            "forms", label=gettext_lazy("kitchen forms"), accessor=lambda entry: "、".join(entry.spellings)
        ),
        BooleanColumn("is_active", label=gettext_lazy("in use"), sort_key="is_active"),
    ]
    filterset_class = GlossaryFilterSet
    search_fields = ["formal", "forms", "note"]
    # by what they contain: Chinese has no white space at which to split
    search_backend_name = None
    list_export = ["formal", "forms", "note", "is_active"]
    export_headings = {
        "formal": "规范说法",
        "forms": "厨房说法",
        "note": "说明",
        "is_active": gettext_lazy("in use"),
    }
    export_filename = "glossary"
    index_view_class = GlossaryIndexView
    copy_view_enabled = False
    edit_handler = ObjectList([FieldPanel(name) for name in ("formal", "forms", "note", "is_active")])


class ImportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not (file := given.get("file")):
            return given
        try:
            sheet = read(file.name, file.read())
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        if sheet.errors:
            words = _("Nothing was imported. Put these lines right and choose the file again.")
            raise forms.ValidationError([words, *sheet.errors[:SHOWN]])
        return {**given, "entries": sheet.entries}


class ImportView(WagtailAdminTemplateMixin, PermissionCheckedMixin, FormView[Any]):
    model = GlossaryEntry
    permission_required = "library.add_glossaryentry"
    form_class = ImportForm
    template_name = "library/admin/glossary_import.html"
    page_title = gettext_lazy("Import glossary entries")
    header_icon = "list-ul"
    _show_breadcrumbs = True

    def form_valid(self, form: ImportForm) -> HttpResponse:
        added, extended = take_in(form.cleaned_data["entries"].items())
        words = _("%(added)d new entries; %(extended)d have more kitchen forms now.")
        messages.success(self.request, words % {"added": added, "extended": extended})
        return redirect(LIST)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse(LIST), "label": _("Glossary")},
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


def urls() -> list[URLPattern]:
    return [path("glossary/import/", ImportView.as_view(), name="library_glossary_import")]
