from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from academy.organisations.supervising import StaffRequest, supervisor_required
from academy.reports import on_paper, periodical, periods
from academy.reports.places import Tree


@supervisor_required
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    context = {
        "nav": "reports",
        "reports": periodical.recent(periods.today()),
        "districts": Tree.seen_by(request.scope).indented(),
        "district": request.GET.get("district", ""),
    }
    return render(request, "reports/reports.html", context)


@supervisor_required
@require_safe
def report(request: StaffRequest, slug: str) -> HttpResponseBase:
    """In the language of the reader, or in another that is asked for."""
    language = request.GET.get("language", "")
    known = language if language in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(known):
        return _report(request, slug)


def _report(request: StaffRequest, slug: str) -> HttpResponseBase:
    made = periodical.report(slug, request.GET, request.scope)
    wanted = request.GET.get("format", "")
    if wanted in on_paper.FORMATS:
        return _file(made, wanted)
    if wanted == "png" and request.GET.get("chart") in made.pictures:
        return HttpResponse(made.picture(request.GET["chart"]), content_type="image/png")
    query = request.GET.copy()
    query.pop("format", None)
    context = {"nav": "reports", "report": made, "query": query.urlencode(), **made.context()}
    return render(request, "reports/report.html", context)


def _file(made: periodical.Report, wanted: str) -> HttpResponse:
    content_type, write = on_paper.FORMATS[wanted]
    headers = {"Content-Disposition": f'attachment; filename="training-{made.slug}.{wanted}"'}
    return HttpResponse(write(made), content_type=content_type, headers=headers)
