"""The glossary in the admin: what to look at stands beside each entry."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, NumberColumn
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from academy.core.cells import NeutralCells
from academy.library.admin.importing import SheetImportView
from academy.library.glossaries import conflicts, read, swallowed, take_in, unused
from academy.library.models import GlossaryEntry

LIST = "wagtailsnippets_library_glossaryentry:list"


FINDINGS = {"conflict": conflicts, "unused": unused, "swallowed": swallowed}


class GlossaryFilterSet(WagtailFilterSet):
    look_at = django_filters.ChoiceFilter(
        label=gettext_lazy("To look at"),
        choices=[
            ("conflict", gettext_lazy("Means several things")),
            ("unused", gettext_lazy("Stands in no text")),
            ("swallowed", gettext_lazy("Part of a longer form")),
            ("unasked", gettext_lazy("Nobody has asked with it")),
        ],
        method="by_finding",
    )

    class Meta:
        model = GlossaryEntry
        fields = ("is_active", "look_at")

    def by_finding(self, entries: QuerySet[GlossaryEntry], name: str, value: str) -> QuerySet[GlossaryEntry]:
        if value == "unasked":
            return entries.filter(used=0)
        return entries.filter(pk__in=FINDINGS[value]())


class GlossaryIndexView(NeutralCells, IndexView):
    @cached_property
    def columns(self) -> list[Column]:
        return [*super().columns, Column("look_at", label=_("To look at"), accessor=self._findings)]

    def _findings(self, entry: GlossaryEntry) -> str:
        words = [*self._conflicts.get(entry.pk, ()), *self._swallowed.get(entry.pk, ())]
        if entry.pk in self._unused:
            words.append(_("Stands in no text: check how the texts say it."))
        return " ".join(words)

    @cached_property
    def _conflicts(self) -> dict[int, list[str]]:
        return conflicts()

    @cached_property
    def _swallowed(self) -> dict[int, list[str]]:
        return swallowed()

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
        NumberColumn("used", label=gettext_lazy("times asked with"), sort_key="used"),
    ]
    filterset_class = GlossaryFilterSet
    search_fields = ["formal", "forms", "note"]
    # by what they contain: Chinese has no white space at which to split
    search_backend_name = None
    list_export = ["formal", "forms", "note", "is_active", "used", "used_at"]
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


class ImportView(SheetImportView):
    model = GlossaryEntry
    permission_required = "add"
    page_title = gettext_lazy("Import glossary entries")
    header_icon = "list-ul"
    list_name = LIST
    list_label = gettext_lazy("Glossary")
    help = gettext_lazy(
        "XLSX or CSV with the columns 规范说法 and 厨房说法 (several with 、 between them or a line each), and 说明 if you like: as it is exported from the list. What is there already only gains kitchen forms; a file with a mistake imports nothing."
    )
    action = gettext_lazy("Import these entries")
    read = staticmethod(read)

    def take_in(self, entries: Any) -> str:
        added, extended = take_in(entries.items())
        words = _("%(added)d new entries; %(extended)d have more kitchen forms now.")
        return words % {"added": added, "extended": extended}


def urls() -> list[URLPattern]:
    return [path("glossary/import/", ImportView.as_view(), name="library_glossary_import")]
