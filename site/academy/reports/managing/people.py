"""The staff list of an enterprise, for whoever keeps it: who works there, what each has still to learn, who has left."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from academy.accounts.models import User
from academy.core.exports import Row, export
from academy.organisations import leaving
from academy.organisations.keeping import PER_PAGE, of_a_place, shared
from academy.organisations.models import Enterprise, Membership, same_enterprise
from academy.reports.managing.forms import EndForm, PostForm, StaffFilters
from academy.reports.managing.learning import Learning, learning_of

CHUNK = 500
HEADS = [
    gettext_lazy("Name"),
    gettext_lazy("Phone number"),
    gettext_lazy("Post"),
    gettext_lazy("Since"),
    gettext_lazy("Certificates"),
    gettext_lazy("Still to learn"),
]
FORMER_HEADS = [*HEADS[:4], gettext_lazy("Until"), gettext_lazy("Reason")]


@of_a_place
@require_safe
def listed(request: HttpRequest, enterprise: Enterprise) -> HttpResponseBase:
    filters = StaffFilters(request.GET)
    staff, heads = filters.staff(enterprise), [str(head) for head in HEADS]
    if "format" in request.GET and filters.is_valid():
        return export(request.GET["format"], f"staff-{enterprise.pk}", heads, _sheet(staff))
    page = Paginator(staff, PER_PAGE).get_page(request.GET.get("page"))
    learned = learning_of(page)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        **shared(enterprise, "people"),
        "filters": filters,
        "page": page,
        "query": query.urlencode(),
        "as_of": timezone.now(),
        "columns": [{"label": head} for head in heads],
        "rows": [_linked(one, learned[one.user_id]) for one in page],
    }
    return render(request, "managing/people.html", context)


@of_a_place
@require_safe
def former(request: HttpRequest, enterprise: Enterprise) -> HttpResponseBase:
    """Who worked here and no longer does; what they have learned since is no longer told."""
    left, heads = _left(enterprise), [str(head) for head in FORMER_HEADS]
    if "format" in request.GET:
        sheet = map(_former_row, left.iterator(chunk_size=2000))
        return export(request.GET["format"], f"former-staff-{enterprise.pk}", heads, sheet)
    page = Paginator(left, PER_PAGE).get_page(request.GET.get("page"))
    rows = [[{"text": "—" if cell in ("", None) else cell} for cell in _former_row(one)] for one in page]
    columns = [{"label": head} for head in heads]
    context = {**shared(enterprise, "former"), "page": page, "columns": columns, "rows": rows}
    return render(request, "managing/former.html", context)


@of_a_place
@require_safe
def one(request: HttpRequest, enterprise: Enterprise, membership: int) -> HttpResponse:
    return _page(request, _of(enterprise, membership))


@of_a_place
@require_POST
def new_post(request: HttpRequest, enterprise: Enterprise, membership: int) -> HttpResponse:
    assert isinstance(request.user, User)
    found = _of(enterprise, membership)
    form = PostForm(request.POST)
    if form.is_valid():
        try:
            changed = leaving.change_post(found, form.cleaned_data["post"], request.user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("From now on: %(post)s.") % {"post": changed.post})
            return redirect("managing:person", enterprise.pk, changed.pk)
    return _page(request, found, post_form=form, status=422)


@of_a_place
@require_POST
def ended(request: HttpRequest, enterprise: Enterprise, membership: int) -> HttpResponse:
    assert isinstance(request.user, User)
    found = _of(enterprise, membership)
    form = EndForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            leaving.end(found, said["last_day"], said["reason"], request.user)
        except ValidationError as refused:
            form.add_error("last_day", refused)
        else:
            messages.success(request, _("Ended. What was learned here stays on record."))
            return redirect("managing:former", enterprise.pk)
    return _page(request, found, end_form=form, status=422)


def _of(enterprise: Enterprise, membership: int) -> Membership:
    """Also one that has ended: whoever sends it twice is told so."""
    rows = Membership.objects.select_related("user", "post")
    found: Membership = get_object_or_404(rows, pk=membership, enterprise=enterprise)
    found.enterprise = enterprise
    return found


def _page(
    request: HttpRequest,
    found: Membership,
    post_form: Form | None = None,
    end_form: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    is_there = found.left_at is None
    context = {
        **shared(found.enterprise, "people"),
        "found": found,
        "learning": learning_of([found])[found.user_id] if is_there else None,
        "post_form": post_form or PostForm(initial={"post": found.post_id}),
        "end_form": end_form or EndForm(initial={"last_day": timezone.localdate()}),
    }
    return render(request, "managing/person.html", context, status=status)


def _left(enterprise: Enterprise) -> QuerySet[Membership]:
    there = Membership.objects.current().filter(enterprise=enterprise).values("user")
    ended = Membership.objects.filter(enterprise__in=same_enterprise(enterprise), left_at__isnull=False)
    gone = ended.exclude(user__in=there).exclude(user__merged_into__in=there)
    return gone.select_related("user", "post").order_by("-left_at", "-pk")


def _sheet(staff: QuerySet[Membership]) -> Iterator[Row]:
    """So many at a time: a large canteen takes little memory, too."""
    rows = staff.iterator(chunk_size=CHUNK)
    while some := list(islice(rows, CHUNK)):
        learned = learning_of(some)
        yield from (_row(one, learned[one.user_id]) for one in some)


def _row(one: Membership, learned: Learning) -> Row:
    words = "；".join(learned.to_learn)
    return [
        one.user.name,
        one.user.masked_phone,
        one.post.name,
        _day(one.joined_at),
        learned.certified,
        words,
    ]


def _former_row(one: Membership) -> Row:
    days = (_day(one.joined_at), _day(one.left_at))
    return [one.user.name, one.user.masked_phone, one.post.name, *days, one.reason]


def _day(moment: datetime | None) -> Any:
    return moment and timezone.localdate(moment, timezone.get_default_timezone())


def _linked(one: Membership, learned: Learning) -> list[dict[str, Any]]:
    cells = [{"text": "—" if cell in ("", None) else cell} for cell in _row(one, learned)]
    cells[0]["text"] = one.user.name or _("No name yet")
    cells[0]["url"] = reverse("managing:person", args=[one.enterprise_id, one.pk])
    return cells
