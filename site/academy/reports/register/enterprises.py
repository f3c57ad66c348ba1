"""The enterprises of the register, as those who supervise them see them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from academy.core.exports import Row, export
from academy.organisations.enterprise_forms import EnterpriseForm
from academy.organisations.models import Enterprise, EnterpriseQuerySet, Membership
from academy.organisations.supervising import StaffRequest, supervised, supervisor_required
from academy.records.models.certificate import shanghai_today
from academy.reports.listing import PER_PAGE, Keyed
from academy.reports.register.cells import columns, linked
from academy.reports.register.filters import EnterpriseFilters
from academy.reports.register.untrained import Untrained

HEADS = [
    gettext_lazy("Enterprise"),
    gettext_lazy("District"),
    gettext_lazy("Business type"),
    gettext_lazy("Risk level"),
    gettext_lazy("Licence"),
    gettext_lazy("People"),
]
SHEET_HEADS = [
    gettext_lazy("Enterprise"),
    gettext_lazy("Unified social credit code"),
    gettext_lazy("District"),
    gettext_lazy("Business type"),
    gettext_lazy("Risk level"),
    gettext_lazy("Licence number"),
    gettext_lazy("Licence valid until"),
    gettext_lazy("Licence"),
    gettext_lazy("Address"),
    gettext_lazy("Responsible person"),
    gettext_lazy("Their phone number"),
    gettext_lazy("People"),
    gettext_lazy("Closed on"),
]
adds, changes = supervised("organisations.add_enterprise"), supervised("organisations.change_enterprise")


@supervisor_required
@require_safe
def listed(request: StaffRequest) -> HttpResponseBase:
    filters = EnterpriseFilters(request.GET, request.scope)
    registered = filters.enterprises()
    found: Any = (
        Untrained(_with_people(registered)) if filters.wants_untrained else Keyed(registered, _with_people)
    )
    if "format" in request.GET and filters.is_valid():
        rows = (_sheet_row(one) for one in found.iterator(chunk_size=2000))
        return export(request.GET["format"], "enterprises", [str(head) for head in SHEET_HEADS], rows)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "nav": "enterprises",
        "filters": filters,
        "query": query.urlencode(),
        "page": page,
        "columns": columns(HEADS, {5}),
        "rows": _rows(page),
    }
    return render(request, "register/enterprises.html", context)


@adds
@require_http_methods(["GET", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    return _kept(request, None)


@changes
@require_http_methods(["GET", "POST"])
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _kept(request, get_object_or_404(request.scope.register().filter(merged_into=None), pk=pk))


def _kept(request: StaffRequest, known: Enterprise | None) -> HttpResponse:
    form = EnterpriseForm(request.POST or None, instance=known, scope=request.scope)
    if form.is_valid() and form.save_as(request.user):
        messages.success(request, _("Saved. What was changed stands at the end of the page."))
        return redirect("register:enterprise", form.instance.pk)
    context = {
        "nav": "enterprises",
        "form": form,
        "known": known and Enterprise.objects.get(pk=known.pk),
        "at_work": known and known.memberships.current().count(),
    }
    return render(request, "register/enterprise_form.html", context, status=422 if form.is_bound else 200)


def licence_state(enterprise: Enterprise) -> str:
    """In words, as of today."""
    ends = enterprise.licence_expires_on
    if ends is None:
        return _("No date of its end") if enterprise.licence else _("Not entered")
    day = {"day": date_format(ends, "DATE_FORMAT")}
    return _("Expired on %(day)s") % day if ends < shanghai_today() else _("Valid until %(day)s") % day


def _with_people(found: EnterpriseQuerySet) -> EnterpriseQuerySet:
    here = Membership.objects.current().filter(enterprise=OuterRef("pk")).order_by()
    number = here.values("enterprise").annotate(n=Count("user", distinct=True)).values("n")
    counted = found.annotate(people=Coalesce(Subquery(number, output_field=IntegerField()), 0))
    return counted.select_related("district__parent", "business_type")


def _rows(page: Iterable[Enterprise]) -> list[list[dict[str, Any]]]:
    return [linked(_row(one), {0: reverse("register:enterprise", args=[one.pk])}) for one in page]


def _row(one: Any) -> Row:
    name = _("%(name)s (closed)") % {"name": one.name} if one.closed_on else one.name
    kind = one.business_type.name
    return [name, str(one.district), kind, one.get_risk_level_display(), licence_state(one), one.people]


def _sheet_row(one: Any) -> Row:
    return [
        one.name,
        one.credit_code,
        str(one.district),
        one.business_type.name,
        one.risk_level,
        one.licence,
        one.licence_expires_on,
        licence_state(one),
        one.address,
        one.responsible,
        one.responsible_phone,
        one.people,
        one.closed_on,
    ]
