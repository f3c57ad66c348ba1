"""Who may have which page, in the words of views."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404


def visible_or_404(request: HttpRequest, pages: Any, pk: int) -> Any:
    """A live page that this reader may see."""
    # by `id`: a number too large for the database matches nothing there, and breaks a look-up by `pk`
    page = get_object_or_404(pages.live(), id=pk)
    if not all(restriction.accept_request(request) for restriction in page.get_view_restrictions()):
        raise Http404
    return page
