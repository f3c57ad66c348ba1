"""The question bank in the admin: its list, and the pages of one question."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CopyViewMixin
from wagtail.admin.widgets import Button, HeaderButton
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView, DeleteView, EditView, IndexView, SnippetViewSet

from academy.core.cells import NeutralCells
from academy.exams.admin.pages import EDIT, LIST
from academy.exams.duplicates import like
from academy.exams.models import Paper, Question
from academy.exams.usage import reasons_to_keep, retire


class StemFilterForm(BaseFilterForm):
    """Wagtail's own search splits on white space, which Chinese does not have."""

    q = forms.CharField(label=gettext_lazy("Search"), required=False)

    def filter(self, objects: QuerySet[Question]) -> QuerySet[Question]:
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        return objects.filter(stem__icontains=self.search_query, retired=False)


class ChooseQuestionView(ChooseView):
    filter_form_class: Any = StemFilterForm


class ChooseQuestionResultsView(ChooseResultsView):
    filter_form_class: Any = StemFilterForm


class QuestionChooserViewSet(SnippetChooserViewSet):
    choose_view_class = ChooseQuestionView
    choose_results_view_class = ChooseQuestionResultsView


def tags_in_use(request: HttpRequest | None = None) -> QuerySet[Tag]:
    found: QuerySet[Tag] = (
        Tag.objects.filter(exams_questiontag_items__isnull=False).distinct().order_by("name")
    )
    return found


class QuestionFilterSet(WagtailFilterSet):
    tag = django_filters.ModelChoiceFilter(
        field_name="tagged_items__tag", queryset=tags_in_use, label=gettext_lazy("Tag")
    )
    paper = django_filters.ModelChoiceFilter(
        field_name="entries__paper", queryset=Paper.objects.all(), label=gettext_lazy("Paper")
    )

    class Meta:
        model = Question
        fields = ("kind", "tag", "difficulty", "paper", "retired")


class QuestionIndexView(NeutralCells, IndexView):
    def get_base_queryset(self) -> QuerySet[Question]:
        found: QuerySet[Question] = super().get_base_queryset().prefetch_related("tagged_items__tag")
        return found

    def search_queryset(self, queryset: QuerySet[Question]) -> QuerySet[Question]:
        """A question of which several choices hold the words is found once."""
        found: QuerySet[Question] = super().search_queryset(queryset)
        return found.distinct()

    @cached_property
    def header_buttons(self) -> list[Button]:
        buttons: list[Button] = [*super().header_buttons]
        if self.user_has_permission("add"):
            buttons.append(HeaderButton(_("Import"), url=reverse("exams_bank_import"), icon_name="upload"))
        return buttons

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        pages = (
            (_("Export"), "exams_bank_export", "download"),
            (_("Duplicates"), "exams_bank_duplicates", "copy"),
            (_("Statistics"), "exams_bank_statistics", "table"),
        )
        return [
            *super().header_more_buttons,
            *(Button(label, url=reverse(name), icon_name=icon) for label, name, icon in pages),
        ]


def _tell(request: HttpRequest, question: Question) -> None:
    """It may be meant, so it is saved all the same."""
    for other, is_same in like(question)[:5]:
        said = (
            _("The same question is there already")
            if is_same
            else _("A question much like it is there already")
        )
        link = reverse(EDIT, args=[other.pk])
        messages.warning(request, format_html('{}：<a href="{}">#{} {}</a>', said, link, other.pk, other))


class SavedByHand:
    """A question is drawn as soon as it is saved, so half of one is not saved while it is being typed."""

    def setup(self, *args: Any, **kwargs: Any) -> None:
        super().setup(*args, **kwargs)  # type: ignore[misc]
        self.autosave_enabled = False


class QuestionCreateView(SavedByHand, CreateView):
    def save_instance(self) -> Question:
        question: Question = super().save_instance()
        _tell(self.request, question)
        return question


class QuestionCopyView(CopyViewMixin, QuestionCreateView):
    pass


class QuestionEditView(SavedByHand, EditView):
    def save_instance(self) -> Question:
        _keep_first(self.object.pk)
        question: Question = super().save_instance()
        _tell(self.request, question)
        return question

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        url = f"{reverse('exams_bank_statistics')}?question={self.object.pk}"
        return [*super().header_more_buttons, Button(_("Statistics"), url=url, icon_name="table")]


def _keep_first(pk: int) -> None:
    """What was imported has no revision yet: without one its first words could not be compared."""
    before = Question.objects.get(pk=pk)
    if before.latest_revision_id is None:
        before.save_revision()


class QuestionDeleteView(DeleteView):
    """One that was ever asked, or stands somewhere, is drawn no longer instead."""

    template_name = "exams/admin/delete.html"

    @cached_property
    def reasons(self) -> list[str]:
        return reasons_to_keep(self.object)

    def form_valid(self, form: Any) -> HttpResponse:
        if not self.reasons:
            response: HttpResponse = super().form_valid(form)
            return response
        retire(self.object)
        messages.success(self.request, _("“%(question)s” is no longer drawn.") % {"question": self.object})
        return redirect(self.get_success_url())


def keep_asked(request: HttpRequest, questions: Sequence[Any]) -> HttpResponse | None:
    """Of several at once none is deleted where one is still needed."""
    if len(questions) < 2 or not isinstance(questions[0], Question):
        return None
    kept = [question for question in questions if reasons_to_keep(question)]
    if not kept:
        return None
    words = _(
        "Nothing was deleted: %(count)d of these questions are still needed, like #%(pk)s “%(question)s”."
    )
    messages.error(request, words % {"count": len(kept), "pk": kept[0].pk, "question": kept[0]})
    return redirect(LIST)


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = gettext_lazy("Question bank")
    list_display = [
        "stem",
        "kind",
        "difficulty",
        Column("tags", label=gettext_lazy("Tags"), accessor=lambda one: "、".join(_tags(one))),
        "basis",
        Column(
            "retired",
            label=gettext_lazy("no longer drawn"),
            # said only of those: a red cross beside every other question reads as if something were wrong with it
            accessor=lambda one: _("no longer drawn") if one.retired else "",
            sort_key="retired",
        ),
    ]
    filterset_class = QuestionFilterSet
    search_fields = ["stem", "explanation", "basis", "choices__text"]
    # by what they contain: Chinese has no white space at which to split
    search_backend_name = None
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    copy_view_class = QuestionCopyView
    edit_view_class = QuestionEditView
    delete_view_class = QuestionDeleteView
    delete_template_name = "exams/admin/delete.html"
    chooser_viewset_class = QuestionChooserViewSet


def _tags(question: Question) -> list[str]:
    return sorted(item.tag.name for item in question.tagged_items.all())
