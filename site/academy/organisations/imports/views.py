"""Files of the register for the supervising staff: templates, exports, imports from their check to their undoing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from academy.accounts.access import permitted, staff_only
from academy.accounts.models import User
from academy.core.exports import export
from academy.core.sheets import sheet
from academy.organisations.imports import beginning, showing
from academy.organisations.imports.forms import ApplyForm, UploadForm
from academy.organisations.imports.kinds import KINDS, kind_of, office
from academy.organisations.models import ImportChange, ImportRow, RegisterImport
from academy.organisations.scope import Scope, scope_of

State = RegisterImport.State
PER_PAGE, LISTED = 50, 20


def officials(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Who may change the register, and has a part of the city to do it in."""

    @permitted("organisations.change_enterprise")
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        scope = office(scope_of(request.user))
        return view(request, scope, *args, **kwargs) if scope else staff_only(request)

    return guarded


@officials
@require_safe
def imports(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    assert isinstance(request.user, User)
    found = RegisterImport.objects.brought_in_by(request.user).filter(enterprise=None).defer("data")
    if "format" in request.GET:
        heads = [_("File"), _("What"), _("Read at"), _("State")]
        return export(request.GET["format"], "imports", heads, map(_line, found.iterator()))
    page = Paginator(found, LISTED).get_page(request.GET.get("page"))
    context = {"nav": "imports", "kinds": RegisterImport.Kind.choices, "page": page}
    return render(request, "organisations/imports/list.html", context)


@officials
def new(request: HttpRequest, scope: Scope, kind: str) -> HttpResponseBase:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        assert isinstance(request.user, User)
        batch = beginning.bring(_known(kind), file.name, file.read(), request.user)
        return redirect("imports:one", batch.pk)
    context = {"nav": "imports", "form": form, "kind": kind, "label": RegisterImport.Kind(_known(kind)).label}
    return render(request, "organisations/imports/new.html", context, status=422 if is_sent else 200)


@officials
@require_safe
def template(request: HttpRequest, scope: Scope, kind: str) -> HttpResponseBase:
    fields = KINDS[_known(kind)](scope).fields
    return sheet(request.GET.get("format", ""), f"{kind}-template", fields, [])


@officials
@require_safe
def whole(request: HttpRequest, scope: Scope, kind: str) -> HttpResponseBase:
    """All that is in the scope, as the template has it."""
    found = KINDS[_known(kind)](scope)
    return sheet(request.GET.get("format", ""), kind, found.fields, found.rows())


@officials
@require_safe
def one(request: HttpRequest, scope: Scope, pk: int) -> HttpResponseBase:
    batch, wanted = _own(request, pk), request.GET.get("state", "")
    rows = batch.rows.filter(state=wanted) if wanted in ImportRow.State.values else batch.rows.all()
    if "format" in request.GET:
        kind = kind_of(batch)
        columns = showing.report_columns(kind)
        return sheet(request.GET["format"], f"import-{batch.pk}", columns, showing.report(batch, kind, rows))
    counted = showing.counts(batch)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page")) if not batch.is_busy else None
    context = {
        "nav": "imports",
        "batch": batch,
        "wanted": wanted,
        "wrong": counted[ImportRow.State.WRONG],
        "ready": counted[ImportRow.State.NEW] + counted[ImportRow.State.CHANGED],
        "tabs": showing.tabs(batch, counted),
        "page": page,
        "rows": showing.listed(batch, page or ()),
        "form": ApplyForm(),
        **_undoing(batch),
    }
    return render(request, "organisations/imports/one.html", context)


@officials
@require_POST
def apply(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    batch, form = _own(request, pk), ApplyForm(request.POST)
    only_good = form.is_valid() and bool(form.cleaned_data["only_good"])
    if not only_good and batch.rows.filter(state=ImportRow.State.WRONG).exists():
        form.add_error(
            "only_good",
            _(
                "Some rows are wrong, so nothing was imported. Put them right and check the file again, or leave them out."
            ),
        )
        context = {"nav": "imports", "batch": batch, "form": form}
        return render(request, "organisations/imports/refused.html", context, status=422)
    beginning.move(batch, (State.CHECKED,), State.APPLYING, only_good=only_good)
    return redirect("imports:one", pk)


@officials
@require_POST
def undo(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    """Asked first, it looks what would stay; asked again, it is done."""
    batch = _own(request, pk)
    if "sure" in request.POST:
        beginning.move(batch, (State.LOOKED,), State.UNDOING)
    else:
        beginning.move(batch, (State.APPLIED, State.LOOKED), State.LOOKING)
    return redirect("imports:one", pk)


@officials
@require_POST
def go_on(request: HttpRequest, scope: Scope, pk: int) -> HttpResponse:
    beginning.go_on(_own(request, pk))
    return redirect("imports:one", pk)


def _undoing(batch: RegisterImport) -> dict[str, Any]:
    """What stays, once it is known."""
    if batch.state not in (State.LOOKED, State.UNDONE, State.FAILED):
        return {}
    kept = batch.journal.exclude(kept="")
    labels = dict(ImportChange.Model.choices)
    return {
        "kept": [(change.number, labels[change.model], change.kept) for change in kept[:PER_PAGE]],
        "kept_count": kept.count(),
        "changes": batch.journal.count(),
    }


def _own(request: HttpRequest, pk: int) -> RegisterImport:
    assert isinstance(request.user, User)
    mine = RegisterImport.objects.brought_in_by(request.user).defer("data")
    found: RegisterImport = get_object_or_404(mine, pk=pk)
    return found


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise Http404(kind)
    return kind


def _line(batch: RegisterImport) -> list[Any]:
    return [
        batch.name,
        batch.get_kind_display(),
        f"{batch.read_at:%Y-%m-%d %H:%M}",
        batch.get_state_display(),
    ]
