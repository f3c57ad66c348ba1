"""Handbooks for the supervising staff: copies sent and signatures given, of what is in their part of the city."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.accounts.access import permitted, staff_required
from academy.accounts.models import User
from academy.core.exports import Row, export
from academy.library.handbooks import counting, sending, tables
from academy.library.handbooks.counting import Choice
from academy.library.handbooks.forms import CorrectionForm, DispatchForm
from academy.library.models import HandbookDispatch
from academy.organisations.models import District
from academy.organisations.scope import Scope, scope_of
from academy.records.refusals import RefusedError

PER_PAGE = 50
ENTERS = "library.dispatch_handbooks"


@staff_required
@require_safe
def editions(request: HttpRequest) -> HttpResponseBase:
    found = counting.editions(scope_of(request.user))
    if "format" in request.GET:
        return export(request.GET["format"], "handbooks", *tables.editions_sheet(found))
    context = {"nav": "handbooks", "as_of": timezone.now(), **tables.editions(found)}
    return render(request, "library/handbooks/editions.html", context)


@staff_required
@require_safe
def edition(request: HttpRequest) -> HttpResponseBase:
    scope, choice = scope_of(request.user), _choice(request)
    if not choice.handbook:
        return redirect("handbooks:editions")
    found = counting.by_district(scope, choice, _counties(scope))
    total = counting.total(scope, choice)
    if "format" in request.GET:
        return export(request.GET["format"], "handbook-districts", *tables.districts_sheet(found, total))
    context = {
        "nav": "handbooks",
        "choice": choice,
        "title": counting.title(scope, choice),
        "as_of": timezone.now(),
        "tally": total,
        **tables.districts(found, choice, total),
    }
    return render(request, "library/handbooks/edition.html", context)


@staff_required
@require_safe
def dispatches(request: HttpRequest) -> HttpResponseBase:
    choice = _choice(request)
    rows = counting.dispatches(scope_of(request.user), choice).select_related("entered_by")
    file = ("handbook-dispatches", tables.dispatch_heads(), tables.dispatch_row)
    return _listed(request, choice, rows, file, tables.dispatches, _("Copies sent"))


@staff_required
@require_safe
def signatures(request: HttpRequest) -> HttpResponseBase:
    choice = _choice(request)
    rows = counting.signatures(scope_of(request.user), choice)
    file = ("handbook-signatures", tables.signature_heads(), tables.signature_row)
    return _listed(request, choice, rows, file, tables.signatures, _("Persons who signed"))


@permitted(ENTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    form = DispatchForm(scope_of(request.user), request.POST or None)
    if form.is_valid():
        assert isinstance(request.user, User)
        entry = sending.send(**form.entry(), by=request.user)
        return redirect("handbooks:dispatch", entry.pk)
    context = {"nav": "handbooks", "form": form}
    return render(request, "library/handbooks/send.html", context, status=422 if form.is_bound else 200)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispatch(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry with its corrections; corrected by another."""
    firsts = scope_of(request.user).records(HandbookDispatch.objects.filter(corrects=None))
    entry = get_object_or_404(firsts, id=pk)
    may = request.user.has_perm(ENTERS)
    form = CorrectionForm(request.POST if may and request.method == "POST" else None)
    if form.is_valid() and _corrected(request, entry, form):
        return redirect("handbooks:dispatch", entry.pk)
    rows = [entry, *entry.corrections.order_by("entered_at", "pk").select_related("entered_by")]
    context = {
        "nav": "handbooks",
        "entry": entry,
        "form": form if may else None,
        "balance": sending.balance(entry),
        **tables.dispatches(rows),
    }
    status = 422 if form.is_bound else 200
    return render(request, "library/handbooks/dispatch.html", context, status=status)


def _corrected(request: HttpRequest, entry: HandbookDispatch, form: CorrectionForm) -> bool:
    said = form.cleaned_data
    try:
        sending.correct(entry, said["copies"], reason=said["reason"], by=request.user, key=said["key"])  # type: ignore[arg-type]
    except RefusedError as refused:
        form.add_error("copies", str(refused))
        return False
    return True


def _listed(
    request: HttpRequest,
    choice: Choice,
    rows: QuerySet[Any],
    file: tuple[str, Row, Callable[[Any], Row]],
    table: Callable[[Any], dict[str, Any]],
    title: str,
) -> HttpResponseBase:
    name, heads, row = file
    if "format" in request.GET:
        return export(request.GET["format"], name, heads, map(row, rows.iterator(chunk_size=2000)))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"nav": "handbooks", "choice": choice, "heading": title, "page": page, **table(page)}
    return render(request, "library/handbooks/records.html", context)


def _choice(request: HttpRequest) -> Choice:
    said = {name: request.GET.get(name, "").replace("\0", "")[:60] for name in ("handbook", "edition")}
    district = request.GET.get("district")
    return Choice(**said, district=None if district is None else district.replace("\0", "")[:60])


def _counties(scope: Scope) -> list[str]:
    """Those that a table has a row for, whether anything was sent there or not."""
    below_city = District.objects.filter(parent__isnull=False, parent__parent=None)
    known = below_city if scope.whole else below_city.filter(pk__in=scope.districts)
    return list(known.values_list("name", flat=True))
