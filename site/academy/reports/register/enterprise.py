"""One enterprise: what is known of it, who works there, who did, what they learned, and who changed what."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.core.exports import Row, export
from academy.organisations.membership_forms import NewcomerForm
from academy.organisations.models import Enterprise, ImportChange, Membership, MembershipQuerySet
from academy.organisations.supervising import StaffRequest, supervised, supervisor_required
from academy.records.models import Certificate
from academy.records.models.certificate import shanghai_today
from academy.reports.listing import PER_PAGE
from academy.reports.register import learned
from academy.reports.register.cells import columns, linked
from academy.reports.register.enterprises import licence_state
from academy.reports.register.learned import Learned

SHOWN = 20
Sheet = tuple[list[str], Iterable[Row]]


@supervisor_required
@require_safe
def one(request: StaffRequest, pk: int) -> HttpResponseBase:
    found = _seen(request, pk)
    if "format" in request.GET:
        return _file(request, found)
    page = Paginator(_present(found), PER_PAGE).get_page(request.GET.get("page"))
    left = list(_left(found)[: SHOWN + 1])
    context = {
        "nav": "enterprises",
        "enterprise": found,
        "licence": licence_state(found),
        "is_same_as": found.merged_into_id
        and request.scope.register().filter(pk=found.merged_into_id).first(),
        "merged": found.merged.all(),
        "managers": found.managers.current().select_related("user"),
        "page": page,
        "staff": {"columns": columns(_staff_heads(), {3}), "rows": _rows(page, _member)},
        "former": {"columns": columns(_left_heads()), "rows": _rows(left[:SHOWN], _former)},
        "is_cut": len(left) > SHOWN,
        "record": Learned.at(found, request.scope),
        "changes": found.changes.select_related("by")[:PER_PAGE],
        "by_file": _by_file(found)[:PER_PAGE],
    }
    return render(request, "register/enterprise.html", context)


@supervised("organisations.add_membership")
@require_http_methods(["GET", "POST"])
def newcomer(request: StaffRequest, pk: int) -> HttpResponse:
    """Sent twice, somebody has come once."""
    found = get_object_or_404(request.scope.register().in_business(), pk=pk)
    form = NewcomerForm(request.POST or None)
    if form.is_valid():
        person = form.save(found, request.user)
        messages.success(request, _("%(name)s is on the staff list.") % {"name": person.name})
        return redirect("register:enterprise", pk)
    context = {"nav": "enterprises", "form": form, "enterprise": found}
    return render(request, "register/newcomer.html", context, status=422 if form.is_bound else 200)


def _seen(request: StaffRequest, pk: int) -> Enterprise:
    known = request.scope.register().select_related(
        "district__parent__parent", "business_type", "merged_into"
    )
    return get_object_or_404(known, pk=pk)


def _file(request: StaffRequest, found: Enterprise) -> HttpResponseBase:
    sheets: dict[str, Callable[[], Sheet]] = {
        "staff": lambda: (_staff_heads(), map(_member, _present(found).iterator(chunk_size=2000))),
        "former": lambda: (_left_heads(), map(_former, _left(found).iterator(chunk_size=2000))),
        "learned": lambda: (learned.heads(), Learned.at(found, request.scope).sheet()),
    }
    table = request.GET.get("table", "staff")
    if table not in sheets:
        raise Http404(table)
    return export(request.GET["format"], f"enterprise-{found.pk}-{table}", *sheets[table]())


def _by_file(enterprise: Enterprise) -> QuerySet[ImportChange]:
    """What files entered or changed of it, the latest first."""
    of_it = ImportChange.objects.filter(model=ImportChange.Model.ENTERPRISE, key=enterprise.pk).exclude(
        batch__applied_at=None
    )
    return of_it.select_related("batch__user").order_by("-pk")


def _present(enterprise: Enterprise) -> MembershipQuerySet:
    """With how many certificates each holds that are valid today, wherever they were earned."""
    valid = Certificate.objects.valid_on(shanghai_today()).filter(user=OuterRef("user")).order_by()
    number = valid.values("user").annotate(n=Count("pk")).values("n")
    here = Membership.objects.current().filter(enterprise=enterprise).select_related("user", "post")
    return here.annotate(certificates=Coalesce(Subquery(number, output_field=IntegerField()), 0)).order_by(
        "post__sort_order", "joined_at", "pk"
    )


def _left(enterprise: Enterprise) -> MembershipQuerySet:
    once = Membership.objects.filter(enterprise=enterprise).exclude(left_at=None)
    return once.select_related("user", "post").order_by("-left_at", "-pk")


def _staff_heads() -> list[str]:
    return [_("Name"), _("Post"), _("Since"), _("Certificates valid today")]


def _member(place: Any) -> Row:
    return [str(place.user), place.post.name, place.joined_on, place.certificates]


def _left_heads() -> list[str]:
    return [_("Name"), _("Post"), _("Since"), _("Until")]


def _former(place: Membership) -> Row:
    return [str(place.user), place.post.name, place.joined_on, place.left_on]


def _rows(places: Iterable[Any], row: Callable[[Any], Row]) -> list[list[dict[str, Any]]]:
    return [linked(row(one), {0: reverse("reports:person", args=[one.user_id])}) for one in places]
