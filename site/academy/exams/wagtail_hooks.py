from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from academy.exams.models import Paper, Question


class StemFilterForm(BaseFilterForm):
    """Wagtail's own search splits on white space, which Chinese does not have."""

    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects: QuerySet[Question]) -> QuerySet[Question]:
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        return objects.filter(stem__icontains=self.search_query)


class ChooseQuestionView(ChooseView):
    filter_form_class: Any = StemFilterForm


class ChooseQuestionResultsView(ChooseResultsView):
    filter_form_class: Any = StemFilterForm


class QuestionChooserViewSet(SnippetChooserViewSet):
    choose_view_class = ChooseQuestionView
    choose_results_view_class = ChooseQuestionResultsView


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Question bank")
    list_display = ["stem", "kind", "basis"]
    list_filter = ["kind", "entries__paper"]
    search_fields = ["stem", "explanation", "basis"]
    chooser_viewset_class = QuestionChooserViewSet


class PaperViewSet(SnippetViewSet):
    model = Paper
    icon = "list-ol"
    menu_label = _("Papers")
    list_display = ["title", "question_count", "pass_mark", "minutes", "attempts_allowed"]
    list_filter = ["pass_mark"]
    search_fields = ["title"]


class ExamsGroup(SnippetViewSetGroup):
    items = (QuestionViewSet, PaperViewSet)
    menu_label = _("Exams")
    menu_icon = "clipboard-list"
    menu_order = 240


register_snippet(ExamsGroup)
