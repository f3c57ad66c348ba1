"""One box on the first page: a certificate by its number, a person by name or phone, an enterprise by its name."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from academy.accounts.models import User
from academy.accounts.phones import digits_of, phone_is
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervisor_required
from academy.records.models import Certificate
from academy.reports import seeing
from academy.reports.filters import says

AT_MOST = 20


@supervisor_required
@require_safe
def find(request: StaffRequest) -> HttpResponse:
    """The whole number of a certificate leads straight to it."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:50]
    scope = request.scope
    exact = seeing.certificates(scope).filter(number=words.upper()).first() if words else None
    if exact:
        return redirect("reports:certificate", exact.number)
    context = {
        "nav": "overview",
        "words": words,
        "certificates": _certificates(scope, words) if words else [],
        "people": _people(scope, words) if words else [],
        "enterprises": scope.register().filter(says("name", words))[:AT_MOST] if words else [],
        "at_most": AT_MOST,
    }
    return render(request, "reports/find.html", context)


def _certificates(scope: Scope, words: str) -> list[Certificate]:
    if not words.isascii():
        return []
    found = seeing.certificates(scope).filter(number__contains=words.upper())
    return list(found.select_related("revocation")[:AT_MOST])


def _people(scope: Scope, words: str) -> list[User]:
    """By their number, and otherwise by a name."""
    named = User.objects.filter(phone_is(words) if digits_of(words) else says("name", words))
    return seeing.first_of(scope, named, AT_MOST)
