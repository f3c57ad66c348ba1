"""The certificates as the supervising staff see them: searched, looked at, and where need be revoked."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.accounts.access import staff_only, staff_required
from academy.core.exports import Row, export
from academy.core.walking import walk
from academy.records.certifying import revoke
from academy.records.models import Certificate
from academy.records.models.certificate import CertificateQuerySet
from academy.records.views import shown
from academy.reports import counting
from academy.reports.views import PER_PAGE, cell

HEADS = [_("Number"), _("Name"), _("Course"), _("Issued on"), _("Valid until"), _("State")]


class CertificateFilters(forms.Form):
    q = forms.CharField(
        label=_("Number or name"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    course = forms.ChoiceField(label=_("Course"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Certificate.State.choices]
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="f-%s")
        courses = [("", _("All courses")), *counting.course_titles().items()]
        self.fields["course"].choices = courses  # type: ignore[attr-defined]

    def certificates(self) -> CertificateQuerySet:
        """What is wrong is left out and said."""
        self.is_valid()
        chosen, found = self.cleaned_data, Certificate.objects.all()
        if words := chosen.get("q"):
            found = found.filter(Q(number__icontains=words) | Q(person_name__icontains=words))
        if course := chosen.get("course"):
            found = found.of_course(course)
        if state := chosen.get("state"):
            found = found.in_state(state)
        return found.select_related("revocation")


class RevocationForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stands on the certificate for its holder to read."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why: the reason stands on the certificate.")},
    )


@staff_required
@require_safe
def listed(request: HttpRequest) -> HttpResponseBase:
    filters = CertificateFilters(request.GET)
    found, heads = filters.certificates(), [str(head) for head in HEADS]
    if "format" in request.GET and filters.is_valid():
        return export(request.GET["format"], "certificates", heads, map(_row, walk(found)))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "nav": "certificates",
        "filters": filters,
        "query": query.urlencode(),
        "page": page,
        "columns": [{"label": head} for head in heads],
        "rows": [_linked(certificate) for certificate in page],
    }
    return render(request, "reports/certificates.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: str) -> HttpResponse:
    """Revoking is asked about once: the first sending shows what it means, the second does it."""
    found = get_object_or_404(
        Certificate.objects.select_related("completion", "revocation", "user"),
        number=number.replace("\0", ""),
    )
    form = RevocationForm(request.POST or None)
    if request.method == "POST" and not request.user.has_perm("records.revoke_a_certificate"):
        return staff_only(request)
    if request.method == "POST" and form.is_valid() and "sure" in request.POST:
        revoke(found, request.user, form.cleaned_data["reason"])  # type: ignore[arg-type]
        return redirect("reports:certificate", number)
    context = {
        "nav": "certificates",
        **shown(found),
        "form": form,
        "asked": form.is_bound and form.is_valid(),
    }
    return render(request, "reports/certificate.html", context)


def _row(certificate: Certificate) -> Row:
    return [
        certificate.number,
        certificate.person_name,
        certificate.course_title,
        certificate.issued_on,
        certificate.expires_on,
        str(certificate.state.label),
    ]


def _linked(certificate: Certificate) -> list[dict[str, Any]]:
    cells = [cell(value) for value in _row(certificate)]
    cells[0]["url"] = reverse("reports:certificate", args=[certificate.number])
    cells[1]["url"] = reverse("reports:person", args=[certificate.user_id])
    return cells
