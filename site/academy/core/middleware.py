from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise: browsers here often announce English without being asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        return response


class PrivateMiddleware:
    """What the site shows to whoever it knows is kept by nobody on the way; what it shows of others to staff and managers,
    not by their browser either."""

    OF_OTHERS = ("/staff/", "/enterprises/", "/certificates/", "/admin/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed:
            kept = "private, no-store" if request.path.startswith(self.OF_OTHERS) else "private"
            response.headers.setdefault("Cache-Control", kept)
        return response


class CompressionMiddleware(GZipMiddleware):
    """Pages cost a phone a fifth. What is sent piece by piece stays as it is: each piece shall arrive at once."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


class KeptMiddleware:
    """What something else depends on is not deleted, and whoever tried is told so, wherever in the admin that was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, ProtectedError) or not request.path.startswith("/admin/"):
            return None
        kinds = {str(one._meta.verbose_name) for one in exception.protected_objects}
        words = _("Nothing was deleted: it is still needed by something else (%(kinds)s).")
        messages.error(request, words % {"kinds": "、".join(sorted(kinds))})
        return redirect(request.get_full_path())
