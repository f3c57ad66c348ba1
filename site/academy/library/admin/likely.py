"""Likely questions in the admin: a list to search, to change, and to approve or reject many at once."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet

from academy.core.cells import NeutralCells
from academy.library.admin.listed import ActsOnWhatIsListed
from academy.library.likely import drafting
from academy.library.likely.changes import decide, reindex
from academy.library.likely.files import NAMES
from academy.library.likely.keys import homeless
from academy.library.models import LikelyQuestion

State = LikelyQuestion.State
LIST = "wagtailsnippets_library_likelyquestion:list"


class LikelyQuestionFilterSet(WagtailFilterSet):
    title = django_filters.AllValuesFilter(label=gettext_lazy("Title"))
    was_used = django_filters.ChoiceFilter(
        label=gettext_lazy("Use"),
        choices=[("yes", gettext_lazy("Has been used")), ("no", gettext_lazy("Never used"))],
        method="by_use",
    )

    class Meta:
        model = LikelyQuestion
        fields = ("title", "state", "origin", "was_used")

    def by_use(self, questions: QuerySet[LikelyQuestion], name: str, value: str) -> QuerySet[LikelyQuestion]:
        return questions.filter(used__gt=0) if value == "yes" else questions.filter(used=0)


class LikelyIndexView(NeutralCells, IndexView):
    @cached_property
    def header_buttons(self) -> list[Button]:
        buttons: list[Button] = [*super().header_buttons]
        if self.user_has_permission("add"):
            buttons.append(
                HeaderButton(_("Import"), url=reverse("library_likely_import"), icon_name="upload")
            )
        return buttons

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """JSON Lines: what is approved, in the form of the files that the site came with."""
        more = [
            *super().header_more_buttons,
            Button(
                _("Download JSONL"), url=reverse("library_likely_export"), icon_name="download", priority=110
            ),
        ]
        if self.user_has_permission("add") and drafting.is_configured():
            more.append(Button(_("Have them drafted"), url=reverse("library_likely_draft"), icon_name="edit"))
        return more


def _tell(request: HttpRequest, question: LikelyQuestion) -> None:
    if homeless([question.as_key]):
        messages.warning(
            request, _("Nothing in the index has this title and place yet; it will be used once there is.")
        )


class LikelyCreateView(CreateView):
    def save_instance(self) -> LikelyQuestion:
        self.form.instance.changed_by = self.request.user
        question: LikelyQuestion = super().save_instance()
        reindex({question.title})
        _tell(self.request, question)
        return question


class LikelyEditView(EditView):
    def save_instance(self) -> LikelyQuestion:
        self.form.instance.changed_by = self.request.user
        question: LikelyQuestion = super().save_instance()
        reindex({self.form.initial["title"], question.title})
        _tell(self.request, question)
        return question


class LikelyQuestionViewSet(SnippetViewSet):
    model = LikelyQuestion
    icon = "openquote"
    menu_label = gettext_lazy("Likely questions")
    add_to_admin_menu = True
    menu_order = 222
    list_display = [
        "question",
        Column("where", label=gettext_lazy("Where the answer stands"), sort_key="title"),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display", sort_key="state"),
        Column("origin", label=gettext_lazy("Provenance"), accessor="get_origin_display", sort_key="origin"),
        NumberColumn("used", label=gettext_lazy("Times used"), sort_key="used"),
    ]
    filterset_class = LikelyQuestionFilterSet
    search_fields = ["question", "title", "place"]
    # by what they contain: Chinese has no white space at which to split
    search_backend_name = None
    list_export = [*NAMES, "get_state_display", "get_origin_display", "used", "used_at"]
    export_headings = {
        **NAMES,
        "get_state_display": gettext_lazy("State"),
        "get_origin_display": gettext_lazy("Provenance"),
    }
    export_filename = "likely-questions"
    index_view_class = LikelyIndexView
    add_view_class = LikelyCreateView
    edit_view_class = LikelyEditView
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            FieldPanel("question"),
            MultiFieldPanel(
                [FieldPanel("title"), FieldPanel("place"), FieldPanel("section")],
                heading=gettext_lazy("Where the answer stands"),
            ),
            FieldPanel("state"),
            FieldRowPanel([FieldPanel(name, read_only=True) for name in ("origin", "used", "used_at")]),
        ]
    )


# Deleting


def keep_shipped(request: HttpRequest, instances: Sequence[Any]) -> HttpResponse | None:
    """One that came with the site would come back with the next change of its text."""
    if not any(isinstance(one, LikelyQuestion) and one.shipped_as for one in instances):
        return None
    messages.error(
        request, _("Questions that came with the site are not deleted: reject those that you do not want.")
    )
    return redirect(LIST)


def deleted(request: HttpRequest, instances: Sequence[Any]) -> None:
    reindex({one.title for one in instances if isinstance(one, LikelyQuestion)})


# Approving and rejecting many at once


class Decision(ActsOnWhatIsListed, SnippetBulkAction):
    """Of the selected questions, or of all drafts in the list."""

    models = [LikelyQuestion]
    template_name = "library/admin/likely_decide.html"
    filterset_class = LikelyQuestionFilterSet
    search_fields = LikelyQuestionViewSet.search_fields
    state: State
    past: Any

    def check_perm(self, snippet: LikelyQuestion) -> bool:
        return bool(self.request.user.has_perm("library.change_likelyquestion"))

    def rows(self) -> QuerySet[LikelyQuestion]:
        return LikelyQuestion.objects.drafts()

    @classmethod
    def execute_action(cls, objects: Sequence[LikelyQuestion], **kwargs: Any) -> tuple[int, int]:
        return decide([one.pk for one in objects], cls.state, kwargs["self"].request.user), 0

    def get_success_message(self, count: int, children: int) -> str:
        return str(self.past) % {"count": count}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "name": self.display_name}


class Approve(Decision):
    display_name = gettext_lazy("Put to use")
    action_type = "approve"
    aria_label = gettext_lazy("Put the selected questions to use")
    action_priority = 10
    state = State.APPROVED
    past = gettext_lazy("Put to use: %(count)d.")


class Reject(Decision):
    display_name = gettext_lazy("Turn down")
    action_type = "reject"
    aria_label = gettext_lazy("Turn the selected questions down")
    action_priority = 20
    state = State.REJECTED
    past = gettext_lazy("Turned down: %(count)d.")
