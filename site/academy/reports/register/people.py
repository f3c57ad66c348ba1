"""The people of the register, and where they work: joining, another post, leaving. Nothing is deleted."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from academy.accounts.models import User
from academy.core.exports import Row, export
from academy.organisations.membership_forms import LeavingForm, PlaceForm, PostForm
from academy.organisations.models import Membership
from academy.organisations.scope import Scope
from academy.organisations.supervising import StaffRequest, supervised, supervisor_required
from academy.reports.listing import PER_PAGE
from academy.reports.people import seen
from academy.reports.register.cells import columns, linked
from academy.reports.register.filters import PeopleFilters

HEADS = [
    gettext_lazy("Name"),
    gettext_lazy("Phone number"),
    gettext_lazy("Enterprise"),
    gettext_lazy("District"),
    gettext_lazy("Post"),
    gettext_lazy("Since"),
]
# of a place: a file has hundreds of thousands
SHOWN = ("user", "joined_at", "left_at", "enterprise__name", "enterprise__district__name", "post__name")
adds, changes = supervised("organisations.add_membership"), supervised("organisations.change_membership")


@supervisor_required
@require_safe
def listed(request: StaffRequest) -> HttpResponseBase:
    filters = PeopleFilters(request.GET, request.scope)
    found = _with_places(filters.people(), request.scope)
    heads = [str(head) for head in HEADS]
    if "format" in request.GET and filters.is_valid():
        return export(request.GET["format"], "people", heads, map(_row, found.iterator(chunk_size=2000)))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "nav": "people",
        "filters": filters,
        "query": query.urlencode(),
        "page": page,
        "columns": columns(heads),
        "rows": [linked(_row(one), {0: reverse("reports:person", args=[one.pk])}) for one in page],
    }
    return render(request, "register/people.html", context)


@adds
@require_http_methods(["GET", "POST"])
def add_place(request: StaffRequest, pk: int) -> HttpResponse:
    person = seen(request.scope, pk)
    form = PlaceForm(request.POST or None, scope=request.scope)
    if form.is_valid():
        form.save(person, request.user)
        messages.success(request, _("Saved. It stands in the history of the enterprise, with your name."))
        return redirect("reports:person", pk)
    context = {"nav": "people", "person": person, "form": form}
    return render(request, "register/place_new.html", context, status=422 if form.is_bound else 200)


@changes
@require_http_methods(["GET", "POST"])
def change_place(request: StaffRequest, pk: int, place_pk: int) -> HttpResponse:
    """Two forms: another post in the same enterprise, or the last day there."""
    places = request.scope.present().select_related("user", "enterprise", "post")
    place = get_object_or_404(places, pk=place_pk, user=pk)
    post = PostForm(request.POST if "post" in request.POST else None, place=place)
    leaving = LeavingForm(request.POST if "on" in request.POST else None, place=place)
    for form in (post, leaving):
        if form.is_valid():
            form.save(request.user)
            messages.success(request, _("Saved. It stands in the history of the enterprise, with your name."))
            return redirect("reports:person", pk)
    context = {"nav": "people", "place": place, "post": post, "leaving": leaving}
    return render(request, "register/place.html", context, status=422 if request.POST else 200)


def _with_places(people: QuerySet[User], scope: Scope) -> QuerySet[User]:
    """Those places that may be seen, the present ones first, then the latest."""
    places = scope.staff(Membership.objects.all()).select_related("enterprise__district", "post").only(*SHOWN)
    ordered = places.order_by("-joined_at", "-pk")
    return people.prefetch_related(Prefetch("memberships", ordered, to_attr="places"))


def _row(person: Any) -> Row:
    present = [place for place in person.places if place.left_at is None]
    shown = present or person.places[:1]
    return [
        str(person.name or _("No name yet")),
        person.masked_phone,
        _each(place.enterprise.name for place in shown),
        _each(place.enterprise.district.name for place in shown),
        _each(place.post.name for place in shown),
        min((place.joined_on for place in shown), default=None),
    ]


def _each(words: Any) -> str:
    return "、".join(dict.fromkeys(words))
