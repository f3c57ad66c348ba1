"""Spot exams for the supervising staff: plan one, draw, see what came of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.core.exports import export
from academy.exams import spot, spot_tables
from academy.exams.models import Candidate, SpotExam
from academy.exams.spot_forms import SpotExamForm
from academy.organisations.supervising import StaffRequest, supervised, supervisor_required

PER_PAGE = 50
may_draw = supervised("exams.add_spotexam")


@supervisor_required
@require_safe
def spot_exams(request: StaffRequest) -> HttpResponseBase:
    found = (
        spot.seen(request.scope)
        .defer("population")
        .annotate(drawn=spot.drawn_within(request.scope))
        .select_related("paper")
        .order_by("-opens_at", "-pk")
    )
    if "format" in request.GET:
        return export(request.GET["format"], "spot-exams", *spot_tables.planned_sheet(found))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"nav": "spot", "page": page, **spot_tables.planned(page)}
    return render(request, "spot_exams/list.html", context)


@may_draw
@require_http_methods(["GET", "POST"])
def plan(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one that is not drawn yet; afterwards it stays as it was drawn."""
    undrawn = spot.owned(request.scope).select_for_update(of=("self",)).filter(drawn_at=None)
    with transaction.atomic():
        known = get_object_or_404(undrawn, pk=pk) if pk else None
        form = SpotExamForm(request.POST or None, instance=known, scope=request.scope)
        if form.is_valid():
            planned = form.save()
            return redirect("spot:one", planned.pk)
    context = {"nav": "spot", "form": form, "known": known}
    return render(request, "spot_exams/plan.html", context, status=422 if form.is_bound else 200)


@supervisor_required
@require_safe
def one(request: StaffRequest, pk: int) -> HttpResponseBase:
    known = spot.seen(request.scope).select_related("paper", "district", "drawn_by")
    spot_exam = get_object_or_404(known, pk=pk)
    if not spot_exam.drawn_at:
        context = {"nav": "spot", "spot_exam": spot_exam, "fit": spot.eligible(spot_exam).count()}
        return render(request, "spot_exams/undrawn.html", context)
    people = request.scope.records(spot.with_results(spot_exam))
    if "format" in request.GET:
        return _file(request, spot_exam, people)
    return render(request, "spot_exams/results.html", _results(request, spot_exam, people))


@may_draw
@require_POST
def draw(request: StaffRequest, pk: int) -> HttpResponse:
    spot_exam = get_object_or_404(spot.owned(request.scope), pk=pk)
    drawn = spot.draw_candidates(spot_exam, request.user, timezone.now())
    said = ngettext(
        "%(n)s person is drawn. It stands on their page.",
        "%(n)s people are drawn. It stands on their page.",
        drawn,
    )
    messages.success(
        request,
        said % {"n": drawn}
        if drawn
        else _("Nobody was drawn: nobody fits, or the window is over. Change it."),
    )
    return redirect("spot:one", pk)


def _results(request: StaffRequest, spot_exam: SpotExam, people: QuerySet[Candidate]) -> dict[str, object]:
    everybody = list(people)
    page = Paginator(everybody, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "nav": "spot",
        "spot_exam": spot_exam,
        "total": spot.tally("", everybody),
        "is_owned": request.scope.holds(spot_exam.district),
        "as_of": timezone.now(),
        "tables": [spot_tables.grouped(everybody, group) for group in spot.GROUPS],
        "page": page,
        **spot_tables.candidates(page),
    }


def _file(request: StaffRequest, spot_exam: SpotExam, people: QuerySet[Candidate]) -> HttpResponseBase:
    group = request.GET.get("table", "")
    if group == "population":
        # who was drawn from is the whole district of the exam
        if not request.scope.holds(spot_exam.district):
            raise Http404(group)
        return export(
            request.GET["format"],
            f"spot-exam-{spot_exam.pk}-{group}",
            *spot_tables.population_sheet(spot_exam),
        )
    if group and group not in spot.GROUPS:
        raise Http404(group)
    name = f"spot-exam-{spot_exam.pk}-{group or 'people'}"
    sheet = spot_tables.grouped_sheet(people, group) if group else spot_tables.candidates_sheet(people)
    return export(request.GET["format"], name, *sheet)
