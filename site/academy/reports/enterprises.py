"""The numbers of one enterprise, for whoever keeps its staff list and for the officials of its district."""

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academy.core.exports import Row
from academy.organisations.keeping import looked_at
from academy.organisations.managing import with_waiting
from academy.organisations.models import Enterprise, Membership
from academy.organisations.scope import Scope, scope_of
from academy.records.models import Certificate
from academy.reports import certificates, shows
from academy.reports.behind import guided_list, held_list, persons_list
from academy.reports.certificates import CertificateFilters
from academy.reports.coverage import CoverageFilters, People, people_list, who
from academy.reports.figures import Figures
from academy.reports.filters import Filters, ListFilters
from academy.reports.learners import ExamFilters, PathFilters, exam_list, path_list
from academy.reports.listing import PER_PAGE, Links, Listing, listing
from academy.reports.tables import Tables
from academy.reports.views import file_of, record_list

TABLES = ("post", "subject", "month")


class Behind(NamedTuple):
    """A list behind a number, and `whose` account each of its lines is about."""

    filters: type[Any]
    made: Callable[[Any], Listing]
    whose: Callable[[Any], int | None]


def _nobody(_found: Any) -> None:
    return None


FIRST = itemgetter(0)
# of the lists that the numbers lead to, those that whoever keeps the staff list has beside the certificates
LISTS = {
    "records": Behind(ListFilters, record_list, attrgetter("user")),
    "persons": Behind(Filters, persons_list, FIRST),
    "held": Behind(Filters, held_list, _nobody),
    "guided": Behind(Filters, guided_list, _nobody),
    "people": Behind(CoverageFilters, people_list, FIRST),
    "learning": Behind(PathFilters, path_list, FIRST),
    "exams": Behind(ExamFilters, exam_list, FIRST),
}


def of(enterprise: Enterprise, scope: Scope, query: QueryDict) -> dict[str, Any]:
    """For the partial `reports/_enterprise.html`: numbers, tables, and who has not been trained yet.

    Records made elsewhere count for coverage and for nothing else here.
    """
    filters: CoverageFilters = _filters(enterprise, scope, query, CoverageFilters)
    del filters.fields["trained"]
    figures = Figures(filters.choice, filters.snapshot)
    tables = Tables(filters, figures)
    return {
        "filters": filters,
        "place": str(enterprise),
        "untrained": _untrained(filters, who if scope.supervises else _to_people(enterprise, FIRST, 0)),
        "tables": [tables.table(slug) for slug in TABLES],
        "trend": shows.trend(tables),
        "funnel": shows.funnel(figures.funnel),
        **shows.numbers(filters, figures),
    }


def _untrained(filters: CoverageFilters, links: Links) -> dict[str, Any]:
    people = People(filters)
    return {
        "count": len(people),
        "rows": [_line(found[-1], links(found).get(0)) for found in people[:PER_PAGE]],
        "url": f"{filters.lists['untrained']}{filters.address()}",
    }


def _line(row: Row, url: str | None) -> dict[str, Any]:
    name, phone, *_where, post, _trained = row
    return {"name": name or _("No name yet"), "meta": f"{post} · {phone or '—'}", "url": url}


def _filters(enterprise: Enterprise, scope: Scope, query: QueryDict, kind: type[Any]) -> Any:
    """Narrowed to the enterprise, whatever the address says. Officials have the lists of their district; whoever keeps
    the staff list has those of the enterprise."""
    filters = kind(_asked(query), scope, enterprise)
    for name in ("district", "business_type"):
        del filters.fields[name]
    if not scope.supervises:
        urls = {
            name: f"{reverse(f'enterprise_{name}', args=[enterprise.pk])}?"
            for name in (*LISTS, "certificates")
        }
        filters.lists = {**urls, "people": f"{urls['people']}trained=yes&", "untrained": urls["people"]}
    return filters


def _asked(query: QueryDict) -> QueryDict:
    asked = query.copy()
    for name in ("district", "enterprise", "apart"):
        asked.pop(name, None)
    return asked


@login_required
@require_safe
def numbers(request: HttpRequest, pk: int) -> HttpResponseBase:
    scope = scope_of(request.user)
    enterprise = _seen_by(scope, pk)
    shown = of(enterprise, scope, request.GET)
    if "format" in request.GET and shown["filters"].is_valid():
        return file_of(request, Tables(shown["filters"], shown["figures"]), "enterprise")
    return render(request, "reports/enterprise.html", {**_head(request, scope, enterprise), **shown})


@login_required
@require_safe
def listed(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    scope, behind = scope_of(request.user), LISTS[name]
    enterprise = _seen_by(scope, pk)
    made = behind.made(_filters(enterprise, scope, request.GET, behind.filters))
    links = made.links if scope.supervises else _to_people(enterprise, behind.whose, 0)
    return listing(request, replace(made, links=links, head=_head(request, scope, enterprise)))


@login_required
@require_safe
def earned(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The certificates of courses that were completed here."""
    scope = scope_of(request.user)
    enterprise = _seen_by(scope, pk)
    filters = CertificateFilters(_asked(request.GET), scope, enterprise)
    links = certificates.linking if scope.supervises else _to_certificates(enterprise)
    return certificates.listing_of(request, filters, links, _head(request, scope, enterprise))


def _to_people(enterprise: Enterprise, whose: Callable[[Any], int | None], place: int) -> Links:
    """To the pages of those who work here today."""
    here = Membership.objects.current().filter(enterprise=enterprise).values_list("user", "pk")
    pages: dict[int | None, str] = {
        user: reverse("managing:person", args=[enterprise.pk, pk]) for user, pk in here
    }

    def links(found: Any) -> dict[int, str]:
        page = pages.get(whose(found))
        return {place: page} if page else {}

    return links


def _to_certificates(enterprise: Enterprise) -> Links:
    people = _to_people(enterprise, attrgetter("user_id"), 1)

    def links(found: Certificate) -> dict[int, str]:
        return {0: reverse("records:certificate", args=[found.number]), **people(found)}

    return links


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
