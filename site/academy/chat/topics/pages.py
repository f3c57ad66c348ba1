"""What nobody could answer, or answered badly: what editors do about it, and the figures of each week."""

from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from academy.accounts.access import WRITES_ANSWERS, View, editor_required, permitted
from academy.chat.finding import find
from academy.chat.models import Topic
from academy.chat.topics import detail, figures
from academy.chat.topics.filters import AskingFilters, TopicFilters, asked_in
from academy.core.exports import Row, export
from academy.library.audiences import EVERYBODY
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervisor_required

PER_PAGE = 50
HEADS = [
    gettext_lazy("Question"),
    gettext_lazy("Districts"),
    gettext_lazy("Last asked"),
    gettext_lazy("Asked"),
    gettext_lazy("Refused"),
    gettext_lazy("Not helped"),
]
WEEK_HEADS = [
    gettext_lazy("Week from"),
    gettext_lazy("Asked"),
    gettext_lazy("Answered"),
    gettext_lazy("Refused"),
    gettext_lazy("Helped"),
    gettext_lazy("Not helped"),
    gettext_lazy("Half of the answers within (ms)"),
    gettext_lazy("95 of 100 within (ms)"),
]
WEEKS_DRAWN, MOST_ASKED = 12, 10


def may_read(view: View) -> View:
    """Editors answer what is asked anywhere; the supervising staff see what is asked in their part of the city."""

    @wraps(view)
    def everywhere(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.scope = Scope(whole=True)
        return view(request, *args, **kwargs)

    by_editor, by_supervisor = permitted(WRITES_ANSWERS)(everywhere), supervisor_required(view)

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        open_page = by_editor if request.user.has_perm(WRITES_ANSWERS) else by_supervisor
        return open_page(request, *args, **kwargs)

    return opened


class Decision(forms.Form):
    """What an editor says of a topic."""

    state = forms.ChoiceField(choices=Topic.State.choices)
    note = forms.CharField(max_length=255, required=False)


@may_read
@require_safe
def queue(request: StaffRequest) -> HttpResponseBase:
    filters = TopicFilters(request.GET, request.scope)
    found = filters.topics()
    heads = [str(head) for head in HEADS]
    if "format" in request.GET and filters.is_valid():
        return export(request.GET["format"], "questions", heads, _rows(list(found), filters))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "questions",
        "filters": filters,
        "page": page,
        "columns": [{"label": head, "numeric": i > 1} for i, head in enumerate(heads)],
        "rows": [
            [{"text": row[0], "url": topic.get_absolute_url()}, *({"text": cell} for cell in row[1:])]
            for topic, row in zip(page, _rows(list(page), filters), strict=True)
        ],
    }
    return render(request, "questions/queue.html", context)


def _rows(topics: list[Topic], filters: TopicFilters) -> list[Row]:
    where = detail.waiting_districts(topics, filters.within())
    return [_row(topic, where.get(topic.pk, "")) for topic in topics]


def _row(topic: Any, where: str) -> Row:
    last = timezone.localtime(topic.last_at)
    return [topic.question, where, f"{last:%Y-%m-%d}", topic.asked, topic.refused, topic.voted_down]


@may_read
@require_safe
def topic(request: StaffRequest, pk: int) -> HttpResponse:
    within = asked_in(request.scope)
    counted = Topic.objects.counted(asked_in(request.scope, "askings__")).select_related("decided_by")
    shown = get_object_or_404(counted, pk=pk)
    now, asked = find(shown.question, EVERYBODY), detail.wordings(shown, within)
    heads, rows = detail.by_week_and_district(shown, within)
    context = {
        "nav": "questions",
        "topic": shown,
        "now": now,
        "said": detail.said(now),
        "wordings": asked,
        "complaints": detail.complaints(shown, asked_in(request.scope, "asking__")),
        "near": detail.near(now),
        "faq_url": detail.faq_url(shown, asked),
        "columns": [{"label": head, "numeric": i > 0} for i, head in enumerate(heads)],
        "rows": rows,
        "states": Topic.State,
    }
    return render(request, "questions/topic.html", context)


@editor_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    decided, form = get_object_or_404(Topic, pk=pk), Decision(request.POST)
    if form.is_valid():
        decided.decide(form.cleaned_data["state"], form.cleaned_data["note"], request.user)
        messages.success(request, _("Noted: %(state)s.") % {"state": decided.get_state_display()})
    else:
        messages.error(request, _("That was not noted: %(why)s") % {"why": form.errors.as_text()})
    return redirect(decided)


@may_read
@require_safe
def weekly(request: StaffRequest) -> HttpResponseBase:
    filters = AskingFilters(request.GET, request.scope)
    askings = filters.askings()
    counted = figures.by_week(askings, figures.last_weeks(filters.number_of_weeks))
    sheet = [[f"{week:%Y-%m-%d}", *line] for week, line in counted.items()]
    heads = [str(head) for head in WEEK_HEADS]
    if "format" in request.GET and filters.is_valid():
        return export(request.GET["format"], "questions-by-week", heads, sheet)
    context = {
        "nav": "figures",
        "filters": filters,
        "total": figures.together(askings),
        "chart": [_bars(week, line) for week, line in counted.items()][-WEEKS_DRAWN:],
        "doors": figures.by_door(askings),
        "most_asked": figures.most_asked(filters.within("askings__"), MOST_ASKED),
        "columns": [{"label": head, "numeric": i > 0} for i, head in enumerate(heads)],
        "rows": [[{"text": "—" if cell is None else cell} for cell in row] for row in reversed(sheet)],
    }
    return render(request, "questions/figures.html", context)


def _bars(week: Any, line: figures.Figures) -> dict[str, Any]:
    is_present = week == figures.this_week()
    return {"label": f"{week:%m-%d}", "solid": line.asked, "outlined": line.refused, "partial": is_present}
