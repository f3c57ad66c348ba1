import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks

PART = 2 * 1024 * 1024


@hooks.register("construct_help_menu")
def stay_on_this_site(request: HttpRequest, menu_items: list[Any]) -> None:
    """Wagtail's own news and guide are English pages of another host."""
    menu_items[:] = [item for item in menu_items if not item.url.startswith("http")]


# Wagtail's own hook, which asks who may read, comes first
@hooks.register("before_serve_document", order=10)
def serve_part(document: Any, request: HttpRequest) -> HttpResponse | None:
    """A part of a file, as RFC 9110 §14 has it: iPhones play no video without. Never more than `PART` at once."""
    asked = re.fullmatch(r"bytes=(\d{1,18})-(\d{0,18})", request.headers.get("Range", ""))
    if asked is None:
        return None
    size, first = document.file.size, int(asked[1])
    if first >= size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    last = min(int(asked[2] or size), size - 1, first + PART - 1)
    with document.open_file() as file:
        file.seek(first)
        part = HttpResponse(file.read(last - first + 1), status=206, content_type=document.content_type)
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    part["Content-Disposition"] = document.content_disposition
    return part
