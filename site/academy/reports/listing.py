"""A list of many rows: on the screen page by page with links, in a file whole."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from academy.accounts.access import View
from academy.core.cells import Cell
from academy.core.exports import Row, export
from academy.organisations.supervising import StaffRequest, supervisor_required
from academy.reports.filters import Filters

PER_PAGE = 50
# of something found, where its cells lead, by their place
Links = Callable[[Any], dict[int, str]]
Kept = TypeVar("Kept", bound=Model)


@dataclass(frozen=True)
class Listing:
    """`row` makes the cells of what `found` holds, `links` says where some of them lead, by their place.

    `lead` says what a line is, `counted` how many there are, `complete` what it means where there are none.
    """

    slug: str
    title: str
    lead: str
    counted: Callable[[int], str]
    heads: list[str]
    numeric: Collection[str]
    found: Any
    filters: Filters
    row: Callable[[Any], Row]
    links: Links
    # what the head of the page needs besides
    head: Mapping[str, Any] = field(default_factory=dict)
    complete: str = ""


def for_supervisors(filters: type[Any], made: Callable[[Any], Listing]) -> View:
    """The page of a list of all that may be seen, narrowed by what is asked for."""

    @supervisor_required
    @require_safe
    def listed(request: StaffRequest) -> HttpResponseBase:
        return listing(request, made(filters(request.GET, request.scope)))

    return listed


def listing(request: HttpRequest, made: Listing) -> HttpResponseBase:
    """A file cannot say which filter was wrong, so that is said on the page instead."""
    if "format" in request.GET and made.filters.is_valid():
        return export(request.GET["format"], made.slug, made.heads, map(made.row, made.found))
    page = Paginator(made.found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "nav": made.slug,
        **made.head,
        "title": made.title,
        "lead": made.lead,
        "counted": made.counted(page.paginator.count),
        "complete": made.complete,
        "filters": made.filters,
        "page": page,
        "columns": columns(made.heads, made.numeric),
        "rows": [linked(made.row(found), made.links(found)) for found in page],
    }
    return render(request, "reports/list.html", context)


class Keyed(Generic[Kept]):
    """A sequence for a paginator, of which a page finds its keys first: what `whole` joins and counts is not done for all the
    rows before it."""

    def __init__(self, found: QuerySet[Kept], whole: Callable[[Any], QuerySet[Kept]]) -> None:
        self.found, self._whole = found, whole

    def __len__(self) -> int:
        return self.found.count()

    def __getitem__(self, which: slice) -> list[Kept]:
        keys = list(self.found.values_list("pk", flat=True)[which])
        rows = self._whole(self.found.model._default_manager.order_by()).in_bulk(keys)
        return [rows[key] for key in keys if key in rows]

    def iterator(self, chunk_size: int) -> Iterator[Kept]:
        return self._whole(self.found).iterator(chunk_size)


def at_last(found: Any) -> Row:
    """Of something that ends with its row, that row."""
    return list(found[-1])


def columns(heads: Iterable[str], numeric: Collection[str]) -> list[dict[str, Any]]:
    return [{"label": head, "numeric": head in numeric} for head in heads]


def linked(row: Row, links: Mapping[int, str]) -> list[dict[str, Cell]]:
    cells = [_cell(value) for value in row]
    for place, url in links.items():
        cells[place]["url"] = url
    return cells


def _cell(value: Cell) -> dict[str, Cell]:
    return {"text": "—" if value in ("", None) else value}
