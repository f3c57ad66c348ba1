from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.decorators import sync_and_async_middleware

Handler = Callable[[HttpRequest], HttpResponse]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponse]]


@sync_and_async_middleware
def language_middleware(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Chinese unless the reader chose otherwise: browsers here often announce English without being asked."""
    if not iscoroutinefunction(get_response):
        return partial(_serve, cast(Handler, get_response))
    return markcoroutinefunction(partial(_serve_async, cast(AsyncHandler, get_response)))


def _serve(get_response: Handler, request: HttpRequest) -> HttpResponse:
    with _spoken(request):
        return _labelled(request, get_response(request))


async def _serve_async(get_response: AsyncHandler, request: HttpRequest) -> HttpResponse:
    with _spoken(request):
        return _labelled(request, await get_response(request))


@contextmanager
def _spoken(request: HttpRequest) -> Iterator[None]:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    request.LANGUAGE_CODE = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(request.LANGUAGE_CODE):
        yield


def _labelled(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
    return response
