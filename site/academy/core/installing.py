"""What makes the site an app on a phone: its manifest, and the service worker with the pages it keeps."""

from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

# what every page needs, so that those that are kept look and work as they do online
SHELL = (
    "academy.css",
    "academy.js",
    "outbox.js",
    "lesson.js",
    "film.js",
    "parts.js",
    "exam.js",
    "examclock.js",
    "exammemory.js",
    "questions.js",
    "desk.js",
    "pad.js",
    "offline.js",
    "kept.js",
    "arrive.js",
    "favicon.svg",
)
PAPER, RIM = "#ffffff", "#17468f"


def manifest(request: HttpRequest) -> HttpResponse:
    icons = [
        {
            "src": static(f"academy/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    said = {
        "id": "/",
        "name": _("Shi'an Academy"),
        "short_name": _("Shi'an Academy"),
        "description": _(
            "Food safety for kitchens: what to do, the number to remember, and where it is written."
        ),
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": RIM,
        "icons": icons,
        "shortcuts": [
            {"name": _("Courses"), "url": "/courses/"},
            {"name": _("Ask"), "url": "/ask/"},
            {"name": _("My page"), "url": "/me/"},
        ],
    }
    return JsonResponse(
        said, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, so that it serves the whole site; its version changes with what it keeps.

    Scripts are asked for by the name that carries their contents, and by each other under their own.
    """
    named = [static(f"academy/{name}") for name in SHELL]
    shell = list(dict.fromkeys([*named, *(f"{settings.STATIC_URL}academy/{name}" for name in SHELL)]))
    context = {"shell": shell, "version": sha256("".join(shell).encode()).hexdigest()[:8]}
    return render(request, "sw.js", context, content_type="text/javascript; charset=utf-8")


def offline(request: HttpRequest) -> HttpResponse:
    """Shown in place of a page that is not kept; the same for everybody, as it is kept for whoever comes next.
    So it does not say who is signed in, nor that nobody is."""
    return render(request, "offline.html", {"user": None})
