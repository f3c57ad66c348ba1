"""The numbers of one enterprise, for whoever keeps its staff list and for the officials of its district."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from academy.core.exports import export
from academy.organisations.keeping import looked_at
from academy.organisations.managing import with_waiting
from academy.organisations.models import Enterprise
from academy.organisations.scope import Scope, scope_of
from academy.reports import shows
from academy.reports.behind import guided_list, held_list, persons_list
from academy.reports.coverage import CoverageFilters, People
from academy.reports.figures import Figures
from academy.reports.filters import Filters, ListFilters
from academy.reports.listing import Listing, listing
from academy.reports.slices import SLICE
from academy.reports.tables import Tables
from academy.reports.views import record_list

TABLES = ("post", "subject", "month")
# of the lists that the numbers lead to, those that whoever keeps the staff list has
LISTS: dict[str, tuple[type[Any], Callable[[Any], Listing]]] = {
    "records": (ListFilters, record_list),
    "persons": (Filters, persons_list),
    "held": (Filters, held_list),
    "guided": (Filters, guided_list),
}


def of(enterprise: Enterprise, scope: Scope, query: QueryDict) -> dict[str, Any]:
    """For the partial `reports/_enterprise.html`: numbers, tables, and who has not been trained yet.

    Records made elsewhere count for coverage and for nothing else here.
    """
    filters: CoverageFilters = _filters(enterprise, scope, query, CoverageFilters)
    figures = Figures(filters.choice, filters.snapshot)
    tables = Tables(filters, figures)
    return {
        "filters": filters,
        "place": str(enterprise),
        "untrained": [row for _user, _key, row in People(filters)[:SLICE]],
        "tables": [tables.table(slug) for slug in TABLES],
        "trend": shows.trend(tables),
        **shows.numbers(filters, figures),
    }


def _filters(enterprise: Enterprise, scope: Scope, query: QueryDict, kind: type[Any]) -> Any:
    """Narrowed to the enterprise, whatever the address says. Officials have the lists of their district; whoever keeps
    the staff list has those of the enterprise."""
    asked = query.copy()
    for name in ("district", "enterprise", "apart"):
        asked.pop(name, None)
    filters = kind(asked, scope, enterprise)
    if not scope.supervises:
        filters.lists = {name: f"{reverse(f'enterprise_{name}', args=[enterprise.pk])}?" for name in LISTS}
    return filters


@login_required
@require_safe
def numbers(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request.user)
    enterprise = _seen_by(scope, pk)
    shown = of(enterprise, scope, request.GET)
    if "format" in request.GET and shown["filters"].is_valid():
        tables = Tables(shown["filters"], shown["figures"])
        table = tables.table(request.GET.get("table", ""))
        return export(request.GET["format"], f"enterprise-by-{table.slug}", table.sheet_heads, table.sheet)
    return render(request, "reports/enterprise.html", {**_head(request, scope, enterprise), **shown})


@login_required
@require_safe
def listed(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    scope, (kind, make) = scope_of(request.user), LISTS[name]
    enterprise = _seen_by(scope, pk)
    made = make(_filters(enterprise, scope, request.GET, kind))
    head, template = _head(request, scope, enterprise), "reports/enterprise_list.html"
    return listing(request, replace(made, template=template, links=lambda _entry: {}, head=head))


def _head(request: HttpRequest, scope: Scope, enterprise: Enterprise) -> dict[str, Any]:
    """In the frame that whoever looks knows from their other pages."""
    head = looked_at(request, scope, enterprise, "numbers")
    if scope.supervises:
        return {**head, "nav": "enterprises", "base": "staff_base.html"}
    return {**head, "base": "managing/plain.html"}


def _seen_by(scope: Scope, pk: int) -> Enterprise:
    """What is outside the scope is not there."""
    found: Enterprise = get_object_or_404(
        with_waiting(scope.register()).select_related("district", "business_type"), pk=pk
    )
    return found
