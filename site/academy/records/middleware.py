from collections.abc import Callable
from contextlib import suppress
from functools import partial

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from academy.records.evidence import text
from academy.records.log import Source, coming_from
from academy.records.models import Origin

STAFF_PATHS = ("/staff/", "/admin/")


class SourceMiddleware:
    """Whatever a request leads to is written down with its address and device."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(partial(source_of, request)):
            return self.get_response(request)


def source_of(request: HttpRequest) -> Source:
    return Source(_origin(request), _address(request), text(request.headers.get("User-Agent", ""), 200))


def _origin(request: HttpRequest) -> Origin:
    """What waited on a phone without a network says so itself: nothing depends on it."""
    if request.path.startswith(STAFF_PATHS):
        return Origin.STAFF
    return Origin.OFFLINE if "X-Sent-Later" in request.headers else Origin.WEB


def _address(request: HttpRequest) -> str:
    """As sign-in sees it, behind the one proxy that is trusted."""
    with suppress(PermissionDenied):
        return text(get_adapter().get_client_ip(request), 45)
    return ""
