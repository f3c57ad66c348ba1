from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from academy.accounts.persons import same_person
from academy.records.models import Certificate
from academy.records.models.certificate import CertificateQuerySet
from academy.records.paper import paper
from academy.records.printing import pdf
from academy.records.qr import qr
from academy.records.seeing import certificates_for, may_see_score
from academy.records.terms import WINDOW


@login_required
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    crumbs = [{"title": _("My page"), "url": reverse("me:home")}]
    found, seen = _own(request, number), certificates_for(request.user)
    context = {"nav": "me", "crumbs": crumbs, **shown(found, seen, may_see_score(request.user, found))}
    return render(request, "records/certificate.html", context)


@login_required
@require_safe
def certificate_pdf(request: HttpRequest, number: str) -> HttpResponse:
    found = _own(request, number)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.number}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(
        pdf(found, may_see_score(request.user, found)), content_type="application/pdf", headers=headers
    )


def shown(found: Certificate, seen: CertificateQuerySet, with_score: bool) -> dict[str, Any]:
    """What a page about a certificate needs, with the others of the same course that may be seen."""
    others = (
        seen.filter(user__in=same_person(found.user))
        .of_course(found.completion.course_key)
        .exclude(pk=found.pk)
    )
    ends = found.expires_on
    return {
        "certificate": found,
        "paper": paper(found, with_score),
        "qr": qr(found.verify_url),
        "others": others.select_related("revocation"),
        "renewed_by": others.filter(renews=found).standing().first(),
        "renew_from": ends and ends - WINDOW,
        "next_begins": ends and ends + timedelta(days=1),
    }


def _own(request: HttpRequest, number: str) -> Certificate:
    if not number.isprintable():
        raise Http404
    found = certificates_for(request.user).select_related("completion", "revocation", "user")
    return get_object_or_404(found, number=number)
