"""Question sets and their questions in the admin; the page of a set shows its runs over time."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, NumberColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import Button, HeaderButton

from academy.library.evaluation.chart import charts
from academy.library.evaluation.gold import Gold
from academy.library.evaluation.results import SHOWN, difference, share
from academy.library.models import EvaluationQuestion, EvaluationResult, EvaluationRun, QuestionSet

# runs of a set, and texts that are missing, that are shown
RUNS, LOST = 30, 10
MAY_RUN = "library.add_evaluationrun"
Trouble = EvaluationResult.Trouble


def page_of(question_set: QuestionSet) -> str:
    return reverse("evaluation:inspect", args=[question_set.pk])


def questions_of(question_set: QuestionSet) -> str:
    return f"{reverse('evaluation_questions:index')}?question_set={question_set.pk}"


# Sets


def _latest(question_set: QuestionSet) -> EvaluationRun | None:
    if not hasattr(question_set, "latest"):
        question_set.latest = question_set.runs.exclude(finished_at=None).first()  # type: ignore[attr-defined]
    latest: EvaluationRun | None = question_set.latest  # type: ignore[attr-defined]
    return latest


def _share_of(name: str) -> Any:
    def of_latest(question_set: QuestionSet) -> str:
        run = _latest(question_set)
        return share(run.measures.get(name) if run else None)

    return of_latest


def _run_at(question_set: QuestionSet) -> Any:
    run = _latest(question_set)
    return run and run.finished_at


class QuestionSetIndexView(ModelViewSet.index_view_class):
    def get_base_queryset(self) -> QuerySet[QuestionSet]:
        return QuestionSet.objects.annotate(count=Count("questions"))

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TitleColumn("name", label=_("Question set"), get_url=page_of, sort_key="name"),
            NumberColumn("count", label=_("Number of questions")),
            DateColumn("last_run", label=_("Last evaluated"), accessor=_run_at),
            *(Column(name, label=SHOWN[name], accessor=_share_of(name)) for name in ("hit@5", "refused")),
        ]

    @cached_property
    def header_buttons(self) -> list[Any]:
        buttons = [*super().header_buttons]
        if self.user_has_permission("add"):
            url = reverse("library_evaluation_import")
            buttons.append(HeaderButton(_("Import questions"), url=url, icon_name="upload"))
        return buttons


class _BackToTheSet:
    object: Any

    def get_success_url(self) -> str:
        return page_of(self.object)


class QuestionSetCreateView(_BackToTheSet, ModelViewSet.add_view_class):
    pass


class QuestionSetEditView(_BackToTheSet, ModelViewSet.edit_view_class):
    pass


class QuestionSetDeleteView(ModelViewSet.delete_view_class):
    @property
    def confirmation_message(self) -> str:
        words = _("Its %(questions)d questions and %(runs)d evaluations are deleted too. Delete all of it?")
        return words % {"questions": self.object.questions.count(), "runs": self.object.runs.count()}


class QuestionSetView(ModelViewSet.inspect_view_class):
    """One set: how its runs went, which is under way, and what can be done."""

    template_name = "library/admin/evaluation/set.html"
    page_title = gettext_lazy("Evaluation of the retrieval")

    @cached_property
    def header_buttons(self) -> list[Button]:
        return [
            HeaderButton(_("Questions of the set"), url=questions_of(self.object), icon_name="list-ul"),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        buttons = [*super().header_more_buttons]
        if self.request.user.has_perm("library.change_questionset"):
            url = f"{reverse('library_evaluation_import')}?set={self.object.pk}"
            buttons.append(Button(_("Import questions"), url=url, icon_name="upload", priority=5))
        export = reverse("library_evaluation_export", args=[self.object.pk])
        buttons.append(Button(_("Download as JSONL"), url=export, icon_name="download", priority=6))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        runs = list(self.object.runs.select_related("started_by")[:RUNS])
        finished = [run for run in runs if run.finished_at]
        return context | {
            "set": self.object,
            "count": self.object.questions.count(),
            "unanswerable": self.object.questions.filter(gold_doc="").count(),
            "lost": _lost(self.object),
            "questions_url": questions_of(self.object),
            "under_way": next((run for run in runs if not run.finished_at), None),
            "charts": charts(finished[::-1]),
            "labels": SHOWN.values(),
            "rows": _rows(finished),
            "runs": finished,
            "may_run": self.request.user.has_perm(MAY_RUN),
        }


def _rows(runs: list[EvaluationRun]) -> list[dict[str, Any]]:
    """Newest first, each beside the one before it."""
    rows = []
    for run, before in zip(runs, [*runs, None][1:], strict=True):
        old = before.measures if before else {}
        measures = [
            (share(run.measures.get(name)), difference(old.get(name), run.measures.get(name)))
            for name in SHOWN
        ]
        rows.append({"run": run, "before": before, "measures": measures})
    return rows


def _lost(question_set: QuestionSet) -> list[str]:
    """Texts that the questions name and that nobody is answered from."""
    gold = Gold.now()
    asked = question_set.questions.exclude(gold_doc="").order_by("gold_doc")
    return sorted({one.gold_doc for one in asked if not gold.sources(one)})[:LOST]


class QuestionSetViewSet(ModelViewSet):
    model = QuestionSet
    icon = "clipboard-list"
    name = "evaluation"
    menu_label = gettext_lazy("Retrieval evaluation")
    add_to_admin_menu = True
    menu_order = 232
    form_fields = ["name", "note"]
    search_fields = ["name", "note"]
    search_backend_name = None
    index_view_class = QuestionSetIndexView
    add_view_class = QuestionSetCreateView
    edit_view_class = QuestionSetEditView
    delete_view_class = QuestionSetDeleteView
    inspect_view_class = QuestionSetView
    inspect_view_enabled = True
    copy_view_enabled = False


# Questions


class _BackToTheQuestions:
    object: Any
    form: Any
    request: Any

    def get_success_url(self) -> str:
        return questions_of(self.object.question_set)

    def save_instance(self) -> EvaluationQuestion:
        question: EvaluationQuestion = super().save_instance()  # type: ignore[misc]
        trouble = Gold.now().place(question)[1] if question.gold_doc else ""
        if trouble:
            messages.warning(self.request, f"{Trouble(trouble).label}：《{question.gold_doc}》")
        return question


class QuestionIndexView(ModelViewSet.index_view_class):
    def get_add_url(self) -> str | None:
        url = super().get_add_url()
        chosen = self.request.GET.get("question_set", "")
        return f"{url}?question_set={chosen}" if url and chosen.isdecimal() else url


class QuestionCreateView(_BackToTheQuestions, ModelViewSet.add_view_class):
    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "question_set": self.request.GET.get("question_set")}


class QuestionEditView(_BackToTheQuestions, ModelViewSet.edit_view_class):
    pass


class EvaluationQuestionViewSet(ModelViewSet):
    model = EvaluationQuestion
    icon = "clipboard-list"
    name = "evaluation_questions"
    list_display = [
        "question",
        Column("gold_doc", label=gettext_lazy("Text with the answer"), sort_key="gold_doc"),
        Column("gold_text", label=gettext_lazy("Words of the answer")),
        Column("qid", label=gettext_lazy("Number in the set"), sort_key="qid"),
    ]
    list_filter = ["question_set"]
    list_per_page = 50
    search_fields = ["question", "gold_doc", "gold_text", "qid"]
    search_backend_name = None
    form_fields = ["question_set", "question", "gold_doc", "gold_text", "qid"]
    index_view_class = QuestionIndexView
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView
    copy_view_enabled = False

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """They stand below their sets."""
        sets = {"url": reverse_lazy("evaluation:index"), "label": gettext_lazy("Retrieval evaluation")}
        above = [*WagtailAdminTemplateMixin.breadcrumbs_items, sets]
        return {**super().get_common_view_kwargs(**kwargs), "breadcrumbs_items": above}
