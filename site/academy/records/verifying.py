"""Anybody checks a certificate: whether it is genuine and holds, and no more about its holder than that needs."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from academy.core.limiting import network_of, within
from academy.records import codes
from academy.records.models import Certificate
from academy.records.names import masked


class Verdict(NamedTuple):
    """The mark and its colour, the words, and what follows from it."""

    char: str
    colour: str
    words: str | Promise
    advice: str | Promise


VERDICTS = {
    Certificate.State.VALID: Verdict(
        "真", "green", _("The certificate is valid"), _("Compare the name and the number with the paper.")
    ),
    Certificate.State.EXPIRED: Verdict(
        "期", "amber", _("The certificate has expired"), _("It was issued here, but no longer holds.")
    ),
    Certificate.State.REVOKED: Verdict(
        "销", "red", _("The certificate was revoked"), _("It was issued here, but has been withdrawn.")
    ),
}
UNKNOWN = Verdict(
    "无", "old", _("No such certificate"), _("Check the code: 24 digits and letters under the QR code.")
)
SLOWER = Verdict(
    "急",
    "amber",
    _("Too many look-ups"),
    _("Too many were looked up from here in one minute. Wait a little."),
)
# neither searched for nor kept by anybody on the way
HEADERS = {"X-Robots-Tag": "noindex", "Cache-Control": "no-store"}


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """For whoever cannot scan: the code is typed."""
    code = codes.read(request.GET.get("code", ""))
    if code:
        return HttpResponseRedirect(reverse("records:verify", args=[code]), headers=HEADERS)
    return _page(request, "verify/ask.html", {"missing": "code" in request.GET}, 200)


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    if not within(settings.VERIFY_LIMIT, "verify", network_of(request)):
        return _page(request, "verify/verdict.html", {"verdict": SLOWER}, 429)
    found = _of_code(codes.read(code))
    if found is None:
        return _page(request, "verify/verdict.html", {"verdict": UNKNOWN}, 404)
    context = {"verdict": VERDICTS[found.state], "certificate": found, "name": masked(found.person_name)}
    return _page(request, "verify/verdict.html", context, 200)


def _of_code(code: str) -> Certificate | None:
    if not codes.is_code(code):
        return None
    return Certificate.objects.select_related("revocation").filter(code=code).first()


def _page(request: HttpRequest, template: str, context: dict[str, object], status: int) -> HttpResponse:
    context = {"checked_at": timezone.localtime(timezone=timezone.get_default_timezone()), **context}
    return HttpResponse(render_to_string(template, context, request), status=status, headers=HEADERS)
