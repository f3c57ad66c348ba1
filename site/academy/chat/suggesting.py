"""Questions to begin with: about what was just being read, and of the season."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from wagtail.models import Page

from academy.chat.models import ChatSettings
from academy.library.audiences import reader_of
from academy.library.likely.use import likely_questions
from academy.library.models import Source
from academy.library.sources import key_of

ABOUT = 4


def by_post(request: HttpRequest) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for value in ChatSettings.for_request(request).suggested():
        found.setdefault(value["post"], []).append(value["question"])
    return found


def about_last_page(request: HttpRequest) -> list[str]:
    page = _last_page(request)
    if page is None:
        return []
    key = key_of(Source.Kind.PAGE, page.pk)
    return likely_questions(key, ABOUT) if reader_of(request).readable([key]) else []


def _last_page(request: HttpRequest) -> Page | None:
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return None
    return Page.find_for_request(request, came_from.path)
