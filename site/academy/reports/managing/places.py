"""Whose staff lists somebody keeps."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from academy.organisations.keeping import PER_PAGE
from academy.organisations.managing import managed_by, with_waiting


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Of one there is no list."""
    found = with_waiting(managed_by(request.user)).select_related("district")  # type: ignore[arg-type]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    if page.paginator.count == 1:
        return redirect("managing:people", page[0].pk)
    return render(request, "managing/places.html", {"nav": "me", "page": page})
