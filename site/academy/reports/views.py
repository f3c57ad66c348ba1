from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from academy.core.exports import Row, export
from academy.core.templatetags.look import thousands
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervisor_required
from academy.reports import drawing, shows
from academy.reports.entries import Entries, Entry
from academy.reports.figures import Figures
from academy.reports.filters import KINDS, Filters, ListFilters
from academy.reports.listing import Listing, for_supervisors
from academy.reports.tables import Tables


@supervisor_required
@require_safe
def dashboard(request: StaffRequest) -> HttpResponseBase:
    filters = Filters(request.GET, request.scope)
    figures = Figures(filters.choice, filters.snapshot)
    tables = Tables(filters, figures)
    # A file cannot say which filter was wrong, so that is said on the page instead
    if "format" in request.GET and filters.is_valid():
        return file_of(request, tables, "training")
    context = {
        "nav": "overview",
        "filters": filters,
        "place": shows.place(filters),
        "tables": list(tables.all.values()),
        "missing": shows.missing(filters, figures, settings.CANTEENS),
        **shows.numbers(filters, figures),
        **shows.charts(filters, figures, tables),
    }
    return render(request, "reports/dashboard.html", context)


def file_of(request: HttpRequest, tables: Tables, what: str) -> HttpResponseBase:
    """A chart as a picture, or a table as its numbers."""
    if request.GET["format"] == "png":
        return drawing.picture(request.GET.get("chart", ""), tables)
    table = tables.table(request.GET.get("table", ""))
    return export(request.GET["format"], f"{what}-by-{table.slug}", table.sheet_heads, table.sheet)


def record_list(filters: ListFilters) -> Listing:
    entries = Entries(filters.choice, filters.chosen.get("q", ""))
    scope = filters.choice.scope
    score = [_("Score")] if scope.supervises else []
    heads = [_("Name"), _("Phone number"), _("Enterprise"), _("District"), _("Course or event"), _("Kind"), *score, _("Training hours"), _("On")]  # fmt: skip
    lead = _(
        "One line for each completion and each attendance, the latest first; the words are those at the time"
    )
    return Listing("records", _("Training records"), lead, partial(_counted, entries), heads, heads[6:-1], entries, filters, partial(_row, scope), _links)  # fmt: skip


records = for_supervisors(ListFilters, record_list)


def _counted(entries: Entries, n: int) -> str:
    """Persons where the columns know them; of what is searched for by a name, the lines alone."""
    if entries.words:
        return ngettext("%(shown)s record", "%(shown)s records", n) % {"shown": thousands(n)}
    total = entries.facts.tally()
    numbers = {"times": thousands(total.person_times), "persons": thousands(total.persons)}
    return _("%(times)s person-times, %(persons)s persons") % numbers


@supervisor_required
@require_safe
def completions(request: StaffRequest) -> HttpResponseBase:
    """Where the list was before events were in it."""
    query = request.GET.copy()
    query["kind"] = "course"
    return HttpResponsePermanentRedirect(f"{reverse('reports:records')}?{query.urlencode()}")


def _row(scope: Scope, entry: Entry) -> Row:
    phone = f"{entry.phone[:3]}****{entry.phone[-4:]}" if entry.phone else ""
    return [
        entry.person,
        phone,
        entry.enterprise,
        entry.district,
        entry.title,
        str(KINDS.get(entry.kind, entry.kind)),
        *([entry.score if scope.tells_score(entry.district_key) else None] if scope.supervises else []),
        entry.hours,
        entry.day,
    ]


def _links(entry: Entry) -> dict[int, str]:
    return {0: reverse("reports:person", args=[entry.user])}
