from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from academy.accounts.access import staff_required
from academy.core.cells import Cell
from academy.core.exports import Row, export
from academy.core.walking import walk
from academy.records.models import Completion
from academy.reports import counting, tables
from academy.reports.filters import Filters, ListFilters

PER_PAGE = 50
HEADS = [
    _("Name"),
    _("Phone number"),
    _("Enterprise"),
    _("District"),
    _("Course"),
    _("Score"),
    _("Training hours"),
    _("Completed on"),
]
NUMERIC = HEADS[5:]


@staff_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponseBase:
    filters = Filters(request.GET)
    # A file cannot say which filter was wrong, so that is said on the page instead
    if "format" in request.GET and filters.is_valid():
        table = tables.table(request.GET.get("table", ""), filters)
        return export(request.GET["format"], f"training-by-{table.slug}", table.heads, table.sheet)
    total, months = counting.total(filters.completions()), tables.months(filters)
    named = [tables.named_table(slug, filters, total) for slug in tables.KINDS]
    rows = tables.chart(months)
    context = {
        "nav": "overview",
        "filters": filters,
        "as_of": timezone.now(),
        "total": total,
        "hours": tables.hours(total.hours),
        "list_url": tables.list_url(filters),
        "chart": rows,
        "chart_note": tables.chart_note(rows),
        "months_left_out": len(months) > len(rows),
        "tables": [*named, tables.month_table(filters, months, total)],
        "missing": [
            (table.head, line.label) for table in named for line in table.lines if not line.tally.persons
        ],
    }
    return render(request, "reports/dashboard.html", context)


@staff_required
@require_safe
def completions(request: HttpRequest) -> HttpResponseBase:
    filters = ListFilters(request.GET)
    found = filters.completions()
    named = found.select_related("user")
    heads = [str(head) for head in HEADS]
    if "format" in request.GET and filters.is_valid():
        return export(request.GET["format"], "completions", heads, map(_row, walk(named)))
    page = Paginator(named, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": "completions",
        "filters": filters,
        "page": page,
        "total": counting.total(found),
        "columns": [{"label": head, "numeric": head in NUMERIC} for head in HEADS],
        "rows": [_linked(completion) for completion in page],
    }
    return render(request, "reports/completions.html", context)


def _row(completion: Completion) -> Row:
    return [
        completion.person_name,
        completion.user.masked_phone,
        completion.enterprise_name,
        completion.district_name,
        completion.course_title,
        completion.score,
        completion.hours,
        completion.completed_on,
    ]


def _linked(completion: Completion) -> list[dict[str, Cell]]:
    cells = [cell(value) for value in _row(completion)]
    cells[0]["url"] = reverse("reports:person", args=[completion.user_id])
    return cells


def cell(value: Cell) -> dict[str, Cell]:
    return {"text": "—" if value in ("", None) else value}
