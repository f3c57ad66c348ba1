"""Pages beside the question sets: to import questions, to run them, to see a run, to compare two."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from academy.library.admin.evaluation import MAY_RUN, page_of
from academy.library.admin.sources import PASSAGES
from academy.library.audiences import EVERYBODY
from academy.library.evaluation.files import parse, take_in, write
from academy.library.evaluation.results import KINDS, SHOWN, compare, share
from academy.library.evaluation.running import NothingToAsk, start
from academy.library.health import seen_by
from academy.library.models import EvaluationResult, EvaluationRun, QuestionSet
from ingest.load import Unreadable
from ingest.load.naming import stem

# errors of an import, and results, on one page
ERRORS, RESULTS = 50, 20


class EvaluationPage(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    model: Any = QuestionSet
    any_permission_required: Sequence[str] = ("add", "change", "delete", "view")
    header_icon = "clipboard-list"

    def steps(self) -> list[tuple[str, str]]:
        """Between the list of sets and this page: (address, label)."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        sets = (reverse("evaluation:index"), _("Retrieval evaluation"))
        above = [{"url": url, "label": label} for url, label in (sets, *self.steps())]
        return [*super().get_breadcrumbs_items(), *above, {"url": "", "label": self.get_page_title()}]


# Importing


class ImportForm(forms.Form):
    question_set = forms.ModelChoiceField(
        label=gettext_lazy("Into"),
        queryset=QuestionSet.objects.all(),
        required=False,
        empty_label=gettext_lazy("A new question set"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the new question set"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Empty: the name of the file."),
    )
    file = forms.FileField(
        label=gettext_lazy("File of questions"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.jsonl"}),
        error_messages={"required": gettext_lazy("Choose a file of questions.")},
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        file = given.get("file")
        if not file:
            return given
        try:
            parsed = parse(file.name, file.read())
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        if parsed.errors:
            words = _("Nothing was imported. Put these lines right and choose the file again.")
            more = len(parsed.errors) - ERRORS
            rest = [_("And %(count)d more.") % {"count": more}] if more > 0 else []
            raise forms.ValidationError([words, *parsed.errors[:ERRORS], *rest])
        return {**given, "parsed": parsed}


class ImportView(EvaluationPage, FormView[ImportForm]):
    page_title = gettext_lazy("Import questions")
    any_permission_required = ("add",)
    form_class = ImportForm
    template_name = "library/admin/evaluation/import.html"

    def get_initial(self) -> dict[str, Any]:
        chosen = self.request.GET.get("set", "")
        return {"question_set": chosen if chosen.isdecimal() else None}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """The same file sent again changes nothing; a new set of a known name is that set."""
        given = form.cleaned_data
        name = given["name"] or stem(given["file"].name)[:100]
        into = given["question_set"] or QuestionSet.objects.get_or_create(name=name)[0]
        taken = take_in(into, given["parsed"].questions)
        words = _("%(new)d new questions, %(changed)d with other words, %(same)d that were there already.")
        messages.success(
            self.request, words % {"new": taken.new, "changed": taken.changed, "same": taken.same}
        )
        return redirect(page_of(into))


def export(request: HttpRequest, pk: int) -> HttpResponse:
    _demand(request, "library.view_questionset")
    question_set = get_object_or_404(QuestionSet, pk=pk)
    lines = write(one.as_question for one in question_set.questions.all())
    disposition = {"Content-Disposition": f'attachment; filename="questions-{pk}.jsonl"'}
    return HttpResponse(lines, content_type="application/jsonl; charset=utf-8", headers=disposition)


# Runs


@require_POST
def run_now(request: HttpRequest, pk: int) -> HttpResponse:
    _demand(request, MAY_RUN)
    question_set = get_object_or_404(QuestionSet, pk=pk)
    try:
        run = start(question_set, request.user)  # type: ignore[arg-type]
    except NothingToAsk:
        messages.error(request, _("The set has no questions yet: import some, or write them."))
        return redirect(page_of(question_set))
    return redirect("library_evaluation_run", run.pk)


class RunView(EvaluationPage):
    """What one run found, by what went wrong."""

    template_name = "library/admin/evaluation/run.html"
    page_title = gettext_lazy("One evaluation")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.run = get_object_or_404(EvaluationRun.objects.select_related("question_set"), pk=kwargs["pk"])

    def steps(self) -> list[tuple[str, str]]:
        return [(page_of(self.run.question_set), self.run.question_set.name)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = self.request.GET.get("show", "")
        show = chosen if chosen in KINDS else "missed"
        asked = self.run.results.exclude(asked_at=None)
        page = Paginator(asked.filter(KINDS[show][1]), RESULTS).get_page(self.request.GET.get("p"))
        finished = self.run.question_set.runs.exclude(finished_at=None)
        return {
            **super().get_context_data(**kwargs),
            "run": self.run,
            "measures": [(label, share(self.run.measures.get(name))) for name, label in SHOWN.items()],
            "before": finished.filter(started_at__lt=self.run.started_at).first(),
            "kinds": [(name, label, asked.filter(which).count()) for name, (label, which) in KINDS.items()],
            "show": show,
            "page": page,
            "results": _with_passages(page, self.request.user),
            "may_run": self.request.user.has_perm(MAY_RUN),
            "may_delete": self.request.user.has_perm("library.delete_evaluationrun"),
        }


class RunDeleteView(DeleteView):
    model = EvaluationRun
    delete_url_name = "library_evaluation_run_delete"
    header_icon = "clipboard-list"

    def get_success_url(self) -> str:
        return page_of(self.object.question_set)


class CompareView(EvaluationPage):
    """What one run got right and another did not."""

    template_name = "library/admin/evaluation/compare.html"
    page_title = gettext_lazy("Two evaluations compared")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.question_set = get_object_or_404(QuestionSet, pk=kwargs["pk"])

    def steps(self) -> list[tuple[str, str]]:
        return [(page_of(self.question_set), self.question_set.name)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = self.question_set.runs.exclude(finished_at=None)
        chosen = [self.request.GET.get(name, "") for name in ("a", "b")]
        before, after = (get_object_or_404(runs, pk=pk if pk.isdecimal() else 0) for pk in chosen)
        found = compare(before, after)
        return {
            **super().get_context_data(**kwargs),
            "set": self.question_set,
            "runs": runs,
            "before": before,
            "after": after,
            "found": found,
            "lists": [
                (_("Newly right"), _pairs(found.better, self.request.user)),
                (_("Newly wrong"), _pairs(found.worse, self.request.user)),
            ],
        }


def _pairs(pairs: Iterable[tuple[EvaluationResult, EvaluationResult]], user: Any) -> list[dict[str, Any]]:
    pairs = list(pairs)
    shown = _with_passages([new for _, new in pairs], user)
    return [{"old": old, **new} for (old, _), new in zip(pairs, shown, strict=True)]


def _with_passages(results: Iterable[EvaluationResult], user: Any) -> list[dict[str, Any]]:
    """Each with its passages as they may be shown now: of what was withdrawn or restricted since, at most the title."""
    results = list(results)
    kept = [one for result in results for one in (*result.found, *result.answer, result.expected) if one]
    keys = {one["source"] for one in kept}
    live = EVERYBODY.live_keys(keys)
    pages = {source.key: source.pk for source in seen_by(user).filter(key__in=keys)}

    def shown(one: dict[str, Any]) -> dict[str, Any]:
        key = one["source"]
        return {
            **one,
            "is_live": key in live,
            "url": _address(pages[key], one["ordinal"]) if key in pages else "",
        }

    return [
        {
            "result": result,
            "found": [
                {**shown(one), "is_right": at == result.rank} for at, one in enumerate(result.found, 1)
            ],
            "answer": [shown(one) for one in result.answer],
            "expected": shown(result.expected) if result.expected else None,
        }
        for result in results
    ]


def _address(pk: int, ordinal: int) -> str:
    """Among the source's passages."""
    return f"{reverse('index_state:inspect', args=[pk])}?p={ordinal // PASSAGES + 1}#p-{ordinal}"


def _demand(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def urls() -> list[URLPattern]:
    return [
        path("evaluation/import/", ImportView.as_view(), name="library_evaluation_import"),
        path("evaluation/export/<int:pk>/", export, name="library_evaluation_export"),
        path("evaluation/start/<int:pk>/", run_now, name="library_evaluation_start"),
        path("evaluation/compare/<int:pk>/", CompareView.as_view(), name="library_evaluation_compare"),
        path("evaluation/runs/<int:pk>/", RunView.as_view(), name="library_evaluation_run"),
        path(
            "evaluation/runs/<int:pk>/delete/", RunDeleteView.as_view(), name="library_evaluation_run_delete"
        ),
    ]
