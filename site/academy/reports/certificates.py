"""The certificates as the supervising staff see them: searched, looked at, and where need be revoked."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.accounts.access import staff_only
from academy.core.exports import Row, export
from academy.core.walking import walk
from academy.organisations.models import Enterprise, same_enterprise
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervisor_required
from academy.records.certifying import revoke
from academy.records.models import Certificate
from academy.records.models.certificate import CertificateQuerySet
from academy.records.seeing import certificates, may_see_score
from academy.records.terms import WINDOW
from academy.records.views import shown
from academy.reports import columns, seeing, titles
from academy.reports.choices import made_here
from academy.reports.filters import NOT_STATED, says
from academy.reports.listing import PER_PAGE, Keyed, Links, linked
from academy.reports.places import Tree

EXPIRING = "expiring"
STATES = [*Certificate.State.choices, (EXPIRING, _("Expiring within 60 days"))]
HEADS = [_("Number"), _("Name"), _("Course"), _("Issued on"), _("Valid until"), _("State")]


class CertificateFilters(forms.Form):
    q = forms.CharField(
        label=_("Number or name"),
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    subject = forms.ChoiceField(label=_("Course"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *STATES])
    district = forms.ChoiceField(label=_("District"), required=False)
    enterprise = forms.IntegerField(required=False, widget=forms.HiddenInput)
    apart = forms.BooleanField(required=False, widget=forms.HiddenInput)
    business_type = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    post = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, scope: Scope, enterprise: Enterprise | None = None) -> None:
        """`enterprise`: that one, whatever is asked for."""
        super().__init__(data, auto_id="f-%s")
        self._place = enterprise
        self.scope, self.tree, courses = scope, Tree.seen_by(scope), titles.courses()
        asked = data.get("subject", "")
        is_known = asked and asked not in courses and asked in _recorded(scope)
        named = titles.of([asked] if is_known else [], courses)
        self._offer("subject", _("All courses"), {**courses, **named}.items())
        if enterprise:
            del self.fields["district"]
        else:
            self._offer("district", _("All districts"), self.tree.indented())

    def _offer(self, field: str, everything: Any, choices: Iterable[tuple[str, str]]) -> None:
        self.fields[field].choices = [("", everything), *choices]  # type: ignore[attr-defined]

    def certificates(self) -> CertificateQuerySet:
        """What is wrong is left out and said."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        found = seeing.certificates(self.scope)
        if words := chosen.get("q"):
            found = found.filter(_about(words))
        if subject := chosen.get("subject"):
            found = found.of_course(subject)
        if "district" in chosen:
            found = found.filter(district_key__in=self.tree.parts(int(chosen["district"])))
        if self._place or "enterprise" in chosen:
            found = _of(found, self._place or Enterprise.objects.filter(pk=chosen["enterprise"]).first())
        if "apart" in chosen:
            district = int(chosen["district"]) if "district" in chosen else None
            found = found.exclude(district_key__in=self.tree.shown(district))
        for name in ("business_type", "post"):
            if name in chosen:
                word = chosen[name] if chosen[name] != NOT_STATED else ""
                found = found.filter(**{f"{name}_name": word})
        return in_state(found, chosen.get("state", ""))


def _recorded(scope: Scope) -> set[str]:
    """What records of this scope are about: nothing else is named."""
    source = columns.current()
    return source.said("subject", made_here(source, scope))


def _about(words: str) -> Q:
    """No number holds anything but plain letters and digits."""
    numbered = Q(number__contains=words.upper()) if words.isascii() else Q()
    return numbered | says("person_name", words)


def _of(found: CertificateQuerySet, enterprise: Enterprise | None) -> CertificateQuerySet:
    return found.filter(enterprise_key__in=same_enterprise(enterprise)) if enterprise else found.none()


def in_state(found: CertificateQuerySet, state: str) -> CertificateQuerySet:
    if state == EXPIRING:
        return found.expiring_within(WINDOW.days)
    return found.in_state(state) if state else found


class RevocationForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It stands on the certificate for its holder to read."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why: the reason stands on the certificate.")},
    )


@supervisor_required
@require_safe
def listed(request: StaffRequest) -> HttpResponseBase:
    return listing_of(
        request, CertificateFilters(request.GET, request.scope), linking, {"nav": "certificates"}
    )


def listing_of(
    request: HttpRequest, filters: CertificateFilters, links: Links, head: Mapping[str, Any]
) -> HttpResponseBase:
    found, heads = filters.certificates(), [str(head) for head in HEADS]
    if "format" in request.GET and filters.is_valid():
        return export(request.GET["format"], "certificates", heads, map(_row, walk(_whole(found))))
    keyed: Any = Keyed(found, _whole)
    page = Paginator(keyed, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **head,
        "filters": filters,
        "query": query.urlencode(),
        "page": page,
        "columns": [{"label": head} for head in heads],
        "rows": [linked(_row(certificate), links(certificate)) for certificate in page],
    }
    return render(request, "reports/certificates.html", context)


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, number: str) -> HttpResponse:
    """Revoking is asked about once: the first sending shows what it means, the second does it."""
    seen = certificates(request.scope)
    known = seen.select_related("completion", "revocation", "user")
    found = get_object_or_404(known, number=number.replace("\0", ""))
    form = RevocationForm(request.POST or None)
    if request.method == "POST" and not request.user.has_perm("records.revoke_a_certificate"):
        return staff_only(request)
    if request.method == "POST" and form.is_valid() and "sure" in request.POST:
        revoke(found, request.user, form.cleaned_data["reason"])
        return redirect("reports:certificate", number)
    context = {
        "nav": "certificates",
        **shown(found, seen, may_see_score(request.user, found)),
        "form": form,
        "asked": form.is_bound and form.is_valid(),
    }
    return render(request, "reports/certificate.html", context)


def _whole(found: CertificateQuerySet) -> CertificateQuerySet:
    return found.select_related("revocation")


def _row(certificate: Certificate) -> Row:
    return [
        certificate.number,
        certificate.person_name,
        certificate.course_title,
        certificate.issued_on,
        certificate.expires_on,
        str(certificate.state.label),
    ]


def linking(certificate: Certificate) -> dict[int, str]:
    return {
        0: reverse("reports:certificate", args=[certificate.number]),
        1: reverse("reports:person", args=[certificate.user_id]),
    }
