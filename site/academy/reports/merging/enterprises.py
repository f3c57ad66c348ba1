"""An enterprise that was entered twice: the other is looked for, both are compared, and it is asked once more."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from academy.organisations import credit_codes
from academy.organisations.models import Enterprise, EnterpriseQuerySet
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervised
from academy.records import merging
from academy.records.models import EnterpriseMerge
from academy.records.refusals import RefusedError
from academy.reports.merging import comparing
from academy.reports.merging.forms import MergeForm

AT_MOST = 20
may_merge = supervised("records.add_enterprisemerge")


@may_merge
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    register = request.scope.register().select_related("district", "business_type", "merged_into")
    enterprise = get_object_or_404(register, pk=pk)
    if enterprise.merged_into:
        return redirect("merging:enterprises", get_object_or_404(register, pk=enterprise.merged_into.pk).pk)
    others = register.filter(Q(merged_into=None) | Q(merged_into=pk)).exclude(pk=pk)
    wanted = request.POST.get("with") or request.GET.get("with", "")
    if not wanted:
        return _page(request, enterprise, _searched(request, others.filter(merged_into=None), enterprise))
    is_key = wanted.isascii() and wanted.isdecimal() and len(wanted) < 19
    other = get_object_or_404(others, pk=wanted if is_key else 0)
    if other.merged_into_id:
        return redirect("merging:enterprises", pk)
    form = MergeForm(_named(enterprise, other), request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _merged(request, form, (enterprise, other))
    return _page(
        request, enterprise, _compared(form, enterprise, other, request.scope), 422 if form.is_bound else 200
    )


@may_merge
@require_POST
def undone(request: StaffRequest, pk: int, merge_pk: int) -> HttpResponse:
    register = request.scope.register()
    found = get_object_or_404(
        EnterpriseMerge.objects.select_related("merged", "kept"),
        pk=merge_pk,
        kept=get_object_or_404(register, pk=pk),
        merged__in=register,
    )
    try:
        merging.undo(found, request.user)
    except RefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Two enterprises again, each with its own staff."))
    return redirect("merging:enterprises", pk)


def _merged(request: StaffRequest, form: MergeForm, both: tuple[Enterprise, Enterprise]) -> HttpResponse:
    """The first sending shows what it comes to, the second does it."""
    said = form.cleaned_data
    merged, kept = both if said["keep"] == both[1].pk else both[::-1]
    try:
        if "sure" not in request.POST:
            merging.check_enterprises(merged, kept)
            asked = {"asked": True, "merged": merged, "kept": kept}
            return _page(request, both[0], {**_compared(form, *both, request.scope), **asked})
        merging.merge_enterprises(merged, kept, by=request.user, reason=said["reason"])
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return _page(request, both[0], _compared(form, *both, request.scope), 422)
    messages.success(request, _("One enterprise now. For 30 days it can be undone."))
    return redirect("merging:enterprises", kept.pk)


def _searched(request: StaffRequest, others: EnterpriseQuerySet, enterprise: Enterprise) -> dict[str, Any]:
    """To begin with, whatever has the same name."""
    words = request.GET.get("q", enterprise.name).strip()[:100].replace("\0", "")
    code = credit_codes.plain(words)
    named = Q(name__icontains=words) | Q(credit_code=code) | Q(licence__iexact=words)
    found = list(others.filter(named).order_by("name", "pk")[: AT_MOST + 1]) if words else []
    return {"q": words, "found": found[:AT_MOST], "more": len(found) > AT_MOST}


def _named(*both: Enterprise) -> dict[int, str]:
    """With a code before without."""
    with_code = sorted(both, key=lambda each: not each.credit_code)
    return {each.pk: f"{each} · {each.credit_code or each.licence or each.pk}" for each in with_code}


def _compared(form: MergeForm, one: Enterprise, other: Enterprise, scope: Scope) -> dict[str, Any]:
    codes = {each.credit_code for each in (one, other) if each.credit_code}
    lines = list(comparing.enterprises(one, other, scope))
    return {"form": form, "other": other, "lines": lines, "two_codes": len(codes) == 2}


def _page(
    request: StaffRequest, enterprise: Enterprise, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    merges = EnterpriseMerge.objects.filter(Q(kept=enterprise) | Q(merged=enterprise))
    context = {
        "nav": "enterprises",
        "enterprise": enterprise,
        "merges": merges.select_related("merged", "kept", "by", "undone_by"),
        "address": reverse("merging:enterprises", args=[enterprise.pk]),
        **more,
    }
    return render(request, "merging/enterprises.html", context, status=status)
