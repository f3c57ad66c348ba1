"""Uploaded files piece by piece (RFC 9110, section 14): iPhones play no video without, and no file is held whole."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.documents.models import document_served

from academy.core.ranges import NotSatisfiableError, wanted

# A player that asks for all that follows gets this much and asks again: most films are not watched to their end
PART = 2 * 1024 * 1024
PIECE = 64 * 1024


def serve(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """In place of Wagtail's own view, which knows no parts; who may read is asked of the same hooks."""
    document = get_object_or_404(get_document_model(), id=document_id)
    if document.filename != document_filename:
        raise Http404
    for asked in hooks.get_hooks("before_serve_document"):
        entrance = asked(document, request)
        if isinstance(entrance, HttpResponse):
            return entrance
    document_served.send(sender=type(document), instance=document, request=request)
    return _answer(document, request)


def _answer(document: Any, request: HttpRequest) -> HttpResponseBase:
    etag = quote_etag(document.get_file_hash())
    asked, size = _asked(request, etag), document.file.size
    try:
        part = wanted(asked, size) if asked else None
    except NotSatisfiableError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    unchanged: HttpResponse | None = get_conditional_response(request, etag)
    response = unchanged or _response(document, request, size, part)
    response["ETag"] = etag
    return response


def _asked(request: HttpRequest, etag: str) -> str | None:
    """What a range asks for, unless it continues another state of the file; only GET has ranges."""
    if request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    return request.headers.get("Range")


def _response(
    document: Any, request: HttpRequest, size: int, part: tuple[int, int] | None
) -> HttpResponseBase:
    begin, end = (part[0], min(part[1], part[0] + PART)) if part else (0, size)
    content = b"" if request.method == "HEAD" else _content(document, request, begin, end)
    response: HttpResponseBase = (
        HttpResponse(content) if isinstance(content, bytes) else StreamingHttpResponse(content)
    )
    if part:
        response.status_code = 206
        response["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    response["Content-Type"] = document.content_type
    response["Content-Length"] = str(end - begin)
    response["Content-Disposition"] = document.content_disposition
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, max-age=600"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response


def _content(
    document: Any, request: HttpRequest, begin: int, end: int
) -> Iterator[bytes] | AsyncIterator[bytes]:
    """Under ASGI a plain iterator would be read to its end before the first byte is sent."""
    pieces = _pieces(document.file, begin, end)
    return _one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces


def _pieces(stored: Any, begin: int, end: int) -> Iterator[bytes]:
    with stored.storage.open(stored.name) as file:
        file.seek(begin)
        while begin < end and (piece := file.read(min(PIECE, end - begin))):
            begin += len(piece)
            yield piece


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
