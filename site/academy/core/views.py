from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from academy.core.context_processors import SIZES, THEMES
from academy.core.readiness import problems

YEAR = 365 * 24 * 3600


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Remember how this reader wants pages to look; a cookie, so that it holds before sign-in as well."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    for name, allowed in (("size", SIZES), ("theme", THEMES)):
        if request.POST.get(name) in allowed:
            response.set_cookie(name, request.POST[name], max_age=YEAR, samesite="Lax")
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Whether everything an answer needs is there; 503 and why when it is not."""
    found = problems()
    return JsonResponse({"ready": not found, "problems": found}, status=503 if found else 200)
