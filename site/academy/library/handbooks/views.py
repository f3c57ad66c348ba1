"""A worker reads a handbook and signs for it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from academy.accounts.models import User
from academy.core.visible import visible_or_404
from academy.library.handbooks.forms import SignatureForm
from academy.library.handbooks.reading import reading_of, sign
from academy.library.models import HandbookPage
from academy.records.refusals import RefusedError


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_for(request: HttpRequest, pk: int) -> HttpResponse:
    handbook: HandbookPage = visible_or_404(request, HandbookPage.objects, pk)
    assert isinstance(request.user, User)
    form = SignatureForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid() and _signed(request, handbook, form):
        messages.success(request, _("Signed. It stands in your records."))
        return redirect(request.path)
    found, now = reading_of(request.user, handbook), timezone.now()
    context = {
        "nav": "handbooks",
        "handbook": handbook,
        "reading": found,
        "refusal": found.refusal(now) if found else "",
        "form": form,
        "crumbs": [*handbook.crumbs, {"title": handbook.title, "url": handbook.url}],
    }
    return render(
        request, "library/handbooks/sign.html", context, status=422 if form.is_bound and form.errors else 200
    )


def _signed(request: HttpRequest, handbook: HandbookPage, form: SignatureForm) -> bool:
    try:
        sign(request.user, handbook, form.cleaned_data["name"], timezone.now())  # type: ignore[arg-type]
    except RefusedError as refused:
        form.add_error(None, str(refused))
        return False
    return True
