"""The FAQ in the admin: how a question is asked stands beside its answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet

from academy.accounts.models import User
from academy.core.cells import NeutralCells
from academy.library import faq_files
from academy.library.admin.importing import SheetImportView
from academy.library.faqs import also_asked_by
from academy.library.models import FAQ

LIST = "wagtailsnippets_library_faq:list"


class FAQIndexView(NeutralCells, IndexView):
    @cached_property
    def header_buttons(self) -> list[Button]:
        buttons: list[Button] = [*super().header_buttons]
        if self.user_has_permission("change"):
            buttons.append(HeaderButton(_("Import"), url=reverse("library_faq_import"), icon_name="upload"))
        return buttons


def _tell(request: HttpRequest, entry: FAQ) -> None:
    for other, wording in also_asked_by(entry):
        messages.warning(
            request,
            _("“%(wording)s” is asked by “%(other)s” too: whichever was written first answers it.")
            % {"wording": wording, "other": other},
        )


class FAQCreateView(CreateView):
    def get_initial_form_instance(self) -> FAQ:
        """What is known of a question that waits for an answer stands there already."""
        question = self.request.GET.get("question", "")[: FAQ._meta.get_field("question").max_length]
        return FAQ(question=question, wordings=self.request.GET.get("wordings", ""))

    def save_instance(self) -> FAQ:
        self.form.instance.changed_by = self.request.user
        entry: FAQ = super().save_instance()
        _tell(self.request, entry)
        return entry


class FAQEditView(EditView):
    def save_instance(self) -> FAQ:
        self.form.instance.changed_by = self.request.user
        entry: FAQ = super().save_instance()
        _tell(self.request, entry)
        return entry


class FAQViewSet(SnippetViewSet):
    model = FAQ
    icon = "help"
    menu_label = gettext_lazy("FAQ")
    add_to_admin_menu = True
    menu_order = 220
    list_display = [
        "question",
        BooleanColumn("published", label=gettext_lazy("published")),
        "state",
        "updated_at",
    ]
    list_filter = ["published", "state"]
    search_fields = ["question", "wordings", "answer"]
    # by what they contain: Chinese has no white space at which to split
    search_backend_name = None
    list_export = [*faq_files.NAMES]
    export_headings = faq_files.NAMES
    export_filename = "faq"
    index_view_class = FAQIndexView
    add_view_class = FAQCreateView
    edit_view_class = FAQEditView
    edit_handler = ObjectList(
        [
            FieldPanel("question"),
            MultiFieldPanel(
                [FieldPanel("wordings"), FieldPanel("unlike")], heading=gettext_lazy("How it is asked")
            ),
            FieldPanel("answer"),
            *(FieldPanel(name) for name in ("basis", "state", "published")),
            FieldPanel("changed_by", read_only=True),
        ]
    )


class ImportView(SheetImportView):
    model = FAQ
    permission_required = "change"
    page_title = gettext_lazy("Import FAQ entries")
    header_icon = "help"
    list_name = LIST
    list_label = gettext_lazy("FAQ")
    help = gettext_lazy(
        "XLSX or CSV with the columns 问题, 其他问法, 不是问这个, 答复, 依据, 状态 and 发布, as it is exported from the list; several wordings stand in one cell, a line each. A question that is there already gets what the file says; what the file leaves empty stays. A file with a mistake imports nothing."
    )
    action = gettext_lazy("Import these answers")
    read = staticmethod(faq_files.read)

    def take_in(self, entries: Any) -> str:
        assert isinstance(self.request.user, User)
        added, changed = faq_files.take_in(entries, self.request.user)
        words = _("%(added)d new answers; %(changed)d say something else now.")
        return words % {"added": added, "changed": changed}


def urls() -> list[URLPattern]:
    return [path("faq/import/", ImportView.as_view(), name="library_faq_import")]
