"""Files of the register: templates, exports, imports from their check to their undoing; each view is given the desk of
whoever asks."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from academy.core.exports import export
from academy.core.sheets import sheet
from academy.organisations.imports import beginning, showing
from academy.organisations.imports.applying import TO_DO
from academy.organisations.imports.desks import Desk
from academy.organisations.imports.forms import ApplyForm, UploadForm
from academy.organisations.imports.kinds import KINDS, kind_of
from academy.organisations.models import ImportChange, ImportRow, ImportRowQuerySet, RegisterImport

State = RegisterImport.State
PER_PAGE, LISTED = 50, 20


@require_safe
def imports(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    found = desk.own().select_related("undone_by")
    if "format" in request.GET:
        heads = [_("File"), _("What"), _("Read at"), _("State"), _("Undone by")]
        return export(request.GET["format"], "imports", heads, map(_line, found.iterator()))
    page = Paginator(found, LISTED).get_page(request.GET.get("page"))
    others = desk.others().select_related("user")[:LISTED]
    context = {**desk.context(), "kinds": desk.kinds, "page": page, "others": others}
    return render(request, "organisations/imports/list.html", context)


def new(request: HttpRequest, desk: Desk, kind: str) -> HttpResponseBase:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    kind = desk.known(kind)
    if form.is_valid():
        file = form.cleaned_data["file"]
        batch = beginning.bring(kind, file.name, file.read(), desk.user, desk.enterprise)
        return redirect(f"{desk.home}{batch.pk}/")
    context = {**desk.context(), "form": form, "kind": kind, "label": RegisterImport.Kind(kind).label}
    return render(request, "organisations/imports/new.html", context, status=422 if is_sent else 200)


@require_safe
def template(request: HttpRequest, desk: Desk, kind: str) -> HttpResponseBase:
    fields = KINDS[desk.known(kind)](desk.scope).fields
    return sheet(request.GET.get("format", ""), f"{kind}-template", fields, [])


@require_safe
def whole(request: HttpRequest, desk: Desk, kind: str) -> HttpResponseBase:
    """All that is in the scope, as the template has it."""
    found = KINDS[desk.known(kind)](desk.scope)
    return sheet(request.GET.get("format", ""), kind, found.fields, found.rows())


@require_safe
def one(request: HttpRequest, desk: Desk, pk: int) -> HttpResponseBase:
    batch, wanted = desk.found(pk), request.GET.get("state", "")
    seen = _rows(desk, batch)
    rows = showing.chosen(seen, wanted)
    if "format" in request.GET:
        return _report(request, batch, rows)
    counted = showing.counts(seen)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page")) if not batch.is_busy else None
    context = {
        **desk.context(),
        "batch": batch,
        "is_own": batch.user_id == desk.user.pk,
        "wanted": wanted,
        "wrong": counted[ImportRow.State.WRONG],
        "ready": counted[ImportRow.State.NEW] + counted[ImportRow.State.CHANGED],
        "tabs": showing.tabs(batch, counted),
        "noted": seen.noted().count(),
        "page": page,
        "rows": showing.listed(batch, page or ()),
        "form": ApplyForm(),
        **_undoing(batch),
    }
    return render(request, "organisations/imports/one.html", context)


@require_POST
def apply(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    batch, form = desk.brought_in(pk), ApplyForm(request.POST)
    only_good = form.is_valid() and bool(form.cleaned_data["only_good"])
    if not only_good and batch.rows.filter(state=ImportRow.State.WRONG).exists():
        form.add_error(
            "only_good",
            _(
                "Some rows are wrong, so nothing was imported. Put them right and check the file again, or leave them out."
            ),
        )
        context = {**desk.context(), "batch": batch, "form": form}
        return render(request, "organisations/imports/refused.html", context, status=422)
    beginning.move(batch, (State.CHECKED,), State.APPLYING, only_good=only_good)
    return redirect(f"{desk.home}{pk}/")


@require_POST
def undo(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Asked first, it looks what would stay; asked again, it is done, within what whoever asks may touch."""
    batch = desk.found(pk)
    if "sure" in request.POST:
        beginning.move(batch, (State.LOOKED,), State.UNDOING, undone_by=desk.user)
    else:
        beginning.move(batch, (State.APPLIED, State.LOOKED), State.LOOKING, undone_by=desk.user)
    return redirect(f"{desk.home}{pk}/")


@require_POST
def stop(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    beginning.stop(desk.brought_in(pk))
    return redirect(f"{desk.home}{pk}/")


@require_POST
def go_on(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    beginning.go_on(desk.found(pk))
    return redirect(f"{desk.home}{pk}/")


def _rows(desk: Desk, batch: RegisterImport) -> ImportRowQuerySet:
    """What somebody else's file says of others, and did not do, is for whoever brought it in."""
    return batch.rows.all() if batch.user_id == desk.user.pk else batch.rows.filter(state__in=TO_DO)


def _report(request: HttpRequest, batch: RegisterImport, rows: ImportRowQuerySet) -> HttpResponseBase:
    """The sheet again with what became of each row, or a list of the cells there is something to say about."""
    form = request.GET["format"]
    if "cells" in request.GET:
        return sheet(form, f"import-{batch.pk}-cells", showing.cell_columns(), showing.cells(rows))
    kind = kind_of(batch)
    columns = showing.report_columns(kind)
    return sheet(form, f"import-{batch.pk}", columns, showing.report(batch, kind, rows))


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


def _line(batch: RegisterImport) -> list[Any]:
    return [
        batch.name,
        batch.get_kind_display(),
        f"{batch.read_at:%Y-%m-%d %H:%M}",
        batch.get_state_display(),
        str(batch.undone_by) if batch.undone_at and batch.undone_by else "",
    ]
